"""Pictures: drawn whatever people are called, within Discord's and Spotify's limits, and described in words."""

import base64
import io
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from bot.pictures import fonts
from bot.pictures.alt import describe
from bot.pictures.canvas import Canvas
from bot.pictures.cards import Card, Cover, Dimension, Rated, ServerCard, TasteCard
from bot.pictures.colours import BACK, BLUE, FAINT, GREEN, INK, ORANGE, PANEL, SOFT
from bot.pictures.draw import LIMIT_ALT, draw, draw_now
from bot.pictures.fonts import Face, drawable
from bot.pictures.taste_card import MOVES_SHOWN, moves
from tests.fixtures.pictures import COMPARISON, COVERS, HOSTILE, HOSTILE_CARDS, RECAP, SERVER, TASTE, TRACKS

DISCORD_BYTES = 10 * 1024 * 1024
SPOTIFY_BYTES = 256 * 1024
CARDS = (TASTE, COMPARISON, RECAP, SERVER)


def opened(data: bytes) -> Image.Image:
    """Return the picture in some bytes, whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def shown(card: Card | Cover) -> np.ndarray:
    """Return the pixels of a card's picture."""
    return np.asarray(opened(draw_now(card).data).convert("RGB"), dtype=np.int16)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [channel / 255 for channel in bytes.fromhex(colour.removeprefix("#"))]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.fixture
def only_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be on a machine that has no fonts but those that come with us."""
    monkeypatch.setattr(fonts, "FALLBACKS", ("DejaVu Sans",))
    fonts.families.cache_clear()
    fonts._letters.cache_clear()
    yield
    fonts.families.cache_clear()
    fonts._letters.cache_clear()


@pytest.mark.parametrize("card", CARDS, ids=lambda card: type(card).__name__)
async def test_a_card_is_a_png_for_a_phone(card: Card) -> None:
    """A thousand pixels wide, not taller than two widths, small, and with something on it."""
    picture = await draw(card)
    image = opened(picture.data)
    assert (image.format, image.width) == ("PNG", 1_000)
    assert image.width * 0.5 < image.height < image.width * 2
    assert len(picture.data) < 400_000 < DISCORD_BYTES
    assert picture.filename.endswith(".png")
    assert np.asarray(image.convert("L")).std() > 20


@pytest.mark.usefixtures("only_ours")
@pytest.mark.parametrize("place", range(len(HOSTILE_CARDS)))
def test_whatever_people_are_called_is_drawn(place: int) -> None:
    """No warning (each is an error here), no exception, no endless picture; nothing runs over the edge."""
    card = HOSTILE_CARDS[place]
    picture = draw_now(card)
    image = opened(picture.data)
    assert image.height <= 2.5 * image.width
    assert 0 < len(picture.alt) <= LIMIT_ALT
    if not isinstance(card, Cover):
        pixels = np.asarray(image.convert("RGB"))
        ground = pixels[0, 0]
        assert (pixels[:, :10] == ground).all()
        assert (pixels[:, -10:] == ground).all()


def test_the_same_card_gives_the_same_bytes() -> None:
    """Nothing in a picture tells when or where it was drawn."""
    assert draw_now(TASTE).data == draw_now(TASTE).data
    assert draw_now(COVERS[0]).data == draw_now(COVERS[0]).data


async def test_pictures_are_drawn_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot hears Discord while it draws."""
    threads = []
    monkeypatch.setattr("bot.pictures.draw.draw_now", lambda card: threads.append(threading.current_thread()) or card)
    await draw(TASTE)
    assert threads[0] is not threading.main_thread()


def test_pyplot_is_not_loaded() -> None:
    """It keeps figures for ever and looks for a screen."""
    draw_now(TASTE)
    assert "matplotlib.pyplot" not in sys.modules


def test_what_a_card_says_is_seen() -> None:
    """Another value is another picture."""
    other = TasteCard(TASTE.name, TASTE.when, (Dimension("Energy", 0.9), *TASTE.dimensions[1:]), TASTE.tags)
    assert not np.array_equal(shown(TASTE), shown(other))


def test_likes_and_dislikes_have_their_share_of_the_bar() -> None:
    """Twice as many likes as dislikes are twice as much blue as orange."""

    def amounts(likes: int, dislikes: int) -> tuple[int, int]:
        pixels = shown(ServerCard("x", "", (Rated(TRACKS[0], likes, dislikes),)))
        row = max(pixels[370:395], key=lambda line: int((abs(line - _rgb(ORANGE)).max(axis=1) < 8).sum()))
        return tuple(int((abs(row - _rgb(colour)).max(axis=1) < 8).sum()) for colour in (BLUE, ORANGE))

    blue, orange = amounts(20, 10)
    assert 1.8 < blue / orange < 2.2
    blue, orange = amounts(10, 20)
    assert 1.8 < orange / blue < 2.2


def test_moves_are_the_largest_changes() -> None:
    """A change too small to see is not told, and no more than fit."""
    assert [each.name for each in moves(TASTE)] == ["New", "Acoustic", "Energy"]
    assert len(moves(TASTE)) == MOVES_SHOWN
    assert moves(TasteCard("x", "", (Dimension("Mood", 0.5, 0.51), Dimension("Dance", 0.9)))) == []


