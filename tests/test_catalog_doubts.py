"""Links that may mean several tracks, none, or of which nobody can be asked: nothing is guessed, nothing is lost."""

from datetime import timedelta

import pytest

from catalog.errors import Unreachable
from catalog.memory import SILENCE_LASTS
from catalog.resolver import Resolver
from sandbox import web_ids
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.knowledge import Knowledge
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from storage.stores import Storage
from tests.fixtures.links import found, link_to

LOOKUPS, SEARCHES = "/v1/tracks/*", "/v1/search"


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
