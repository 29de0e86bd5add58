"""The ReccoBeats client against the sandbox, canned answers and recorded ones."""

import pytest

from catalog.audio_features import AudioFeatures, read_features
from catalog.errors import BadAnswer, Unreachable
from catalog.models import Service, Track, TrackRef
from catalog.reccobeats import IDS_A_CALL, MOST_SEEDS, ReccoBeats, ReccoBeatsSettings
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.knowledge import Knowledge
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger, sample
from tests.fixtures.sources import MemoryAnswers

ID, OTHER = "01K4zKU104LyJ8gMb7227B", "4cOdK2wGLETKBW3PvgPWoT"


async def test_forty_a_call_are_joined_by_their_links(
    reccobeats: ReccoBeats,
    catalogue: Catalogue,
    knowledge: Knowledge,
    sandbox: Sandbox,
    ledger: MemoryLedger,
    clock: FastClock,
) -> None:
    """Answers come in any order, under other ids and without the misses: a quarter is not there."""
    tracks = catalogue.shareable[:120]
    found = await reccobeats.features.fetch(track.spotify_id for track in tracks)
    assert sandbox.calls.count("reccobeats") == 120 / IDS_A_CALL
    assert await ledger.spent("reccobeats", "features", clock.now()) == 3
    assert 0.65 < sum(features is not None for features in found.values()) / len(tracks) < 0.85
    for track in tracks:
        features = found[track.spotify_id]
        assert (features is not None) is knowledge.known[track.index].reccobeats
    right = [track for track in tracks if (features := found[track.spotify_id]) and features.key == track.sound.root]
    hits = [features for features in found.values() if features]
    assert 0.8 < len(right) / len(hits) < 1, "a few keys are measured wrong, the others are of the right track"


async def test_misses_are_remembered_and_hits_kept(
    reccobeats: ReccoBeats, catalogue: Catalogue, sandbox: Sandbox, answers: MemoryAnswers
) -> None:
    """The second time nothing is asked; what can be no Spotify id is never asked for."""
    ids = [track.spotify_id for track in catalogue.shareable[:40]]
    first = await reccobeats.features.fetch(ids)
    assert await reccobeats.features.fetch([*ids, "x", ""]) == first | {"x": None, "": None}
    assert sandbox.calls.count("reccobeats") == 1
    assert len(answers.of("reccobeats.features")) == 40


async def test_tracks_come_with_isrc_and_length(reccobeats: ReccoBeats, catalogue: Catalogue) -> None:
    """A way from a Spotify id to a name while Spotify is down."""
    tracks = catalogue.shareable[:40]
    found = await reccobeats.tracks.fetch(track.spotify_id for track in tracks)
    hits = [(track, hit) for track in tracks if (hit := found[track.spotify_id])]
    assert len(hits) > 20
    for track, hit in hits:
        assert (hit.title, hit.isrc, hit.duration_ms) == (track.full_title, track.isrc, track.duration_ms)
        assert hit.refs == (TrackRef(Service.SPOTIFY, track.spotify_id),)
        assert [artist.name for artist in hit.artists] == [artist.name for artist in track.artists]
    again = await reccobeats.tracks.fetch(track.spotify_id for track in tracks)
    assert again == found, "kept and read again it is the same track"


async def test_recommendations_lean_to_the_liked_and_away_from_the_disliked(
    reccobeats: ReccoBeats, catalogue: Catalogue, knowledge: Knowledge
) -> None:
    """Tracks with their Spotify ids, none of the seeds, more of the liked genre with negative seeds than without."""
    known = [track for track in catalogue.shareable if knowledge.known[track.index].reccobeats]
    genres = {track.spotify_id: track.genre for track in catalogue.tracks}
    liked, disliked = (
        [track.spotify_id for track in known if track.genre == genre and track.artist.genres == (genre,)][:MOST_SEEDS]
        for genre in ("bogfolk", "sunskank")
    )
    plain = await reccobeats.recommend(liked, size=100)
    leaning = await reccobeats.recommend(liked, disliked, size=100)
    assert len(plain) == len(leaning) == 100
    assert not {track.spotify_id for track in leaning} & {*liked, *disliked}

    def count(found: list[Track], genre: str) -> int:
        return sum(genres[track.spotify_id or ""] == genre for track in found)

    assert count(leaning, "sunskank") < count(plain, "sunskank")
    assert count(plain, "bogfolk") > 50
    assert count(leaning, "bogfolk") > 50
    aimed = await reccobeats.recommend(liked, size=20, targets={"tempo": 170.0, "featureWeight": 5})
    features = await reccobeats.features.fetch(track.spotify_id or "" for track in aimed)
    assert sum((each.tempo or 0) > 130 for each in features.values() if each) > 10