@pytest.mark.parametrize("card", COVERS, ids=lambda card: card.title)
def test_a_cover_is_what_spotify_takes(card: Cover) -> None:
    """A square JPEG of 640 pixels whose base64 has at most 256 KB."""
    data = draw_now(card).data
    image = opened(data)
    assert (image.format, image.size) == ("JPEG", (640, 640))
    assert len(base64.b64encode(data)) <= SPOTIFY_BYTES


def test_covers_differ() -> None:
    """Week by week and person by person: at a thumbnail's size no two of twelve are alike."""
    cards = [Cover(f"person{n % 4}:2026-W{n}", "", "", (f"person{n % 4}",)) for n in range(12)]
    small = [np.asarray(opened(draw_now(card).data).resize((16, 16)), dtype=float) for card in cards]
    apart = [abs(one - other).mean() for place, one in enumerate(small) for other in small[:place]]
    assert min(apart) > 3
    assert np.median(apart) > 20


def test_a_noisy_cover_is_pressed_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quality goes before size."""
    full = draw_now(COVERS[0]).data
    monkeypatch.setattr("bot.pictures.cover.LIMIT_BYTES", len(full) * 2 // 3)
    assert len(draw_now(COVERS[0]).data) <= len(full) * 2 // 3


@pytest.mark.usefixtures("only_ours")
@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Żółć Привет Ελλάδα", "Żółć Привет Ελλάδα"),
        ("שלום", "שלום"),
        ("日本語のタイトル", "‹in Japanese›"),
        ("新しい", "‹in Japanese›"),
        ("音乐", "‹in Chinese characters›"),
        ("한국어 노래", "‹in Korean›"),
        ("สวัสดี", "‹in Thai›"),
        ("Sakura 桜 Blues", "Sakura □ Blues"),
        ("party 🎉🔥 time", "party time"),
        ("🎉", ""),
        ("a\u202eb\u200bc\x00\n d", "abc d"),
        ("$x^2$", "$x^2$"),
    ],
)
def test_what_no_font_has_is_told_or_left_out(text: str, drawn: str) -> None:
    """Words stay words, signs go, and a writing that cannot be drawn is named."""
    assert drawable(text) == drawn


@pytest.mark.usefixtures("only_ours")
@pytest.mark.parametrize("text", HOSTILE)
def test_text_keeps_to_its_room(text: str) -> None:
    """Whatever it is cut to, it is no wider than asked, also in several lines."""
    canvas = Canvas()
    assert canvas.measure(canvas.fitted(text, 14, Face.STRONG, 90), 14, Face.STRONG) <= 90
    lines = canvas.wrapped(f"{text} and {text}", 14, Face.TEXT, 120, 3)
    assert len(lines) <= 3
    assert all(canvas.measure(line, 14) <= 120 for line in lines)


@pytest.mark.parametrize(("colour", "least"), [(INK, 12), (SOFT, 7), (FAINT, 4.5), (BLUE, 7), (ORANGE, 7), (GREEN, 7)])
def test_text_is_readable_in_the_dark(colour: str, least: float) -> None:
    """Contrasts as WCAG asks for, on the ground and on a panel."""
    assert contrast(colour, BACK) >= least
    assert contrast(colour, PANEL) >= min(least, 4.5) * 0.95


def test_the_two_colours_differ_for_the_colour_blind() -> None:
    """Blue and orange stay apart without red-green vision (Viénot 1999), so do they in what is light and dark."""
    deuteranopia = np.array([[0.2929, 0.7071, 0.0], [0.2929, 0.7071, 0.0], [-0.02234, 0.02234, 1.0]])
    protanopia = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
    for sight in (deuteranopia, protanopia):
        blue, orange = (sight @ (_rgb(colour) / 255) for colour in (BLUE, ORANGE))
        assert np.linalg.norm(blue - orange) > 0.5


@pytest.mark.parametrize(
    ("card", "parts"),
    [
        (TASTE, ("Ana Lucía", "energy 34%", "less new", "more acoustic", "dream pop")),
        (COMPARISON, ("64% alike", "12 tracks", "Paper Lanterns by Velvet Harbour", "liked by Ben")),
        (RECAP, ("The Listening Room", "1,386 reactions", "Most happened on 21 (22)", "14 for, 0 against")),
        (SERVER, ("Most loved: Paper Lanterns", "Most divisive: Kilometre Zero", "Only you love Ghost Notes")),
        (COVERS[0], ("cover", "Ana Lucía week 40")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_alt_text_says_what_is_shown(card: Card | Cover, parts: tuple[str, ...]) -> None:
    """Whoever cannot see the picture misses nothing that matters."""
    said = describe(card)
    assert all(part in said for part in parts), said
    assert said.endswith(".")


def _rgb(colour: str) -> np.ndarray:
    return np.array(list(bytes.fromhex(colour.removeprefix("#"))), dtype=np.int16)
