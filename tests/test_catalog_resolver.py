"""From links to tracks and back to ids: on real storage, the sandbox's services and a server of short links."""

import asyncio
from datetime import timedelta

import pytest

from catalog.deezer import Deezer
from catalog.errors import CatalogError, Refused, Unreachable
from catalog.links import Link, find_links
from catalog.memory import SILENCE_LASTS
from catalog.models import Artist, Service, Track, TrackRef
from catalog.resolver import Resolver
from catalog.spotify import Spotify
from catalog.web import Web
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from storage.stores import Storage
from tests.fixtures.catalog import Canned, CannedServer

LOOKUPS = "/v1/tracks/*"


@pytest.fixture
def resolver(storage: Storage, spotify: Spotify, deezer: Deezer, open_web: Web, clock: FastClock) -> Resolver:
    """Return a resolver on real storage, whose short links lead to the server of canned answers."""
    return Resolver(storage.tracks, storage.misses, spotify, deezer, open_web, clock)


@pytest.fixture
def entry(catalogue: Catalogue) -> SandboxTrack:
    """Return a track that Spotify has under one id, with an ISRC."""
    ids: dict[str | None, int] = {}
    for each in catalogue.shareable:
        ids[each.isrc] = ids.get(each.isrc, 0) + 1
    return next(each for each in catalogue.shareable if each.isrc and not each.version and ids[each.isrc] == 1)


def link_to(track_id: str) -> Link:
    """Return the link that a member pastes."""
    return find_links(f"https://open.spotify.com/track/{track_id}")[0]


SHORT = find_links("https://spotify.link/abcdef")[0]
SHORT_PATH = "/web/spotify.link/abcdef"


async def test_one_call_a_track_ever(resolver: Resolver, sandbox: Sandbox, entry: SandboxTrack) -> None:
    """Five people share it at once and one the next day: Spotify is asked once."""
    link = link_to(entry.spotify_id)
    found = await asyncio.gather(*(resolver.resolve(link) for _ in range(5)))
    again = await resolver.resolve(link)
    assert again is not None
    assert again.id is not None
    assert again.title == entry.full_title
    assert {track.id for track in found if track} == {again.id}
    assert sandbox.calls.count("spotify", "GET", LOOKUPS) == 1


async def test_a_miss_is_remembered_for_two_weeks(resolver: Resolver, sandbox: Sandbox, clock: FastClock) -> None:
    """An id that leads nowhere is asked again after two weeks, not before."""
    link = link_to("a" * 22)
    assert await resolver.resolve(link) is None
    assert await resolver.resolve_or_keep(link) is None
    assert sandbox.calls.count("spotify", "GET", LOOKUPS) == 1
    clock.advance(timedelta(days=15))
    assert await resolver.resolve(link) is None
    assert sandbox.calls.count("spotify", "GET", LOOKUPS) == 2


@pytest.mark.parametrize("kind", [FaultKind.NOT_PREMIUM, FaultKind.QUOTA, FaultKind.MALFORMED, FaultKind.DROP])
async def test_a_refusal_is_never_remembered_as_a_miss(
    resolver: Resolver, sandbox: Sandbox, clock: FastClock, entry: SandboxTrack, kind: FaultKind
) -> None:
    """What could not be asked is found once it can be."""
    link = link_to(entry.spotify_id)
    fault = sandbox.faults.inject(kind, "spotify", times=None)
    with pytest.raises(CatalogError):
        await resolver.resolve(link)
    assert fault.struck
    sandbox.faults.clear()
    clock.advance(timedelta(days=2))
    assert await resolver.resolve(link) is not None


async def test_a_share_is_kept_while_spotify_is_away(
    resolver: Resolver, sandbox: Sandbox, storage: Storage, entry: SandboxTrack, clock: FastClock
) -> None:
    """A placeholder holds the place; finishing it gives the track under the same id."""
    link = link_to(entry.spotify_id)
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "spotify", times=None)
    kept = await resolver.resolve_or_keep(link)
    assert kept is not None
    assert kept.is_placeholder
    assert await storage.tracks.unresolved(10) == [kept]
    with pytest.raises(Unreachable):
        await resolver.finish(kept)
    sandbox.faults.clear()
    clock.advance(SILENCE_LASTS)
    done = await resolver.finish(kept)
    assert done is not None
    assert (done.id, done.title) == (kept.id, entry.full_title)
    assert await storage.tracks.unresolved(10) == []


async def test_what_waits_behind_a_silence_does_not_wait_as_long(
    resolver: Resolver, sandbox: Sandbox, clock: FastClock, entry: SandboxTrack
) -> None:
    """Ten shares while Spotify is silent cost one time-out: all are kept, and asked for later."""
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "spotify", times=None)
    links = [link_to(entry.spotify_id[:-1] + end) for end in "0123456789"]
    kept = await asyncio.gather(*(resolver.resolve_or_keep(link) for link in links))
    assert len({track.id for track in kept if track is not None}) == 10
    assert sandbox.calls.count("spotify") == 1
    sandbox.faults.clear()
    clock.advance(SILENCE_LASTS)
    assert await resolver.resolve(link_to(entry.spotify_id)) is not None


async def test_finishing_what_is_a_miss_gives_none(resolver: Resolver, storage: Storage) -> None:
    """A placeholder may turn out to be nothing."""
    kept = await storage.tracks.placeholder(TrackRef(Service.SPOTIFY, "a" * 22))
    assert await resolver.finish(kept) is None


