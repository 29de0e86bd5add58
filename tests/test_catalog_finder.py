"""The gated search: one beyond doubt, or those that may be meant; nothing is picked because it comes first."""

from typing import Any

import pytest

from catalog.deezer import Deezer
from catalog.descriptions import Description
from catalog.finder import Finder
from catalog.models import Artist, Track
from catalog.spotify import Spotify
from tests.fixtures.catalog import CannedServer

DUA = Artist("Dua Lipa")
BARE = Track("Levitating", (DUA,))
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}


def hit(number: int, title: str, seconds: int, artist: str = "Dua Lipa") -> dict[str, Any]:
    """Return a search hit as Deezer writes it."""
    return {"id": number, "title": title, "duration": seconds, "artist": {"id": 1, "name": artist}}


@pytest.fixture
def finder(canned_deezer: Deezer, canned_spotify: Spotify, canned: CannedServer) -> Finder:
    """Return a finder on canned answers, where Spotify finds nothing."""
    canned.put("/v1/search", {"tracks": {"items": []}})
    return Finder(canned_deezer, canned_spotify)


def said(*readings: Track) -> Description:
    """Return what a site says of a link."""
    return Description(readings, " ".join(each.label for each in readings), vouched=True, likely=True)


async def test_hits_of_one_length_are_one_track(finder: Finder, canned: CannedServer) -> None:
    """Entries of the same recording are no choice; the first is completed with its ISRC."""
    rows = [hit(1, "Levitating", 203), hit(2, "Levitating", 205), hit(3, "Levitating (Live)", 203)]
    canned.put("/search", {"data": rows})
    canned.put("/track/1", rows[0] | {"isrc": "GBAHT1901299"})
    found = await finder.find(said(BARE))
    assert found.track is not None
    assert (found.track.isrc, found.near) == ("GBAHT1901299", ())


async def test_without_a_length_hits_of_several_lengths_are_a_choice(finder: Finder, canned: CannedServer) -> None:
    """A video says no length: the single and the long one are both called so, and somebody has to say."""
    canned.put("/search", {"data": [hit(1, "Levitating", 203), hit(2, "Levitating", 230)]})
    found = await finder.find(said(BARE))
    assert found.track is None
    assert [track.duration_ms for track in found.near] == [203_000, 230_000]


async def test_with_a_length_the_one_of_that_length_is_it(finder: Finder, canned: CannedServer) -> None:
    """Wherever it stands among the hits."""
    rows = [hit(1, "Levitating", 203), hit(2, "Levitating", 230)]
    canned.put("/search", {"data": rows})
    canned.put("/track/2", rows[1])
    found = await finder.find(said(Track("Levitating", (DUA,), duration_ms=229_000)))
    assert found.track is not None
    assert found.track.duration_ms == 230_000


async def test_the_guest_decides_between_two_of_one_length(finder: Finder, canned: CannedServer) -> None:
    """With DaBaby or without him, as the link says."""
    rows = [hit(1, "Levitating (feat. DaBaby)", 203), hit(2, "Levitating", 203)]
    canned.put("/search", {"data": rows})
    for number, title in ((2, "Levitating"), (1, "Levitating ft. DaBaby")):
        canned.put(f"/track/{number}", rows[number - 1])
        found = await finder.find(said(Track(title, (DUA,))))
        assert found.track is not None
        assert found.track.title == rows[number - 1]["title"]


async def test_an_isrc_on_the_page_is_exact(finder: Finder, canned: CannedServer) -> None:
    """Nothing is searched for; where Deezer does not know the code, the page is believed with it."""
    told = Track("Levitating", (DUA,), duration_ms=203_000, isrc="GBAHT1901299")
    canned.put("/track/isrc:GBAHT1901299", hit(5, "Levitating", 203) | {"isrc": "GBAHT1901299"})
    found = await finder.find(said(told))
    assert found.track is not None
    assert found.track.refs[0].id == "5"
    canned.put("/track/isrc:GBAHT1901299", NO_DATA)
    assert (await finder.find(said(told))).track == told
    assert canned.count("/search") == 0


async def test_an_isrc_that_names_another_mix_is_not_followed(finder: Finder, canned: CannedServer) -> None:
    """Codes were seen to lead to a remix of another length."""
    told = Track("Levitating", (DUA,), duration_ms=203_000, isrc="GBAHT1901299")
    canned.put("/track/isrc:GBAHT1901299", hit(5, "Levitating (Remix)", 260) | {"isrc": "GBAHT1901299"})
    assert (await finder.find(said(told))).track == told
