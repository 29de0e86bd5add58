"""The MusicBrainz client against the sandbox, canned answers and recorded ones."""

import pytest

from catalog.errors import BadAnswer, Refused
from catalog.http import Door
from catalog.musicbrainz import URLS_A_CALL, MusicBrainz, MusicBrainzSettings
from catalog.musicbrainz_parse import MbRecording, read_isrc, read_recording
from catalog.tags import Entity, Tag
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.knowledge import Knowledge
from sandbox.pointing import pointing
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger, sample
from tests.fixtures.sources import MemoryAnswers

MBID = "b8a7c51f-362c-4dcb-a259-bc6e0095f0a6"
LINK = "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"


def linked(knowledge: Knowledge) -> list[SandboxTrack]:
    """Return the tracks whose links MusicBrainz knows."""
    return [track for track in knowledge.catalogue.tracks if knowledge.known[track.index].linked]


async def test_a_hundred_links_are_one_call(
    musicbrainz: MusicBrainz, knowledge: Knowledge, sandbox: Sandbox, catalogue: Catalogue
) -> None:
    """About a quarter of the tracks is known; the answers come in any order and without the unknown."""
    wanted = catalogue.tracks[:URLS_A_CALL]
    found = await musicbrainz.urls.fetch(track.spotify_url for track in wanted)
    assert sandbox.calls.count("musicbrainz") == 1
    for track in wanted:
        targets = found[track.spotify_url]
        assert (targets is not None) is knowledge.known[track.index].linked
        if targets is not None:
            assert [each.mbid for each in targets.recordings] == [knowledge.recording_mbid(track)]
    assert 10 < sum(targets is not None for targets in found.values()) < 40


async def test_links_of_any_service_lead_there_artists_too(
    musicbrainz: MusicBrainz, knowledge: Knowledge, sandbox: Sandbox
) -> None:
    """One link alone is answered in another form; long links make smaller batches."""
    track = linked(knowledge)[0]
    (found,) = (await musicbrainz.urls.fetch([track.deezer_url])).values()
    assert found is not None
    assert found.recordings == (Entity(knowledge.recording_mbid(track), track.title),)
    pages = {f"https://www.deezer.com/artist/{artist.deezer_id}": artist for artist in knowledge.catalogue.artists}
    artists = await musicbrainz.urls.fetch(pages)
    known = {page: targets.artists[0] for page, targets in artists.items() if targets is not None}
    assert 0.75 < len(known) / len(pages) < 0.95
    assert all(entity.mbid == knowledge.artist_mbid(pages[page]) for page, entity in known.items())
    long = [f"https://music.apple.com/us/album/{'x' * 90}/1?i={number}" for number in range(100)]
    assert set((await musicbrainz.urls.fetch(long)).values()) == {None}
    assert sandbox.calls.count("musicbrainz") == 1 + 2 + 3
    assert {call.status for call in sandbox.calls.calls} == {200}


async def test_an_unknown_link_alone_is_a_miss(musicbrainz: MusicBrainz, answers: MemoryAnswers) -> None:
    """Asked alone, 404; a miss is remembered."""
    assert await musicbrainz.urls.fetch([LINK]) == {LINK: None}
    assert answers.of("musicbrainz.url") == {LINK: None}


async def test_an_isrc_leads_to_recording_tags_and_artists(
    musicbrainz: MusicBrainz, knowledge: Knowledge, sandbox: Sandbox
) -> None:
    """Genres are told from tags, guests have tags of their own, and links lead on to services."""
    track = next(
        each for each in linked(knowledge) if len(each.artists) > 1 and knowledge.track_tags(each) and each.isrc
    )
    assert track.isrc is not None
    (found,) = (await musicbrainz.isrcs.fetch([track.isrc])).values()
    assert found is not None
    (recording,) = found
    assert (recording.mbid, recording.duration_ms, recording.year) == (
        knowledge.recording_mbid(track),
        track.duration_ms,
        track.year,
    )
    assert {tag.name: tag.count for tag in recording.tags} == knowledge.track_tags(track)
    assert [tag.count for tag in recording.tags] == sorted((tag.count for tag in recording.tags), reverse=True)
    assert [each.name for each in recording.artists] == [each.name for each in track.artists]
    assert {tag.name: tag.count for tag in recording.artists[1].tags} == knowledge.artist_tags(track.artists[1])
    assert any(tag.genre for tag in recording.artists[0].tags)
    assert track.spotify_url in recording.links
    await musicbrainz.isrcs.fetch([track.isrc])
    assert sandbox.calls.count("musicbrainz") == 1, "a hit is never asked for again"


