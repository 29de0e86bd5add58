"""Links of every service, from the address to the saved track, over the sandbox's services and sites."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from catalog.deezer import Deezer
from catalog.errors import Unreachable
from catalog.itunes import ITunes
from catalog.links import Link, LinkKind, find_links
from catalog.models import Service, Track
from catalog.musicbrainz import MusicBrainz
from catalog.reccobeats import ReccoBeats
from catalog.resolver import SILENCE_LASTS, Resolver
from catalog.sources import Sources
from catalog.spotify import Spotify
from catalog.web import Web
from sandbox import web_ids
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.knowledge import Knowledge
from sandbox.pointing import pointing
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from sandbox.web import apple_album_url, apple_url
from storage.stores import Storage
from tests.fixtures.catalog import MemoryLedger

LOOKUPS, SEARCHES = "/v1/tracks/*", "/v1/search"


@pytest_asyncio.fixture
async def sandbox_web(clock: FastClock, ledger: MemoryLedger, sandbox: Sandbox) -> AsyncIterator[Web]:
    """Return the open web of the sandbox."""
    async with Web(clock, ledger, pointing(sandbox)["catalog"]) as opened:
        yield opened


@pytest.fixture
def plain(storage: Storage, spotify: Spotify, deezer: Deezer, sandbox_web: Web, clock: FastClock) -> Resolver:
    """Return a resolver with no other sources than Spotify, Deezer and the web."""
    return Resolver(storage.tracks, storage.misses, spotify, deezer, sandbox_web, clock)


@pytest.fixture
def informed(
    storage: Storage,
    spotify: Spotify,
    deezer: Deezer,
    sandbox_web: Web,
    clock: FastClock,
    musicbrainz: MusicBrainz,
    itunes: ITunes,
    reccobeats: ReccoBeats,
) -> Resolver:
    """Return a resolver with MusicBrainz, iTunes and ReccoBeats."""
    sources = Sources(musicbrainz=musicbrainz, itunes=itunes, reccobeats=reccobeats)
    return Resolver(storage.tracks, storage.misses, spotify, deezer, sandbox_web, clock, sources)


def is_plain(track: SandboxTrack) -> bool:
    """Tell whether nothing is special about an entry: it is everywhere, alone, and says its ISRC."""
    return bool(track.isrc) and track.isrc == track.deezer_isrc and track.on_deezer and not track.version


@pytest.fixture
def alone(catalogue: Catalogue) -> list[SandboxTrack]:
    """Return entries that are on all services under one id, with titles that stand for one recording each."""
    entries: dict[int, int] = {}
    for track in catalogue.tracks:
        entries[track.recording] = entries.get(track.recording, 0) + 1
    titles = [track.title for track in catalogue.tracks]
    usual = [track for track in catalogue.shareable if is_plain(track) and entries[track.recording] == 1]
    return [track for track in usual if track.title.isascii() and track.title.replace(" ", "").isalpha()
            and titles.count(track.title) == 1]  # fmt: skip


def link_to(url: str) -> Link:
    """Return the link that a member pastes."""
    (link,) = find_links(url)
    return link


async def found(resolver: Resolver, url: str) -> Track:
    """Return the track that an address leads to."""
    track = await resolver.resolve(link_to(url))
    assert track is not None
    return track


PLACES: dict[str, Callable[[SandboxTrack], str]] = {
    "apple": apple_url,
    "bandcamp": web_ids.bandcamp_url,
    "soundcloud": web_ids.soundcloud_url,
    "tidal": web_ids.tidal_url,
    "youtube": web_ids.youtube_url,
}


async def test_deezer_tells_the_isrc_itself(plain: Resolver, sandbox: Sandbox, alone: list[SandboxTrack]) -> None:
    """One call to Deezer, none to Spotify: the id there is found when a playlist needs it."""
    entry = alone[0]
    track = await found(plain, entry.deezer_url)
    assert (track.title, track.isrc) == (entry.full_title, entry.isrc)
    assert [(ref.service, ref.id) for ref in track.refs] == [(Service.DEEZER, str(entry.deezer_id))]
    assert sandbox.calls.count() == 1


@pytest.mark.parametrize("place", PLACES)
async def test_a_link_of_any_service_becomes_the_track(
    plain: Resolver, sandbox: Sandbox, storage: Storage, alone: list[SandboxTrack], place: str
) -> None:
    """What the site says is found on Deezer, exactly; shared on Spotify too, it is the same track."""
    for entry in alone[:10]:
        url = PLACES[place](entry)
        track = await found(plain, url)
        assert track.isrc == entry.isrc, (url, track)
        assert track.ref(Service(place)) == link_to(url).ref
        again = await found(plain, entry.spotify_url)
        assert again.id == track.id
    asked = len(sandbox.calls.calls)
    assert (await found(plain, PLACES[place](alone[0]))).id is not None
    assert len(sandbox.calls.calls) == asked, "a known link costs nothing"
    assert sandbox.calls.count(path=SEARCHES) == 0
    assert len(await storage.tracks.all_ids()) == 10


@pytest.mark.parametrize("place", PLACES)
async def test_musicbrainz_knows_links_exactly(
    informed: Resolver, sandbox: Sandbox, knowledge: Knowledge, alone: list[SandboxTrack], place: str
) -> None:
    """Where people have entered a link, nothing is searched for."""
    entry = next(track for track in alone if knowledge.known[track.index].linked)
    url = PLACES[place](entry)
    link = link_to(url)
    assert link.url in [*web_ids.pages_of(entry), link.url]
    track = await found(informed, url)
    assert track.isrc == entry.isrc
    if place != "apple":  # MusicBrainz has no links of Apple's here
        assert sandbox.calls.count("musicbrainz") == 2
        assert sandbox.calls.count("deezer") == 0
        assert sandbox.calls.count("web") == 0


async def test_many_links_are_one_call(informed: Resolver, sandbox: Sandbox, alone: list[SandboxTrack]) -> None:
    """Foreseen links are asked for together, and are known when their turn comes."""
    links = [link_to(web_ids.tidal_url(track)) for track in alone[:40]]
    await informed.foresee([*links, link_to(alone[0].spotify_url)])
    assert sandbox.calls.count("musicbrainz", path="*/url") == 1
    for link in links[:5]:
        await informed.resolve(link)
    assert sandbox.calls.count("musicbrainz", path="*/url") == 1


@pytest.mark.parametrize("host", ["on.soundcloud.com", "link.deezer.com", "deezer.page.link", "spotify.link"])
async def test_short_links_lead_to_their_track(
    plain: Resolver, sandbox: Sandbox, alone: list[SandboxTrack], host: str
) -> None:
    """Each shortener is followed once; its target is recognised unasked."""
    target = web_ids.soundcloud_url(alone[0]) if "soundcloud" in host else alone[0].deezer_url
    url = sandbox.web.shorten(target, host)
    first, second = await found(plain, url), await found(plain, url)
    assert first.id == second.id
    assert first.isrc == alone[0].isrc
    assert sandbox.calls.count("web", path=f"/web/{host}/*") == 1


@pytest.mark.parametrize("host", ["song.link", "odesli.co"])
async def test_pages_about_one_track_lead_to_it(
    plain: Resolver, sandbox: Sandbox, alone: list[SandboxTrack], host: str
) -> None:
    """The page names the track at every service; Spotify's is taken."""
    track = await found(plain, sandbox.web.gather(alone[0], host))
    assert track.spotify_id == alone[0].spotify_id
    direct = await found(plain, f"https://{host}/s/{alone[0].spotify_id}")
    assert direct.id == track.id
    assert sandbox.calls.count(path=LOOKUPS) == 1


