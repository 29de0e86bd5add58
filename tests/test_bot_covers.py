"""Covers of playlists: drawn, uploaded once a week, and never in the way of a list."""

import io

import pytest
from PIL import Image

from bot.covers import paint_cover
from catalog.models import Pick
from storage.owners import Owner
from tests.fixtures.scheduler import House, as_track

OWNER = Owner("server", 100)


async def picks(house: House, count: int = 3) -> list[Pick]:
    """Return picks that stand on Spotify."""
    return [Pick(as_track(source), 0.9) for source in house.sandbox.catalogue.shareable[:count]]


async def test_a_list_gets_a_cover_of_its_own_each_week(house: House) -> None:
    """A JPEG that Spotify takes; writing the same week again leaves it."""
    painted = []

    async def paint(owner: Owner, name: str, week: str) -> bytes:
        painted.append((owner, name, week))
        return await paint_cover(owner, name, week)

    house.writer.painter = paint
    for week in ("2026-W02", "2026-W02", "2026-W03"):
        await house.writer.write(OWNER, "The Listening Room", await picks(house), week)
    assert [week for _, _, week in painted] == ["2026-W02", "2026-W03"]
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.image is not None
    assert Image.open(io.BytesIO(playlist.image)).size == (640, 640)
    assert len(playlist.image) * 4 / 3 <= 256_000


async def test_a_cover_that_fails_does_not_fail_the_list(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what cannot be drawn, nor what Spotify does not take."""

    async def broken(_owner: Owner, _name: str, _week: str) -> bytes:
        raise ValueError("no paint")

    async def rubbish(_owner: Owner, _name: str, _week: str) -> bytes:
        return b"not a picture"

    for week, painter in (("2026-W02", broken), ("2026-W03", rubbish)):
        house.writer.painter = painter
        assert await house.writer.write(OWNER, "The Listening Room", await picks(house), week)
    (playlist,) = house.sandbox.spotify.playlists.all()
    assert playlist.image is None
    assert len(playlist.track_ids) == 3
    assert "no paint" in caplog.text


async def test_a_persons_covers_differ_by_week_and_hold_their_name() -> None:
    """The same week gives the same drawing; a blend's names nobody."""
    one, again, next_one = [await paint_cover(OWNER, "Room", week) for week in ("2026-W02", "2026-W02", "2026-W03")]
    assert one == again
    assert one != next_one
    blend = Owner("blend", 5)
    assert await paint_cover(blend, "A Tastebud blend for 2", "2026-W02") == await paint_cover(blend, "x", "2026-W02")
