"""The page as a browser shows it: headless Chromium on a phone's width, in the dark and in the light."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.web.attachments import drop_files
from bot.web.drop_page import load_page
from bot.web.links import Sight
from catalog.models import Artist, Pick, Track
from tests.fixtures.pictures import HOSTILE
from tests.fixtures.web import Site, look, sample_picks, write_drop

PHONE = (412, 915)
LIGHT = "--blink-settings=preferredColorScheme=1"
DARK = "--blink-settings=preferredColorScheme=0"
COMPLAINTS = ("Content Security Policy", "Content-Security-Policy", "Refused to", "Failed to load", "ERR_")


async def seen(browser: str, address: str, folder: Path, *options: str) -> np.ndarray:
    """Return the pixels of a page."""
    target = folder / "page.png"
    said = await look(browser, address, folder, f"--screenshot={target}", *options, size=PHONE)
    assert not [line for line in said.splitlines() if "CONSOLE" in line or any(each in line for each in COMPLAINTS)]
    return np.asarray(Image.open(io.BytesIO(target.read_bytes())).convert("RGB"), dtype=np.int16)


def has_cover(pixels: np.ndarray) -> bool:
    """Tell whether there is a picture where the cover should be."""
    place = pixels[25:125, 25:125]
    return bool(((place.max(axis=2) - place.min(axis=2)) > 40).mean() > 0.2 and place.std() > 25)


async def test_a_phone_shows_the_page(chromium: str, site: Site, tmp_path: Path) -> None:
    """Dark where the phone is dark, light where it is light; cover and links are there, nothing is refused."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    address = site.base + site.path(drop)
    dark = await seen(chromium, address, tmp_path, DARK)
    light = await seen(chromium, address, tmp_path, LIGHT)
    assert np.median(dark) < 40
    assert np.median(light) > 215
    assert has_cover(dark)
    assert has_cover(light)


async def test_nothing_that_people_write_runs_or_overflows(chromium: str, site: Site, tmp_path: Path) -> None:
    """With the worst titles the page is as wide as the phone, and no script has run."""
    worst = (
        *HOSTILE[:-1],
        "</title><script>document.title='owned'</script>",
        "<img src=x onerror=document.title='owned'>",
    )
    picks = [
        Pick(Track(text, (Artist(text),), album=text, isrc=f"XX{number:010}"), 0.5, (text,))
        for number, text in enumerate(worst)
    ]
    drop = await write_drop(site.storage, site.clock, picks, note=HOSTILE[0])
    address = site.base + site.path(drop)
    dom = await look(chromium, address, tmp_path, "--dump-dom", size=PHONE)
    assert "owned</title>" not in dom
    assert dom.count('<ul class="at">') == len(picks)
    pixels = await seen(chromium, address, tmp_path, DARK)
    assert pixels.shape[1] == PHONE[0]
    ground = pixels[5, 2]
    assert (abs(pixels[:, :12] - ground).max() < 12).all()
    assert (abs(pixels[:, -12:] - ground).max() < 12).all()


async def test_the_page_as_a_file_shows_the_same(chromium: str, site: Site, tmp_path: Path) -> None:
    """Its picture and its style are inside, and its own policy lets them be."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    page = await load_page(site.storage, drop, Sight.MINE)
    assert page is not None
    html, *_ = await drop_files(page)
    file = tmp_path / html.filename
    file.write_bytes(html.data)
    pixels = await seen(chromium, file.as_uri(), tmp_path, DARK)
    assert np.median(pixels) < 40
    assert has_cover(pixels)


@pytest.mark.parametrize("sight", list(Sight))
async def test_the_page_links_to_what_it_should(chromium: str, site: Site, tmp_path: Path, sight: Sight) -> None:
    """As the browser read it: every track's links and both downloads."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    path = site.path(drop, sight)
    dom = await look(chromium, site.base + path, tmp_path, "--dump-dom", size=PHONE)
    assert f'href="{path}/playlist.m3u8"' in dom
    assert 'href="https://www.deezer.com/track/3135556"' in dom
    assert 'class="search"' in dom
