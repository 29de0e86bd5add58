"""Albums of every service, as far as somebody tells what is on them."""

import pytest

from catalog.resolver import Resolver
from sandbox import web_ids
from sandbox.catalogue import Catalogue
from sandbox.faults import FaultKind
from sandbox.knowledge import Knowledge
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from sandbox.web import apple_album_url, apple_url
from storage.stores import Storage
from tests.fixtures.links import found, link_to

LOOKUPS, SEARCHES = "/v1/tracks/*", "/v1/search"


def album_links(entry: SandboxTrack) -> dict[str, str]:
    """Return the links to an entry's album."""
    return {
        "spotify": f"https://open.spotify.com/album/{entry.album.spotify_id}",
        "deezer": f"https://www.deezer.com/album/{entry.album.deezer_id}",
        "apple": apple_album_url(entry.album),
        "bandcamp": web_ids.bandcamp_album_url(entry.album),
    }


@pytest.mark.parametrize("place", ["spotify", "deezer", "apple", "bandcamp"])
async def test_an_album_tells_its_tracks(
    plain: Resolver, sandbox: Sandbox, catalogue: Catalogue, storage: Storage, alone: list[SandboxTrack], place: str
) -> None:
    """In one call, in order, none saved; the chosen one is the track that its own link leads to."""
    entry = next(track for track in alone if track.album.total_tracks > 3)
    release = await plain.release(link_to(album_links(entry)[place]))
    assert release is not None
    assert release.title == entry.album.title
    there = catalogue.tracks_on(entry.album)
    listed = [each for each in there if {"spotify": each.on_spotify, "deezer": each.on_deezer}.get(place, True)]
    assert [track.title for track in release.tracks] == [each.full_title for each in listed]
    assert sum(sandbox.calls.count(path=path) for path in ("/v1/albums/*", "/album/*", "/web/*")) == 1
    assert await storage.tracks.all_ids() == []
    chosen = await plain.choose(next(track for track in release.tracks if track.title == entry.full_title))
    assert chosen.isrc == entry.isrc
    assert (await found(plain, entry.spotify_url)).id == chosen.id


async def test_apples_lookup_tells_albums_too_and_its_page_when_it_cannot_be_asked(
    informed: Resolver, sandbox: Sandbox, alone: list[SandboxTrack], knowledge: Knowledge
) -> None:
    """By the lookup the tracks come with Apple's ids, under which the chosen one is known."""
    entry = next(track for track in alone if track.album.total_tracks > 3 and knowledge.known[track.index].itunes)
    link = link_to(apple_album_url(entry.album))
    release = await informed.release(link)
    assert release is not None
    chosen = next(track for track in release.tracks if track.title == entry.full_title)
    saved = await informed.choose(chosen)
    assert saved.isrc == entry.isrc
    assert (await found(informed, apple_url(entry))).id == saved.id
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "itunes", times=None)
    again = await informed.release(link)
    assert again is not None
    assert again.title == release.title
    assert sandbox.calls.count("web", path="/web/music.apple.com/*") == 1


@pytest.mark.parametrize("place", ["tidal", "youtube"])
async def test_an_album_that_only_has_a_title_is_found_on_deezer(
    plain: Resolver, sandbox: Sandbox, catalogue: Catalogue, alone: list[SandboxTrack], place: str
) -> None:
    """Its tracks are those of the album of exactly that title by that artist; of no other."""
    entry = next(track for track in alone if track.album.total_tracks > 3 and " " in track.album.title)
    url = {"tidal": web_ids.tidal_album_url, "youtube": web_ids.youtube_album_url}[place](entry.album)
    release = await plain.release(link_to(url))
    assert release is not None
    assert release.title == entry.album.title
    there = [track for track in catalogue.tracks_on(entry.album) if track.on_deezer]
    assert [track.title for track in release.tracks] == [each.full_title for each in there]
    sandbox.web.pages["https://tidal.com/album/1"] = (
        f'<meta property="og:title" content="{entry.byline} - {entry.album.title.split()[0]}">'
    )
    assert await plain.release(link_to("https://tidal.com/album/1")) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://open.spotify.com/playlist/4uLU6hMCjMI75M1A2tKUQC",
        "https://open.spotify.com/album/0000000000000000000000",
        "https://www.deezer.com/album/1",
        "https://music.youtube.com/playlist?list=OLAK5uy_kAAAAAAAAAAAAAAAA",
        "https://tidal.com/album/1",
    ],
)
async def test_what_tells_no_tracks_is_no_album(plain: Resolver, url: str) -> None:
    """Playlists, broken links, and services that do not tell."""
    assert await plain.release(link_to(url)) is None
