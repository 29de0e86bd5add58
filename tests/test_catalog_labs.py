"""The laboratory's client against the sandbox, canned answers and recorded ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.errors import BadAnswer, Refused, Unreachable
from catalog.http import ATTEMPTS, Door
from catalog.labs import REST, Labs
from catalog.lookup import NEIGHBOURS_LAST
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.knowledge import Knowledge
from sandbox.pointing import pointing
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger, sample
from tests.fixtures.sources import MemoryAnswers

A_HA = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_similar_artists_come_best_first(labs: Labs, knowledge: Knowledge) -> None:
    """Under the algorithm of the settings; nobody is similar to an unknown artist."""
    mbid, artist = next(iter(knowledge.artists.items()))
    found = await labs.similar_artists.fetch([mbid, UNKNOWN])
    assert found[UNKNOWN] is None
    similar = found[mbid]
    assert similar is not None
    assert [each.score for each in similar] == sorted((each.score for each in similar), reverse=True)
    assert {each.name for each in similar} == {other.name for other, _ in knowledge.similar_artists(artist)}
    assert all(each.mbid in knowledge.artists for each in similar)


async def test_similar_recordings_are_sorted_and_told_apart(labs: Labs, knowledge: Knowledge, sandbox: Sandbox) -> None:
    """The laboratory shuffles rows and repeats some."""
    mbid, track = next(
        (mbid, each) for mbid, each in knowledge.recordings.items() if len(knowledge.similar_tracks(each)) > 30
    )
    found = (await labs.similar_recordings.fetch([mbid]))[mbid]
    assert found is not None
    assert len({(each.title, each.artist) for each in found}) == len(found) > 3
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert track.full_title not in {each.title for each in found if each.artist == track.byline}
    assert all(each.album for each in found)
    assert sandbox.calls.count("labs") == 1


async def test_neighbours_are_asked_for_anew_after_a_season(
    labs: Labs, knowledge: Knowledge, sandbox: Sandbox, clock: FastClock
) -> None:
    """Who is heard beside whom changes."""
    mbid = next(iter(knowledge.artists))
    for wait in (timedelta(0), NEIGHBOURS_LAST - timedelta(seconds=1), timedelta(seconds=1)):
        clock.advance(wait)
        await labs.similar_artists.fetch([mbid])
    assert sandbox.calls.count("labs") == 2


async def test_an_unknown_algorithm_is_a_refusal(
    door: Door, answers: MemoryAnswers, clock: FastClock, sandbox: Sandbox, knowledge: Knowledge
) -> None:
    """When the laboratory stops computing it, nothing is remembered, and another setting asks anew."""
    settings = replace(pointing(sandbox)["listenbrainz"], algorithm="of last year")
    mbid = next(iter(knowledge.artists))
    with pytest.raises(Refused):
        await Labs(settings, door, answers, clock).similar_artists.fetch([mbid])
    assert answers.kept == {}
    sandbox.labs.algorithms.add("of last year")
    assert (await Labs(settings, door, answers, clock).similar_artists.fetch([mbid]))[mbid]


async def test_names_lead_to_spotify_without_asking_spotify(labs: Labs, catalogue: Catalogue, sandbox: Sandbox) -> None:
    """A hundred a call; two thirds are found, whatever the case, the album or the guests in the artist's name."""
    tracks = catalogue.shareable[:100]
    wanted = [(track.artist.name, track.album.title, track.full_title) for track in tracks]
    found = await labs.spotify_ids.fetch(wanted)
    assert sandbox.calls.count("labs", "POST") == 1
    assert sandbox.calls.count("spotify") == 0
    hits = [(track, ids) for track, name in zip(tracks, wanted, strict=True) if (ids := found[name])]
    assert 50 <= len(hits) <= 85
    recordings = {track.spotify_id: track.recording for track in catalogue.tracks}
    assert sum(track.recording == recordings[ids[0]] for track, ids in hits) >= len(hits) - 2
    track = next(track for track, _ in hits if "feat" not in track.full_title)
    other = (track.artist.name.upper(), "", track.full_title)
    assert (await labs.spotify_ids.fetch([other]))[other]
    assert (await labs.spotify_ids.fetch([("", "x", "y"), ("x", "", " ")])) == {
        ("", "x", "y"): None,
        ("x", "", " "): None,
    }


