"""The Last.fm client against the sandbox, canned answers and recorded ones."""

import pytest

from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.http import ATTEMPTS
from catalog.lastfm import RATE_LIMIT_REST, LastFm, LastFmSettings
from catalog.lastfm_parse import read_similar_artists, read_similar_tracks, read_top_tags
from catalog.tags import Tag
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.knowledge import Knowledge
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger, sample
from tests.fixtures.sources import MemoryAnswers

SONG = ("Somebody", "A title")


async def test_tracks_and_artists_have_tags(
    lastfm: LastFm,
    knowledge: Knowledge,
    catalogue: Catalogue,
    sandbox: Sandbox,
    ledger: MemoryLedger,
    clock: FastClock,
) -> None:
    """By name, whatever the case, one a call; counts run to 100, and fresh tracks are not there yet."""
    tracks = [track for track in catalogue.tracks if not track.version][:40]
    found = await lastfm.track_tags.fetch((track.artist.name, track.title) for track in tracks)
    assert await ledger.spent("lastfm", "track.getTopTags", clock.now()) == len(found) == sandbox.calls.count("lastfm")
    for track in tracks:
        tags = found[track.artist.name, track.title]
        if tags is not None:
            assert {tag.name for tag in tags} == set(knowledge.track_tags(track))
            assert tags[0].count == 100
        elif knowledge.known[track.index].lastfm:
            assert knowledge.track_tags(track) == {}, "no tags are no data"
    artist = catalogue.artists[0]
    names = [(artist.name.upper(),), ("Nobody At All",)]
    mine, nobody = (await lastfm.artist_tags.fetch(names)).values()
    assert mine is not None
    assert {tag.name for tag in mine} == set(knowledge.artist_tags(artist))
    assert nobody is None
    assert await lastfm.artist_tags.fetch([(artist.name,)]) == {(artist.name,): mine}
    assert sandbox.calls.count("lastfm", path="*") == len(found) + 2, "another case is no other question"


async def test_neighbours_come_best_first(lastfm: LastFm, knowledge: Knowledge, catalogue: Catalogue) -> None:
    """Similar tracks and artists, with MBIDs where they are known."""
    track = next(each for each in catalogue.tracks if knowledge.known[each.index].lastfm and not each.version)
    (similar,) = (await lastfm.similar_tracks.fetch([(track.artist.name, track.title)])).values()
    assert similar is not None
    assert len(similar) > 10
    assert similar[0].score == 1
    assert [each.score for each in similar] == sorted((each.score for each in similar), reverse=True)
    assert {each.mbid is None for each in similar} == {True, False}
    assert all(each.duration_ms and each.duration_ms > 100_000 for each in similar)
    (artists,) = (await lastfm.similar_artists.fetch([(track.artist.name,)])).values()
    assert artists is not None
    assert artists[0].score == 1
    assert artists[0].mbid in knowledge.artists
    assert await lastfm.similar_artists.fetch([("Nobody",)]) == {("Nobody",): None}, "an empty list is no data"


async def test_a_key_that_ended_is_a_refusal(lastfm: LastFm, sandbox: Sandbox, answers: MemoryAnswers) -> None:
    """It says where to look, tells nothing of the key, and no name counts as missed."""
    sandbox.lastfm.key = "another"
    with pytest.raises(Refused, match="LASTFM_API_KEY") as raised:
        await lastfm.track_tags.fetch([SONG])
    assert "sandbox-lastfm-key" not in str(raised.value)
    assert answers.kept == {}


async def test_asking_too_fast_is_a_pause(
    lastfm: LastFm, sandbox: Sandbox, ledger: MemoryLedger, catalogue: Catalogue
) -> None:
    """Error 29 is a refusal for a minute, in which nothing is asked."""
    sandbox.lastfm.rate.limit = 2
    names = [(artist.name,) for artist in catalogue.artists[:5]]
    for _ in range(2):
        with pytest.raises(Refused):
            await lastfm.artist_tags.fetch(names)
    assert sandbox.calls.count("lastfm") == 3
    pause = ledger.pause_of("lastfm")
    assert pause is not None
    assert pause.total_seconds() == RATE_LIMIT_REST