async def test_without_seeds_nothing_is_asked(reccobeats: ReccoBeats, sandbox: Sandbox, catalogue: Catalogue) -> None:
    """No liked track yet, none of them known there, more than five of them, a target it does not have."""
    assert await reccobeats.recommend([]) == []
    assert await reccobeats.recommend(["x"], ["y"]) == []
    assert sandbox.calls.count() == 0
    assert await reccobeats.recommend([OTHER]) == []
    many = [track.spotify_id for track in catalogue.shareable[:30]]
    assert await reccobeats.recommend(many, many[10:], size=1000)
    call = sandbox.calls.calls[-1]
    assert (call.status, call.query["size"]) == (200, "100")
    assert len(call.query["seeds"].split(",")) == len(call.query["negativeSeeds"].split(",")) == MOST_SEEDS
    with pytest.raises(ValueError, match="sadness"):
        await reccobeats.recommend(many, targets={"sadness": 1.0})


async def test_a_limit_is_waited_for(
    reccobeats: ReccoBeats, catalogue: Catalogue, sandbox: Sandbox, clock: FastClock
) -> None:
    """429 with Retry-After; its going away altogether is an error, never a miss."""
    sandbox.reccobeats.rate.limit = 1
    ids = [track.spotify_id for track in catalogue.shareable[:120]]
    assert len(await reccobeats.features.fetch(ids)) == 120
    assert clock.slept >= 6
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "reccobeats", times=None)
    with pytest.raises(Unreachable, match="ReccoBeats is out of order"):
        await reccobeats.tracks.fetch(ids)


async def test_an_explained_error_is_one_whatever_its_status(
    canned_reccobeats: ReccoBeats, canned: CannedServer, answers: MemoryAnswers
) -> None:
    """The real body of a batch that is too large, under either status."""
    body = sample("music/reccobeats/error-batch-over-40.json")["body"]
    for answer in (Canned(body, 400), body):
        canned.put("/v1/audio-features", answer)
        with pytest.raises(BadAnswer, match=r"code 4004: size must be between 1 and 40\)\."):
            await canned_reccobeats.features.fetch([ID])
    assert answers.kept == {}


@pytest.mark.parametrize("answer", [Canned("gone", 404), Canned({"error": "Not Found"}, 404), {"rows": []}, []])
async def test_odd_answers_are_no_misses(
    canned_reccobeats: ReccoBeats, canned: CannedServer, answers: MemoryAnswers, answer: object
) -> None:
    """An unknown form, or a path that is gone, is an error: nothing of it is remembered."""
    canned.put("/v1/track", answer)
    with pytest.raises(BadAnswer):
        await canned_reccobeats.tracks.fetch([ID])
    assert answers.kept == {}


async def test_recorded_answers_are_read(canned_reccobeats: ReccoBeats, canned: CannedServer) -> None:
    """As observed in July 2026: a track, its features, and a valid id without data, which is omitted."""
    track, features, empty = (each["body"] for each in sample("music/reccobeats/observed-2026-07-12.json")["requests"])
    canned.put("/v1/track", track)
    found = (await canned_reccobeats.tracks.fetch([ID]))[ID]
    assert found is not None
    assert (found.byline, found.isrc, found.duration_ms) == ("Taylor Swift, Phoebe Bridgers", "USUG12103683", 258_812)
    canned.put("/v1/audio-features", features, empty)
    measured = (await canned_reccobeats.features.fetch([ID]))[ID]
    assert measured is not None
    assert (measured.acousticness, measured.key, measured.mode, measured.tempo) == (0.817, 0, 1, 101.96)
    assert await canned_reccobeats.features.fetch([OTHER]) == {OTHER: None}


def test_uploaded_clips_are_read_in_the_same_form() -> None:
    """Nine features, without key and mode."""
    found = read_features(sample("music/reccobeats/docs-analysis-upload.json")["body"])
    assert found is not None
    assert (found.energy, found.key, found.mode) == (0.6899, None, None)


def test_what_was_not_measured_is_none() -> None:
    """A key of -1 and a tempo of 0 are no measurements, and a row of nothing is a miss."""
    assert read_features({"key": -1, "mode": 2, "tempo": 0, "energy": "0.5"}) == AudioFeatures(energy=0.5)
    assert read_features({"key": -1, "tempo": 0, "id": "x", "energy": None, "valence": float("nan")}) is None


@pytest.mark.parametrize(("setting", "value"), [("api_base", "x"), ("rate", 0.0)])
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        ReccoBeatsSettings(**{setting: value})  # type: ignore[arg-type]