async def test_most_isrcs_are_unknown_and_some_are_none(
    musicbrainz: MusicBrainz, catalogue: Catalogue, sandbox: Sandbox
) -> None:
    """404 is a miss; what is no ISRC is not asked at all."""
    isrcs = [track.isrc for track in catalogue.tracks[:60] if track.isrc]
    found = await musicbrainz.isrcs.fetch(isrcs)
    assert 0.1 < sum(hit is not None for hit in found.values()) / len(found) < 0.45
    before = sandbox.calls.count()
    assert set((await musicbrainz.isrcs.fetch(["", "not an isrc", "XX123"])).values()) == {None}
    assert sandbox.calls.count() == before


async def test_a_recording_has_its_isrcs_and_links(musicbrainz: MusicBrainz, knowledge: Knowledge) -> None:
    """The way from a link of any service to what others know the track by; an unknown MBID is a miss."""
    track = next(each for each in linked(knowledge) if each.isrc)
    mbid = knowledge.recording_mbid(track)
    found = await musicbrainz.recordings.fetch([mbid, MBID])
    assert found[MBID] is None
    recording = found[mbid]
    assert recording is not None
    assert track.isrc in recording.isrcs
    assert recording.mbid == mbid
    assert {track.spotify_url, track.deezer_url} & set(recording.links)
    assert recording.artists[0].name == track.artist.name


async def test_artists_have_tags(musicbrainz: MusicBrainz, knowledge: Knowledge) -> None:
    """By MBID; an unknown one is a miss, and so is what is none."""
    mbid, artist = next(iter(knowledge.artists.items()))
    found = await musicbrainz.artists.fetch([mbid, MBID, "x"])
    assert found[MBID] is None
    assert found["x"] is None
    known = found[mbid]
    assert known is not None
    assert known.name == artist.name
    assert {tag.name: tag.count for tag in known.tags} == knowledge.artist_tags(artist)


async def test_it_is_asked_again_after_503(
    musicbrainz: MusicBrainz, knowledge: Knowledge, sandbox: Sandbox, clock: FastClock, ledger: MemoryLedger
) -> None:
    """One in five first tries was seen to fail below the limit: it waits as told, and counts each try."""
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "musicbrainz", probability=0.2, times=None, retry_after=1)
    isrcs = [track.isrc for track in linked(knowledge) if track.isrc][:40]
    found = await musicbrainz.isrcs.fetch(isrcs)
    assert all(found.values())
    tries = sandbox.calls.count("musicbrainz")
    assert tries > len(found)
    assert clock.slept >= tries - len(found)
    assert await ledger.spent("musicbrainz", "isrc", clock.now()) == tries


async def test_the_real_limit_is_kept_by_waiting(
    musicbrainz: MusicBrainz, knowledge: Knowledge, sandbox: Sandbox, clock: FastClock
) -> None:
    """Above one request a second it answers 503 with Retry-After, and that is waited for."""
    sandbox.musicbrainz.rate.limit = 1
    isrcs = [track.isrc for track in linked(knowledge) if track.isrc][:5]
    assert all((await musicbrainz.isrcs.fetch(isrcs)).values())
    assert clock.slept >= 4


async def test_it_knows_how_to_reach_us(
    door: Door,
    answers: MemoryAnswers,
    clock: FastClock,
    sandbox: Sandbox,
    musicbrainz: MusicBrainz,
) -> None:
    """The contact of the settings stands in the User-Agent; without one MusicBrainz refuses, which is no miss."""
    assert await musicbrainz.artists.fetch([MBID]) == {MBID: None}
    nameless = MusicBrainz(
        MusicBrainzSettings(api_base=pointing(sandbox)["musicbrainz"].api_base), door, answers, clock
    )
    with pytest.raises(Refused):
        await nameless.isrcs.fetch(["GBAHS1400099"])
    assert answers.of("musicbrainz.isrc") == {}
    agent = MusicBrainzSettings(contact=" me@example.org ").agent
    assert agent.startswith("Tastebud/")
    assert agent.endswith("( me@example.org )")


@pytest.mark.parametrize(
    ("base", "contact", "nameless"),
    [
        ("https://musicbrainz.org/ws/2", "", True),
        ("https://beta.musicbrainz.org/ws/2", " ", True),
        ("https://musicbrainz.org/ws/2", "me@example.org", False),
        ("http://127.0.0.1:5000/ws/2", "", False),
    ],
)
def test_the_rule_is_musicbrainz_orgs(base: str, contact: str, nameless: bool) -> None:
    """A mirror of one's own needs no contact."""
    assert MusicBrainzSettings(api_base=base, contact=contact).nameless is nameless