@pytest.mark.parametrize(
    ("code", "expected", "calls"),
    [
        (8, Unreachable, ATTEMPTS),
        (11, Unreachable, ATTEMPTS),
        (16, Unreachable, ATTEMPTS),
        (10, Refused, 1),
        (26, Refused, 1),
        (29, Refused, 1),
        (3, BadAnswer, 1),
        ("odd", BadAnswer, 1),
    ],
)
@pytest.mark.parametrize("status", [200, 403, 500])
async def test_errors_stand_in_the_body_whatever_the_status(
    canned_lastfm: LastFm,
    canned: CannedServer,
    answers: MemoryAnswers,
    code: object,
    expected: type[CatalogError],
    calls: int,
    status: int,
) -> None:
    """Each code is mapped to the tree, and none is a miss."""
    canned.put("/2.0/", Canned({"error": code, "message": "x"}, status))
    with pytest.raises(expected):
        await canned_lastfm.track_tags.fetch([SONG])
    assert len(canned.asked) == calls
    assert answers.kept == {}


@pytest.mark.parametrize("status", [200, 400, 404])
async def test_error_6_is_a_miss(canned_lastfm: LastFm, canned: CannedServer, status: int) -> None:
    """Not found, under any status."""
    canned.put("/2.0/", Canned({"error": 6, "message": "Track not found"}, status))
    assert await canned_lastfm.track_tags.fetch([SONG]) == {SONG: None}
    assert canned.asked[0].query["artist"] == "Somebody"
    assert canned.asked[0].query["autocorrect"] == "1"


@pytest.mark.parametrize("answer", [Canned("gone", 404), Canned("<html>"), {"toptags": []}, {}, []])
async def test_odd_answers_are_no_misses(
    canned_lastfm: LastFm, canned: CannedServer, answers: MemoryAnswers, answer: object
) -> None:
    """A wrong address or another form is an error."""
    canned.put("/2.0/", answer)
    with pytest.raises(BadAnswer):
        await canned_lastfm.artist_tags.fetch([("Somebody",)])
    assert answers.kept == {}


async def test_empty_names_are_not_asked_for(canned_lastfm: LastFm, canned: CannedServer) -> None:
    """A track without an artist is nothing that Last.fm could know."""
    assert await canned_lastfm.track_tags.fetch([("", "x"), ("x", " ")]) == {("", "x"): None, ("x", " "): None}
    assert canned.asked == []


def test_one_row_is_written_as_the_row() -> None:
    """Last.fm's lists of one are no lists; numbers may be text."""
    assert read_top_tags({"toptags": {"tag": {"name": "rock", "count": "100"}}}) == (Tag("rock", 100),)
    assert read_top_tags({"toptags": {"tag": [], "@attr": {}}}) == ()
    assert read_top_tags({"toptags": {"#text": " "}}) == ()
    (artist,) = read_similar_artists({"similarartists": {"artist": {"name": "A", "match": "0.5", "mbid": ""}}})
    assert (artist.score, artist.mbid) == (0.5, None)


def test_recorded_answers_are_read() -> None:
    """Real answers: matches as text and as numbers, and the empty ones of unknown names."""
    path = "music/lastfm/navidrome.lastfm."
    tracks = read_similar_tracks(sample(f"{path}track.getsimilar.json"))
    assert [each.title for each in tracks[:2]] == ["Dreaming of Me", "Everything Counts"]
    assert (tracks[1].artist, tracks[1].score) == ("Depeche Mode", 0.892602)
    assert tracks[2].mbid is None
    artists = read_similar_artists(sample(f"{path}artist.getsimilar.json"))
    assert [(each.name, each.score) for each in artists] == [("Passengers", 1.0), ("INXS", 0.511468)]
    assert read_similar_tracks(sample(f"{path}track.getsimilar.unknown.json")) == ()
    assert read_similar_artists(sample(f"{path}artist.getsimilar.unknown.json")) == ()


@pytest.mark.parametrize(("setting", "value"), [("api_base", "x"), ("rate", 0.0)])
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        LastFmSettings(**{setting: value})  # type: ignore[arg-type]