async def test_a_short_link_to_an_album_leads_to_the_album(
    plain: Resolver, sandbox: Sandbox, alone: list[SandboxTrack]
) -> None:
    """It is no track, and no broken link either; whoever asks anew is told again."""
    url = sandbox.web.shorten(f"https://www.deezer.com/album/{alone[0].album.deezer_id}", "link.deezer.com")
    turned_out = await plain.find(link_to(url))
    assert (turned_out.track, turned_out.link.kind) == (None, LinkKind.ALBUM)
    assert (await plain.find(link_to(url))).link.kind is LinkKind.SHORT
    assert sandbox.calls.count("web") == 1
    assert (await plain.find(link_to(url), anew=True)).link.kind is LinkKind.ALBUM


# --- doubt


async def test_a_title_below_the_gate_is_asked_about(
    plain: Resolver, sandbox: Sandbox, storage: Storage, alone: list[SandboxTrack]
) -> None:
    """A live take that nobody lists is not taken for the studio recording: that is what somebody may confirm."""
    entry = alone[3]
    sandbox.web.videos["dQw4w9WgXcQ"] = (f"{entry.byline} - {entry.title} (Live in Oslo 2019)", "a fan")
    link = link_to("https://youtu.be/dQw4w9WgXcQ")
    assert link.ref is not None
    said = await plain.find(link)
    assert said.track is None
    assert entry.isrc in {(await plain.choose(near)).isrc for near in said.near}
    before = len(sandbox.calls.calls)
    assert (await plain.find(link)).near == (), "a doubt is remembered"
    assert len(sandbox.calls.calls) == before
    assert (await plain.find(link, anew=True)).near == said.near
    assert await storage.tracks.by_ref(link.ref) is None