async def test_mbids_lead_to_spotify_too(labs: Labs, knowledge: Knowledge) -> None:
    """The way from similar recordings to something that can be played."""
    mbids = list(knowledge.recordings)[:60]
    found = await labs.spotify_ids_of.fetch([*mbids, UNKNOWN])
    assert found[UNKNOWN] is None
    hits = {mbid: ids for mbid, ids in found.items() if ids}
    assert 0.4 < len(hits) / len(mbids) < 0.9
    assert all(
        knowledge.catalogue.by_spotify_id[ids[0]].title == knowledge.recordings[mbid].title
        for mbid, ids in hits.items()
    )


async def test_popularity_comes_with_the_tags(labs: Labs, knowledge: Knowledge) -> None:
    """One percentile a recording, from rows in any order, and the recording's own tags."""
    wanted = [mbid for mbid, track in knowledge.recordings.items() if knowledge.track_tags(track)][:30]
    found = await labs.popularity.fetch([*wanted, UNKNOWN])
    assert found[UNKNOWN] is None
    for mbid in wanted:
        popularity = found[mbid]
        assert popularity is not None
        assert popularity.share == pytest.approx(knowledge.recordings[mbid].rank / 1_000_000, abs=1e-4)
        assert {tag.name: tag.count for tag in popularity.tags} == knowledge.track_tags(knowledge.recordings[mbid])


async def test_load_is_waited_out(
    labs: Labs, knowledge: Knowledge, sandbox: Sandbox, clock: FastClock, ledger: MemoryLedger
) -> None:
    """429 names no time: two seconds do. 500 is tried again; lasting, it is an error and not a miss."""
    sandbox.faults.inject(FaultKind.RATE_LIMITED, "labs")
    mbids = list(knowledge.artists)[:2]
    assert (await labs.similar_artists.fetch(mbids[:1]))[mbids[0]]
    assert clock.slept == pytest.approx(REST)
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "labs", times=None, status=500)
    with pytest.raises(Unreachable, match="ListenBrainz Labs"):
        await labs.similar_artists.fetch(mbids)
    assert sandbox.calls.count("labs") == 2 + ATTEMPTS
    assert await ledger.spent("labs", "similar-artists", clock.now()) == 2 + ATTEMPTS


async def test_recorded_answers_are_read(canned_labs: Labs, canned: CannedServer) -> None:
    """A real answer out of order and with a row twice."""
    path = "music/listenbrainz/navidrome.listenbrainz.labs.similar-"
    canned.put("/similar-recordings/json", sample(f"{path}recordings-real-out-of-order.json"))
    found = (await canned_labs.similar_recordings.fetch([A_HA]))[A_HA]
    assert found is not None
    assert [(each.title, each.score) for each in found] == [
        ("Take On Me", 124),
        ("Everybody Wants to Rule the World", 68),
        ("Wake Me Up Before You Go‐Go", 65),
        ("Tainted Love", 61),
    ]
    assert canned.asked[0].query["algorithm"].startswith("session_based_days_9000")
    canned.put("/similar-artists/json", sample(f"{path}artists.json"))
    artists = (await canned_labs.similar_artists.fetch([A_HA]))[A_HA]
    assert artists is not None
    assert [(each.name, each.score) for each in artists] == [("Michael Jackson", 800), ("a-ha", 792)]


async def test_odd_answers_are_errors_and_odd_rows_are_left_out(
    canned_labs: Labs, canned: CannedServer, answers: MemoryAnswers
) -> None:
    """A path that is gone is no miss; merged artists have no name, odd ids are none of Spotify's."""
    for answer in (Canned("gone", 404), {"error": "x"}, Canned("<html>")):
        canned.put("/similar-artists/json", answer)
        with pytest.raises(BadAnswer):
            await canned_labs.similar_artists.fetch([A_HA])
    assert answers.kept == {}
    canned.put("/similar-artists/json", [{"artist_mbid": UNKNOWN, "name": None}, {"name": "B", "score": None}, 7])
    found = (await canned_labs.similar_artists.fetch([A_HA]))[A_HA]
    assert found is not None
    assert [each.name for each in found] == ["B"]
    canned.put("/spotify-id-from-mbid/json", [{"recording_mbid": A_HA, "spotify_track_ids": ["x", None]}, {}])
    assert await canned_labs.spotify_ids_of.fetch([A_HA]) == {A_HA: None}
