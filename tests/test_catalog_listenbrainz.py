"""The ListenBrainz client against the sandbox, canned answers and the server's own examples."""

import pytest

from catalog.errors import BadAnswer, Refused
from catalog.http import Door
from catalog.listenbrainz import NAME_LENGTH, RECORDINGS_A_CALL, ListenBrainz, ListenBrainzSettings
from catalog.listenbrainz_parse import LbMatch
from catalog.tags import Entity, Tag
from sandbox.clock import FastClock
from sandbox.knowledge import Knowledge
from sandbox.pointing import pointing
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger, sample
from tests.fixtures.sources import MemoryAnswers

PORTISHEAD = "8f6bd1e4-fbe1-4f50-aa9b-94c450ec0f11"
MYSTERONS = "e97f805a-ab48-4c52-855e-07049142113d"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_a_hundred_recordings_are_one_call(
    listenbrainz: ListenBrainz, knowledge: Knowledge, sandbox: Sandbox
) -> None:
    """Tags of the recording, of each artist and of the release group, by MBID; what is unknown is omitted."""
    mbids = [*list(knowledge.recordings)[: RECORDINGS_A_CALL - 1], UNKNOWN]
    found = await listenbrainz.recordings.fetch(mbids)
    assert sandbox.calls.count("listenbrainz", "POST") == 1
    assert found[UNKNOWN] is None
    for mbid, track in list(knowledge.recordings.items())[: RECORDINGS_A_CALL - 1]:
        recording = found[mbid]
        assert recording is not None
        assert {tag.name: tag.count for tag in recording.tags} == knowledge.track_tags(track)
        assert [each.name for each in recording.artists] == [each.name for each in track.artists]
        for known, entity in zip(track.artists, recording.artists, strict=True):
            assert {tag.name: tag.count for tag in entity.tags} == knowledge.artist_tags(known)
        assert (recording.release, recording.year) == (track.album.title, track.year)
        assert recording.release_tags
    await listenbrainz.recordings.fetch(mbids)
    assert sandbox.calls.count("listenbrainz") == 1


async def test_artists_come_in_any_order(listenbrainz: ListenBrainz, knowledge: Knowledge, sandbox: Sandbox) -> None:
    """Joined by MBID, 25 a call; what is no MBID is not asked, since it would spoil the batch."""
    mbids = list(knowledge.artists)[:40]
    found = await listenbrainz.artists.fetch([*mbids, UNKNOWN, "not an mbid"])
    assert sandbox.calls.count("listenbrainz", "GET") == 2
    assert found[UNKNOWN] is None
    assert found["not an mbid"] is None
    for mbid in mbids:
        artist = found[mbid]
        assert artist is not None
        assert (artist.mbid, artist.name) == (mbid, knowledge.artists[mbid].name)
        assert {tag.name: tag.count for tag in artist.tags} == knowledge.artist_tags(knowledge.artists[mbid])


async def test_names_need_a_token(
    listenbrainz: ListenBrainz,
    door: Door,
    answers: MemoryAnswers,
    clock: FastClock,
    sandbox: Sandbox,
    knowledge: Knowledge,
) -> None:
    """With one, names lead to MBIDs, fifty a call; too long a name is left out, for it would spoil the batch."""
    assert listenbrainz.names is None
    settings = pointing(sandbox)["listenbrainz"]
    keyed = ListenBrainz(settings, door, answers, clock, sandbox.listenbrainz.token)
    assert keyed.names is not None
    tracks = [track for track in knowledge.recordings.values() if not track.version][:60]
    wanted = [(track.artist.name, track.title) for track in tracks]
    found = await keyed.names.fetch([*wanted, ("Nobody", "Nothing"), ("x" * NAME_LENGTH, "y"), ("", "z")])
    assert sandbox.calls.count("listenbrainz", path="*/lookup/") == 2
    hits = [(track, match) for track, name in zip(tracks, wanted, strict=True) if (match := found[name])]
    assert len(hits) > 50
    for track, match in hits:
        assert (match.title, match.artist) == (track.title, track.byline)
        assert match.artist_mbids == tuple(knowledge.artist_mbid(each) for each in track.artists)
    assert found["Nobody", "Nothing"] is None
    wrong = ListenBrainz(settings, door, MemoryAnswers(clock), clock, "another")
    assert wrong.names is not None
    with pytest.raises(Refused, match="LISTENBRAINZ_TOKEN"):
        await wrong.names.fetch(wanted)


async def test_what_is_put_behind_the_token_is_a_refusal(
    listenbrainz: ListenBrainz, sandbox: Sandbox, knowledge: Knowledge, answers: MemoryAnswers
) -> None:
    """It happened to other endpoints; 401 is never taken for a miss, and says what would help."""
    sandbox.listenbrainz.locked = True
    for look_up, mbid in ((listenbrainz.recordings, next(iter(knowledge.recordings))), (listenbrainz.artists, UNKNOWN)):
        with pytest.raises(Refused, match="set LISTENBRAINZ_TOKEN"):
            await look_up.fetch([mbid])
    assert answers.kept == {}