async def test_what_somebody_chose_is_the_link_from_then_on(
    plain: Resolver, sandbox: Sandbox, storage: Storage, alone: list[SandboxTrack]
) -> None:
    """The chosen hit is completed by its service, saved under the link too, and never asked about again."""
    entry = alone[3]
    sandbox.web.videos["dQw4w9WgXcQ"] = (f"{entry.byline} - {entry.title} (Live in Oslo 2019)", "a fan")
    link = link_to("https://youtu.be/dQw4w9WgXcQ")
    near = (await plain.find(link)).near
    assert link.ref is not None
    chosen = await plain.choose(next(one for one in near if one.title == entry.title), [link.ref])
    assert chosen.isrc == entry.isrc
    assert (await plain.resolve(link)) == chosen
    assert (await found(plain, entry.spotify_url)).id == chosen.id
    assert len(await storage.tracks.all_ids()) == 1


async def test_a_video_that_is_no_music_costs_spotify_nothing(
    plain: Resolver, sandbox: Sandbox, storage: Storage
) -> None:
    """Nothing is found, nothing is asked about, nothing is kept."""
    sandbox.web.videos["dQw4w9WgXcQ"] = ("My cat falls off the shelf, again", "Whiskers Daily")
    said = await plain.find_or_keep(link_to("https://www.youtube.com/watch?v=dQw4w9WgXcQ"))
    assert (said.track, said.near) == (None, ())
    assert sandbox.calls.count("spotify") == 0
    assert await storage.tracks.all_ids() == []


async def test_a_music_site_vouches_for_what_nobody_else_has(
    plain: Resolver, sandbox: Sandbox, storage: Storage
) -> None:
    """A track of Bandcamp alone is a track; a video of an artist's own channel is one too, another is not."""
    sandbox.web.pages["https://nobody.bandcamp.com/track/rare-thing"] = (
        '<meta property="og:title" content="Rare Thing, by Nobody In Particular">'
    )
    track = await found(plain, "https://nobody.bandcamp.com/track/rare-thing")
    assert (track.title, track.byline, track.spotify_id) == ("Rare Thing", "Nobody In Particular", None)
    sandbox.web.videos["dQw4w9WgXcQ"] = ("Rarer Thing", "Nobody In Particular - Topic")
    assert (await found(plain, "https://youtu.be/dQw4w9WgXcQ")).title == "Rarer Thing"
    sandbox.web.videos["dQw4w9WgXcR"] = ("Nobody In Particular - Rarest Thing", "Nobody In Particular")
    assert await plain.resolve(link_to("https://youtu.be/dQw4w9WgXcR")) is None
    assert len(await storage.tracks.all_ids()) == 2


