"""`make gallery`: draw every picture and the page of a drop into docs/gallery, from samples, to be looked at."""

import asyncio
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from bot.config import Settings
from bot.pictures.cards import Cover
from bot.pictures.draw import draw
from bot.web.links import Sight
from bot.web.server import WebServer, drop_links
from bot.web.settings import WebSettings
from sandbox.clock import FastClock
from storage.database import StorageSettings
from storage.stores import open_storage
from tests.fixtures.looks import page_of
from tests.fixtures.messages import messages
from tests.fixtures.pictures import COMPARISON, COVERS, RECAP, SERVER, TASTE
from tests.fixtures.private_messages import private_messages
from tests.fixtures.web import BROWSERS, look, sample_picks, write_drop

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
WIDTH, COLOURS = 600, 255  # small enough for a repository, sharp enough to judge
COVER, COVERS_A_ROW, GAP = 220, 4, 8
DARK, LIGHT = "--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"
PAGE, MESSAGE = (600, 1_000), (600, 2_400)


def keep(image: Image.Image, name: str, width: int = WIDTH) -> None:
    """Write a picture in the gallery's size."""
    small = image.convert("RGB").resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(FOLDER / name, optimize=True)
    print(FOLDER / name, f"{(FOLDER / name).stat().st_size:,} bytes")


async def pictures() -> None:
    """Draw the cards, and covers beside each other."""
    for card in (TASTE, COMPARISON, RECAP, SERVER):
        picture = await draw(card)
        keep(Image.open(io.BytesIO(picture.data)), picture.filename)
    step = COVER + GAP
    sheet = Image.new("RGB", (COVERS_A_ROW * step - GAP, -(-len(COVERS) // COVERS_A_ROW) * step - GAP), "#14151b")
    for place, cover in enumerate(COVERS):
        sheet.paste(await _cover(cover), (place % COVERS_A_ROW * step, place // COVERS_A_ROW * step))
    sheet.save(FOLDER / "covers.jpg", quality=88, optimize=True)  # gradients suffer from few colours


async def pages(browser: str, folder: Path) -> None:
    """Serve a drop's page and take its picture, as its owner sees it in the dark and others in the light."""
    clock = FastClock()
    kept = StorageSettings(url=f"sqlite+aiosqlite:///{folder / 'x.db'}", key_file=str(folder / "key"))
    settings = Settings(web=WebSettings(enabled=True, port=0))
    async with open_storage(kept, clock) as storage:
        drop = await write_drop(storage, clock, sample_picks())
        await storage.playlists.intend(drop.owner, "gallery")
        await storage.playlists.save(drop.owner, "1", "https://open.spotify.com/playlist/1")
        async with WebServer(settings, storage, clock, folder / "beat", lambda: True) as server:
            for sight, option, name in ((Sight.MINE, DARK, "page.png"), (Sight.DROP, LIGHT, "page-posted.png")):
                address = f"http://127.0.0.1:{server.port}{drop_links(storage).path(drop.id, sight)}"
                keep(await _shot(browser, address, folder, option, PAGE), name)


async def chat(browser: str, folder: Path) -> None:
    """Take a picture of each message as it looks in Discord's dark theme."""
    shown = [each async for each in messages()]
    for name, message in (*shown, *private_messages()):
        page = folder / f"{name}.html"
        page.write_text(page_of(message), encoding="utf-8")
        shot = await _shot(browser, page.as_uri(), folder, DARK, MESSAGE)
        keep(_trimmed(shot), f"message-{name}.png")


def _trimmed(image: Image.Image) -> Image.Image:
    """Return the picture without the empty part below it."""
    plain = image.convert("RGB")
    box = ImageChops.difference(plain, Image.new("RGB", plain.size, plain.getpixel((0, plain.height - 1)))).getbbox()
    return plain.crop((0, 0, plain.width, box[3] + 16)) if box else plain


async def _cover(cover: Cover) -> Image.Image:
    picture = await draw(cover)
    return Image.open(io.BytesIO(picture.data)).resize((COVER, COVER), Image.Resampling.LANCZOS)


async def _shot(browser: str, address: str, folder: Path, option: str, size: tuple[int, int]) -> Image.Image:
    target = folder / "shot.png"
    await look(browser, address, folder, option, f"--screenshot={target}", size=size)
    return Image.open(io.BytesIO(target.read_bytes()))


async def main() -> None:
    """Draw what can be drawn here; pages need Chromium."""
    await pictures()
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        print("No Chromium here (apt-get install chromium): the pages stay as they were.", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        await chat(browser, Path(folder))
        await pages(browser, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
