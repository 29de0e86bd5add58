"""Picks shown at once get their place on Spotify, and never at the cost of the drops."""

from catalog.models import Pick
from sandbox.records import SandboxTrack
from scheduler.linking import Linker
from tests.fixtures.scheduler import House


def plain_tracks(house: House, count: int) -> list[SandboxTrack]:
    """Return tracks that both services have under one ISRC."""
    both = (track for track in house.sandbox.catalogue.shareable if track.on_deezer and track.isrc == track.deezer_isrc)
    return [track for _, track in zip(range(count), both, strict=False)]


async def picks_without_ids(house: House, sources: list[SandboxTrack]) -> list[Pick]:
    """Save tracks as they come from Deezer and return them as picks."""
    ids = [await house.track(source, on_spotify=False) for source in sources]
    tracks = await house.storage.tracks.get(ids)
    return [Pick(track=tracks[each], score=0.5) for each in ids]


async def test_picks_get_their_links(house: House) -> None:
    """In the order they came in, and for good: the second time nothing is asked."""
    sources = plain_tracks(house, 3)
    linker = Linker(house.storage, house.resolver, house.clock, 400)
    linked = await linker.link(await picks_without_ids(house, sources))
    assert [pick.track.spotify_id for pick in linked] == [source.spotify_id for source in sources]
    asked = house.sandbox.calls.count()
    again = await linker.link(await picks_without_ids(house, sources))
    assert [pick.track.spotify_id for pick in again] == [source.spotify_id for source in sources]
    assert house.sandbox.calls.count() == asked


async def test_half_of_the_searches_is_left_to_drops(house: House) -> None:
    """Who asks for more and more cannot use up what the week's lists need."""
    linker = Linker(house.storage, house.resolver, house.clock, 4)
    linked = await linker.link(await picks_without_ids(house, plain_tracks(house, 5)))
    assert [pick.track.spotify_id is not None for pick in linked] == [True, True, False, False, False]


async def test_without_spotify_picks_are_shown_as_they_are(house: House) -> None:
    """A refusal costs links, not the answer."""
    house.sandbox.faults.inject("quota", "spotify", "/v1/search", "GET", times=None)
    picks = await picks_without_ids(house, plain_tracks(house, 2))
    assert await Linker(house.storage, house.resolver, house.clock, 400).link(picks) == picks