@pytest.mark.parametrize(
    ("setting", "value"),
    [("api_base", "musicbrainz"), ("rate", 0.0), ("contact", "me\r\nX-Own: 1"), ("contact", "(me)")],
)
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        MusicBrainzSettings(**{setting: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [Canned("<metadata/>"), [], {"recordings": "none"}, {"title": "no recordings"}])
async def test_odd_answers_are_no_misses(
    canned_musicbrainz: MusicBrainz, canned: CannedServer, answers: MemoryAnswers, answer: object
) -> None:
    """XML or an unknown form is an error, and nothing of it is remembered."""
    canned.put("/ws/2/isrc/GBAHS1400099", answer)
    with pytest.raises(BadAnswer):
        await canned_musicbrainz.isrcs.fetch(["gb-ahs-14-00099"])
    assert answers.kept == {}


async def test_400_is_a_name_that_it_does_not_have(canned_musicbrainz: MusicBrainz, canned: CannedServer) -> None:
    """What it finds malformed it will never answer: a miss."""
    canned.put("/ws/2/isrc/GBAHS1400099", Canned({"error": "Invalid isrc."}, 400))
    assert await canned_musicbrainz.isrcs.fetch(["GBAHS1400099"]) == {"GBAHS1400099": None}


@pytest.mark.parametrize("kind", ["recordings", "artists"])
async def test_an_answer_without_a_name_is_no_answer(
    canned_musicbrainz: MusicBrainz, canned: CannedServer, kind: str
) -> None:
    """A recording or artist that cannot be read is an error."""
    canned.put(f"/ws/2/{kind[:-1]}/{MBID}", {"id": MBID})
    with pytest.raises(BadAnswer):
        await getattr(canned_musicbrainz, kind).fetch([MBID])


async def test_links_without_targets_are_misses(canned_musicbrainz: MusicBrainz, canned: CannedServer) -> None:
    """A link that leads to a release alone says nothing of a recording; odd lists are errors."""
    canned.put("/ws/2/url", {"id": "x", "resource": LINK, "relations": [{"release": {"id": MBID}}]})
    assert await canned_musicbrainz.urls.fetch([LINK]) == {LINK: None}
    canned.put("/ws/2/url", {"url-count": 1})
    with pytest.raises(BadAnswer):
        await canned_musicbrainz.urls.fetch(["https://a.example/1", "https://a.example/2"])


async def test_a_recorded_503_and_its_answer(
    canned_musicbrainz: MusicBrainz, canned: CannedServer, clock: FastClock
) -> None:
    """As it was recorded: HTML with 503 and Retry-After 1, then the recording."""
    first, second = sample("music/musicbrainz/tracklistify.isrc_503_then_200.json")["interactions"]
    headers = {"Retry-After": first["headers"]["Retry-After"][0]}
    canned.put("/ws/2/isrc/USUM71703861", Canned(first["body"], first["status"]["code"], headers), second["body"])
    (found,) = (await canned_musicbrainz.isrcs.fetch(["USUM71703861"])).values()
    assert found is not None
    assert found == (
        MbRecording("Despacito", duration_ms=210_000, links=("https://open.spotify.com/track/0K1VpSPsXlU5oRNCzm6Gwr",)),
    )
    assert clock.slept >= 1


def test_recorded_answers_are_read() -> None:
    """The server's own example and a real recording."""
    (found,) = read_isrc(sample("music/musicbrainz/mb-server.isrc-lookup.json")["body"])
    assert (found.title, found.duration_ms, found.year) == ("Hey Boy Hey Girl", 289_946, 1999)
    assert found.mbid == "bf7845cc-eac3-48a3-8b06-543b4b7ba117"
    recording = read_recording(sample("music/musicbrainz/picard.recording.json"))
    assert recording is not None
    assert (recording.title, recording.duration_ms, recording.year) == ("Thinking Out Loud", 281_000, 2014)
    (artist,) = recording.artists
    assert (artist.mbid, artist.name) == (MBID, "Ed Sheeran")
    assert artist.tags == (Tag("dance-pop", 1), Tag("guitarist", 0))
    assert recording.isrcs == ("GBAHS1400099",)


def test_videos_come_last() -> None:
    """An ISRC may be on a video too; what has no title is left out."""
    rows = [{"id": "v", "title": "Video", "video": True}, {"id": "x"}, {"id": "r", "title": "Recording", "video": None}]
    assert [each.title for each in read_isrc({"recordings": rows})] == ["Recording", "Video"]