@pytest.mark.parametrize("kind", ["album", "playlist", "artist"])
async def test_other_links_are_no_tracks(resolver: Resolver, sandbox: Sandbox, kind: str) -> None:
    """They are told apart without a call."""
    (link,) = find_links(f"https://open.spotify.com/{kind}/{'a' * 22}")
    assert await resolver.resolve(link) is None
    assert await resolver.resolve_or_keep(link) is None
    assert sandbox.calls.count() == 0


async def test_a_short_link_is_followed_once(
    resolver: Resolver, canned: CannedServer, storage: Storage, entry: SandboxTrack
) -> None:
    """The track is then known under the short link too."""
    canned.put(SHORT_PATH, Canned(status=307, headers={"Location": link_to(entry.spotify_id).url + "?si=1"}))
    first, second = await resolver.resolve(SHORT), await resolver.resolve(SHORT)
    assert first is not None
    assert second is not None
    assert (first.id, first.spotify_id) == (second.id, entry.spotify_id)
    assert canned.count(SHORT_PATH) == 1
    assert SHORT.ref is not None
    known = await storage.tracks.by_ref(SHORT.ref)
    assert known is not None
    assert known.spotify_id == entry.spotify_id


async def test_a_short_link_that_cannot_be_followed_is_kept(
    resolver: Resolver, canned: CannedServer, entry: SandboxTrack, clock: FastClock
) -> None:
    """Its placeholder becomes the track, also if that was shared meanwhile by its long link."""
    canned.put(SHORT_PATH, Canned(status=503))
    kept = await resolver.resolve_or_keep(SHORT)
    assert kept is not None
    assert kept.is_placeholder
    assert kept.spotify_id is None
    clock.advance(SILENCE_LASTS)
    known = await resolver.resolve(link_to(entry.spotify_id))
    canned.put(SHORT_PATH, Canned(status=301, headers={"Location": link_to(entry.spotify_id).url}))
    done = await resolver.finish(kept)
    assert known is not None
    assert done is not None
    assert done.spotify_id == entry.spotify_id
    assert done.title == known.title


async def test_a_short_link_to_an_album_is_a_miss(resolver: Resolver, canned: CannedServer) -> None:
    """It is remembered: following it again would lead there again."""
    canned.put(SHORT_PATH, Canned(status=302, headers={"Location": f"https://open.spotify.com/album/{'a' * 22}"}))
    assert await resolver.resolve(SHORT) is None
    assert await resolver.resolve(SHORT) is None
    assert canned.count(SHORT_PATH) == 1


# --- ids for playlists


def unlisted(entry: SandboxTrack, *, isrc: bool = True) -> Track:
    """Return a track as Deezer tells of it, without an id on Spotify."""
    artists = tuple(Artist(artist.name) for artist in entry.artists)
    ref = TrackRef(Service.DEEZER, str(entry.deezer_id))
    return Track(entry.title, artists, (ref,), entry.duration_ms + 400, entry.isrc if isrc else None)


@pytest.mark.parametrize("isrc", [True, False])
async def test_an_id_is_found_by_isrc_or_by_search(
    resolver: Resolver, storage: Storage, sandbox: Sandbox, entry: SandboxTrack, isrc: bool
) -> None:
    """Once found it is saved, and never searched for again."""
    track = await storage.tracks.save(unlisted(entry, isrc=isrc))
    assert await resolver.spotify_id_for(track) == entry.spotify_id
    assert track.id is not None
    saved = (await storage.tracks.get([track.id]))[track.id]
    assert saved.spotify_id == entry.spotify_id
    assert await resolver.spotify_id_for(saved) == entry.spotify_id
    assert sandbox.calls.count(path="/v1/search") == 1
    assert sandbox.calls.count(path=LOOKUPS) == 0


async def test_a_track_that_spotify_lacks_is_searched_for_once(
    resolver: Resolver, storage: Storage, sandbox: Sandbox, clock: FastClock
) -> None:
    """Nothing similar takes its place, and the miss stands for two weeks."""
    track = await storage.tracks.save(Track("No such title", (Artist("Nobody"),), duration_ms=1000))
    assert await resolver.spotify_id_for(track) is None
    assert await resolver.spotify_id_for(track) is None
    assert sandbox.calls.count(path="/v1/search") == 1
    clock.advance(timedelta(days=15))
    assert await resolver.spotify_id_for(track) is None
    assert sandbox.calls.count(path="/v1/search") == 2


async def test_a_hit_of_another_length_is_not_taken(resolver: Resolver, storage: Storage, entry: SandboxTrack) -> None:
    """A wrong track in a playlist is worse than one track less."""
    track = unlisted(entry)
    longer = Track(track.title, track.artists, duration_ms=entry.duration_ms + 60_000, isrc=track.isrc)
    assert await resolver.spotify_id_for(await storage.tracks.save(longer)) is None


async def test_a_refused_search_is_no_miss(
    resolver: Resolver, storage: Storage, sandbox: Sandbox, clock: FastClock, entry: SandboxTrack
) -> None:
    """The quota's end is not the track's."""
    track = await storage.tracks.save(unlisted(entry))
    sandbox.faults.inject(FaultKind.QUOTA, "spotify")
    with pytest.raises(Refused):
        await resolver.spotify_id_for(track)
    clock.advance(timedelta(days=1))
    assert await resolver.spotify_id_for(track) == entry.spotify_id


async def test_a_placeholder_is_not_searched_for(resolver: Resolver, sandbox: Sandbox) -> None:
    """Without a title there is nothing to search."""
    assert await resolver.spotify_id_for(Track("")) is None
    assert sandbox.calls.count() == 0