async def test_a_turned_title_is_read_all_the_same(
    plain: Resolver, sandbox: Sandbox, alone: list[SandboxTrack]
) -> None:
    """`Title - Artist` by somebody else: only one reading is a track."""
    sandbox.web.videos["dQw4w9WgXcQ"] = (f"{alone[0].full_title} - {alone[0].byline}", "somebody")
    assert (await found(plain, "https://youtu.be/dQw4w9WgXcQ")).isrc == alone[0].isrc


# --- trouble


async def test_a_site_that_is_down_keeps_the_share(
    plain: Resolver, sandbox: Sandbox, clock: FastClock, alone: list[SandboxTrack]
) -> None:
    """The placeholder becomes the track once the site is back; others behind the silence do not wait."""
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "web", times=None)
    links = [link_to(web_ids.tidal_url(track)) for track in alone[:5]]
    kept = [await plain.resolve_or_keep(link) for link in links]
    assert all(track is not None and track.is_placeholder for track in kept)
    assert sandbox.calls.count("web") == 2, "one site, tried twice"
    sandbox.faults.clear()
    clock.advance(SILENCE_LASTS)
    assert kept[0] is not None
    done = await plain.finish(kept[0])
    assert done is not None
    assert (done.id, done.isrc) == (kept[0].id, alone[0].isrc)


async def test_a_refused_search_is_no_miss(
    plain: Resolver, sandbox: Sandbox, alone: list[SandboxTrack], clock: FastClock
) -> None:
    """While Deezer is down and Spotify too, a video waits; with one of them it is found."""
    link = link_to(web_ids.youtube_url(alone[0]))
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "deezer", times=None)
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "spotify", times=None)
    with pytest.raises(Unreachable):
        await plain.resolve(link)
    sandbox.faults.clear()
    clock.advance(SILENCE_LASTS)
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "deezer", times=None)
    track = await plain.resolve(link)
    assert track is not None
    assert track.spotify_id == alone[0].spotify_id


async def test_a_private_video_is_let_be(plain: Resolver, sandbox: Sandbox, storage: Storage) -> None:
    """What may not be shown elsewhere is neither a miss nor a share."""
    fault = sandbox.faults.inject(FaultKind.NOT_PREMIUM, "web", times=None)
    said = await plain.find_or_keep(link_to("https://youtu.be/dQw4w9WgXcQ"))
    assert said.track is None
    assert fault.struck
    assert await storage.tracks.all_ids() == []


async def test_reccobeats_knows_spotify_ids_while_spotify_is_away(
    informed: Resolver, sandbox: Sandbox, knowledge: Knowledge, alone: list[SandboxTrack]
) -> None:
    """The budget's end or an outage keeps no share waiting that another service can name."""
    sandbox.faults.inject(FaultKind.QUOTA, "spotify", times=None)
    known = next(track for track in alone if knowledge.known[track.index].reccobeats)
    track = await found(informed, known.spotify_url)
    assert (track.isrc, track.spotify_id) == (known.isrc, known.spotify_id)
    unknown = next(track for track in alone if not knowledge.known[track.index].reccobeats)
    kept = await informed.resolve_or_keep(link_to(unknown.spotify_url))
    assert kept is not None
    assert kept.is_placeholder


@pytest.mark.parametrize("place", ["bandcamp", "tidal", "soundcloud", "apple", "youtube"])
async def test_a_broken_link_is_a_miss_for_two_weeks(
    plain: Resolver, sandbox: Sandbox, clock: FastClock, place: str
) -> None:
    """A page that is not there is not asked again soon."""
    urls = {
        "bandcamp": "https://nobody.bandcamp.com/track/nothing",
        "tidal": "https://tidal.com/track/1",
        "soundcloud": "https://soundcloud.com/nobody/nothing",
        "apple": "https://music.apple.com/us/song/1",
        "youtube": "https://youtu.be/AAAAAAAAAAA",
    }
    for _ in range(2):
        assert await plain.resolve(link_to(urls[place])) is None
    assert sandbox.calls.count("web") == 1
    clock.advance(timedelta(days=15))
    assert await plain.resolve(link_to(urls[place])) is None
    assert sandbox.calls.count("web") == 2


# --- albums


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
