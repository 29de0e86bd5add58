"""Links of every service, from the address to the saved track, over the sandbox's services and sites."""

import pytest

from catalog.links import LinkKind
from catalog.models import Service
from catalog.resolver import Resolver
from sandbox import web_ids
from sandbox.knowledge import Knowledge
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from storage.stores import Storage
from tests.fixtures.links import PLACES, found, link_to

LOOKUPS, SEARCHES = "/v1/tracks/*", "/v1/search"


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