async def test_its_window_is_kept_to(
    listenbrainz: ListenBrainz,
    sandbox: Sandbox,
    knowledge: Knowledge,
    clock: FastClock,
    ledger: MemoryLedger,
) -> None:
    """Its headers say when no call is left: the next waits for the next window instead of being refused."""
    sandbox.listenbrainz.rate.limit = 3
    for mbid in list(knowledge.artists)[:8]:
        assert await listenbrainz.artists.fetch([mbid])
    assert {call.status for call in sandbox.calls.find("listenbrainz")} == {200}
    assert clock.slept == pytest.approx(20)
    assert await ledger.spent("listenbrainz", "artist", clock.now()) == 8


async def test_a_429_is_waited_for_as_its_header_says(
    listenbrainz: ListenBrainz, sandbox: Sandbox, knowledge: Knowledge, clock: FastClock
) -> None:
    """Somebody else at our address may have used the window up."""
    sandbox.listenbrainz.rate.limit = 1
    assert sandbox.listenbrainz.rate.admit()
    assert await listenbrainz.artists.fetch([next(iter(knowledge.artists))])
    assert [call.status for call in sandbox.calls.find("listenbrainz")] == [429, 200]
    assert clock.slept == pytest.approx(10)


async def test_the_servers_own_examples_are_read(canned_listenbrainz: ListenBrainz, canned: CannedServer) -> None:
    """A recording with three kinds of tags, and artists with and without."""
    canned.put("/1/metadata/recording/", sample("music/listenbrainz/lb-server.mb_metadata_cache_example.json"))
    recording = (await canned_listenbrainz.recordings.fetch([MYSTERONS]))[MYSTERONS]
    assert recording is not None
    assert recording.tags == (Tag("trip hop", 8, genre=True), Tag("trip-hop", 4), Tag("electronic", 3, genre=True))
    assert recording.artists == (
        Entity(PORTISHEAD, "Portishead", (Tag("trip hop", 13, genre=True), Tag("trip-hop", 7))),
    )
    assert [tag.name for tag in recording.release_tags] == ["trip hop", "trip-hop", "mysterious"]
    assert (recording.release, recording.year) == ("Dummy", 1994)
    assert canned.asked[0].json["inc"] == "artist tag release"
    assert canned.asked[0].headers["Authorization"] == "Token a-token"
    canned.put("/1/metadata/artist/", sample("music/listenbrainz/lb-server.mb_artist_metadata_example.json"))
    artist = (await canned_listenbrainz.artists.fetch([PORTISHEAD]))[PORTISHEAD]
    assert artist is not None
    assert (artist.name, artist.year, artist.tags[0]) == ("Portishead", 1991, Tag("trip hop", 13, genre=True))
    mili = "d2a92ee2-27ce-4e71-bfc5-12e34fe8ef56"
    canned.put("/1/metadata/artist/", sample("music/listenbrainz/navidrome.listenbrainz.artist.metadata.homepage.json"))
    untagged = (await canned_listenbrainz.artists.fetch([mili]))[mili]
    assert untagged is not None
    assert (untagged.name, untagged.tags) == ("Mili", ())


async def test_odd_rows_are_left_out_and_odd_answers_are_errors(
    canned_listenbrainz: ListenBrainz, canned: CannedServer, answers: MemoryAnswers
) -> None:
    """A row too few or too many spoils nothing; another form, or a path that is gone, is no miss."""
    assert canned_listenbrainz.names is not None
    rows = [
        {
            "index": 1,
            "recording_mbid": MYSTERONS,
            "recording_name": "T",
            "artist_credit_name": "A",
            "artist_mbids": None,
        },
        {"index": 7, "recording_mbid": MYSTERONS},
        {"recording_mbid": MYSTERONS},
        None,
    ]
    canned.put("/1/metadata/lookup/", rows)
    found = await canned_listenbrainz.names.fetch([("a", "b"), ("c", "d")])
    assert found == {("a", "b"): None, ("c", "d"): LbMatch(MYSTERONS, "T", "A")}
    answers.kept.clear()
    for answer in ([], Canned("gone", 404), {"error": "x"}):
        canned.put("/1/metadata/recording/", answer)
        canned.put("/1/metadata/artist/", answer if answer != [] else {})
        if answer != {"error": "x"}:
            with pytest.raises(BadAnswer):
                await canned_listenbrainz.recordings.fetch([MYSTERONS])
        with pytest.raises((BadAnswer, Refused)):
            await canned_listenbrainz.artists.fetch([PORTISHEAD])
    assert answers.kept == {}


@pytest.mark.parametrize(
    ("setting", "value"),
    [("api_base", "x"), ("labs_base", "x"), ("rate", 0.0), ("labs_rate", -1.0), ("algorithm", " ")],
)
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        ListenBrainzSettings(**{setting: value})  # type: ignore[arg-type]
