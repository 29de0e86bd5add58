"""The Deezer client against the sandbox, canned answers and recorded ones."""

import pytest

from catalog.deezer import PREVIEW_LIMIT, QUOTA_PAUSE, Deezer, DeezerSettings
from catalog.deezer_parse import read_artists, read_track, read_tracks
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.http import Door
from catalog.models import Artist, Service, Track, TrackRef
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger, sample

QUOTA = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}
ROW = {"id": 7, "title": "A title", "duration": 200, "artist": {"id": 9, "name": "Somebody"}}
WANTED = Track("A title", (Artist("Somebody"),), duration_ms=200_000)


def as_shared(entry: SandboxTrack) -> Track:
    """Return a track of the sandbox as Spotify tells of it."""
    artists = tuple(Artist(artist.name) for artist in entry.artists)
    return Track(entry.full_title, artists, duration_ms=entry.duration_ms, isrc=entry.isrc)


def on_both(catalogue: Catalogue) -> list[SandboxTrack]:
    """Return the tracks that both services have."""
    return [track for track in catalogue.tracks if track.on_spotify and track.on_deezer]


async def test_a_track_comes_with_its_numbers(deezer: Deezer, catalogue: Catalogue) -> None:
    """Numbers for learning, refs and credits for identity; a tempo of 0 is none."""
    wanted = next(track for track in on_both(catalogue) if track.bpm == 0 and len(track.artists) > 1)
    found = await deezer.track(str(wanted.deezer_id))
    assert found is not None
    assert (found.gain, found.rank, found.bpm) == (wanted.gain, wanted.rank, None)
    assert found.track.refs == (TrackRef(Service.DEEZER, str(wanted.deezer_id)),)
    assert {artist.deezer_id for artist in found.track.artists} == {str(each.deezer_id) for each in wanted.artists}
    assert found.track.isrc == wanted.deezer_isrc
    assert abs((found.track.duration_ms or 0) - wanted.duration_ms) < 1000


async def test_matching_finds_nearly_everything_and_nothing_else(deezer: Deezer, catalogue: Catalogue) -> None:
    """ISRC first, gated search for re-issues: what Deezer has is found, and it is the same recording."""
    wanted = on_both(catalogue)[:120]
    found = [await deezer.match(as_shared(entry)) for entry in wanted]
    hits = [(entry, hit) for entry, hit in zip(wanted, found, strict=True) if hit is not None]
    assert len(hits) >= 0.95 * len(wanted)
    recordings = {str(entry.deezer_id): entry.recording for entry in catalogue.tracks}
    for entry, hit in hits:
        assert recordings[hit.track.refs[0].id] == entry.recording
        assert hit.gain is not None


async def test_a_reissue_is_found_by_search(deezer: Deezer, catalogue: Catalogue, sandbox: Sandbox) -> None:
    """An ISRC that Deezer does not index is no miss yet; the hit is asked for whole."""
    wanted = next(track for track in on_both(catalogue) if track.isrc and track.isrc != track.deezer_isrc)
    found = await deezer.match(as_shared(wanted))
    assert found is not None
    assert found.track.isrc == wanted.deezer_isrc
    assert sandbox.calls.count("deezer", path="/track/isrc:*") == 1


async def test_what_deezer_does_not_have_is_a_miss(deezer: Deezer, catalogue: Catalogue) -> None:
    """Not found by any way is None."""
    wanted = next(track for track in catalogue.tracks if track.on_spotify and not track.on_deezer)
    assert await deezer.match(as_shared(wanted)) is None
    assert await deezer.track("1") is None
    assert await deezer.by_isrc("not an isrc") is None
    assert await deezer.match(Track("")) is None


async def test_a_known_ref_is_asked_for_directly(deezer: Deezer, catalogue: Catalogue, sandbox: Sandbox) -> None:
    """A track that is matched already costs one call."""
    wanted = on_both(catalogue)[0]
    ref = TrackRef(Service.DEEZER, str(wanted.deezer_id))
    assert await deezer.match(as_shared(wanted).with_ref(ref)) is not None
    assert sandbox.calls.count("deezer") == 1


async def test_artists_lead_to_related_artists_and_their_tracks(deezer: Deezer, catalogue: Catalogue) -> None:
    """The way to candidates that nobody shared: related, top, radio."""
    artist = str(on_both(catalogue)[0].artist.deezer_id)
    related = await deezer.related(artist, limit=5)
    assert len(related) == 5
    assert all(each.deezer_id and each.name for each in related)
    top = await deezer.top(artist, limit=3)
    assert 0 < len(top) <= 3
    assert all(track.track.artists for track in top)
    assert await deezer.radio(artist)
    assert await deezer.related("1") == []
    assert await deezer.top("1") == []
    assert await deezer.radio("1") == []


async def test_previews_are_fetched_with_fresh_addresses(deezer: Deezer, catalogue: Catalogue) -> None:
    """Metadata and audio come in one go, so an address never ends on the way."""
    wanted = next(track for track in on_both(catalogue) if track.has_preview)
    audio = await deezer.preview(str(wanted.deezer_id))
    assert audio is not None
    assert 1000 < len(audio) < PREVIEW_LIMIT
    without = next(track for track in on_both(catalogue) if not track.has_preview)
    assert await deezer.preview(str(without.deezer_id)) is None
    assert await deezer.preview("1") is None


async def test_the_quota_is_waited_for_once(
    deezer: Deezer, catalogue: Catalogue, sandbox: Sandbox, clock: FastClock
) -> None:
    """An error with status 200 is an error; after its window the question is asked again."""
    sandbox.faults.inject(FaultKind.QUOTA, "deezer")
    assert await deezer.track(str(on_both(catalogue)[0].deezer_id)) is not None
    assert clock.slept == pytest.approx(QUOTA_PAUSE)


async def test_a_lasting_quota_is_a_refusal_and_a_pause(
    canned_deezer: Deezer, canned: CannedServer, ledger: MemoryLedger
) -> None:
    """It is never taken for a miss."""
    canned.put("/track/7", QUOTA)
    with pytest.raises(Refused) as raised:
        await canned_deezer.track("7")
    assert raised.value.reason == "quota"
    assert len(canned.asked) == 2
    assert ledger.pause_of("deezer") is not None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"error": {"code": 700, "message": "Service busy"}}, Unreachable),
        ({"error": {"code": 200, "message": "Permission"}}, Refused),
        ({"error": {"code": 300, "message": "Token"}}, Refused),
        ({"error": {"code": 600, "message": "Query invalid"}}, BadAnswer),
        ({"error": "odd"}, BadAnswer),
        (Canned({}, 403), Refused),
        (Canned({}, 500), Unreachable),
        ({"rows": []}, BadAnswer),
        ([], BadAnswer),
        ({}, BadAnswer),
        (Canned("null"), BadAnswer),
    ],
)
async def test_odd_answers_are_errors(
    canned_deezer: Deezer, canned: CannedServer, answer: object, expected: type[CatalogError]
) -> None:
    """Codes in the body, statuses and unknown shapes are mapped to the tree."""
    canned.put("/artist/9/radio", answer)
    with pytest.raises(expected):
        await canned_deezer.radio("9")
    canned.put("/track/7", answer)
    with pytest.raises(expected):
        await canned_deezer.track("7")


async def test_no_data_is_a_miss(canned_deezer: Deezer, canned: CannedServer) -> None:
    """Code 800, with status 200, is how Deezer says 404."""
    canned.put("/track/7", NO_DATA)
    assert await canned_deezer.track("7") is None


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"duration": 203}, True),
        ({"duration": 204}, False),
        ({"title": "A title (Live)"}, False),
        ({"title": "A Title (feat. Guest)"}, True),
        ({"artist": {"id": 9, "name": "Somebody Else"}}, False),
    ],
)
async def test_search_hits_are_gated(
    canned_deezer: Deezer, canned: CannedServer, change: dict[str, object], passes: bool
) -> None:
    """The first hit is not good enough: title, artist and length must agree."""
    canned.put("/search", {"data": [{**ROW, "id": 8, "title": "Another"}, {**ROW, **change}]})
    found = await canned_deezer.search(WANTED)
    assert (found is not None) is passes


async def test_a_wrong_isrc_is_not_believed(canned_deezer: Deezer, canned: CannedServer) -> None:
    """An ISRC that names a mix of another length leads to the search."""
    isrc = "GBDUW0000053"
    canned.put(f"/track/isrc:{isrc}", {**ROW, "id": 8, "duration": 480})
    canned.put("/search", {"data": [ROW]})
    canned.put("/track/7", {**ROW, "gain": -9.5})
    found = await canned_deezer.match(Track("A title", (Artist("Somebody"),), duration_ms=200_000, isrc=isrc))
    assert found is not None
    assert (found.track.refs[0].id, found.gain) == ("7", -9.5)


async def test_search_words_cannot_break_the_query(canned_deezer: Deezer, canned: CannedServer) -> None:
    """Quotes in titles are left out, notes in brackets too."""
    canned.put("/search", {"data": []})
    await canned_deezer.search(Track('Say "Yes" (feat. X)', (Artist('The "Y"'),)))
    assert [asked.query["q"] for asked in canned.asked] == ['artist:"The Y" track:"Say Yes"', "The Y Say Yes"]


async def test_switched_off_it_asks_nothing(door: Door, canned: CannedServer) -> None:
    """A setting keeps Deezer out; that is a refusal, not a miss."""
    deezer = Deezer(DeezerSettings(enabled=False, api_base=canned.origin), door)
    with pytest.raises(Refused, match="switched off"):
        await deezer.track("7")
    assert canned.asked == []


@pytest.mark.parametrize(("setting", "value"), [("api_base", "deezer"), ("rate", 0.0)])
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        DeezerSettings(**{setting: value})  # type: ignore[arg-type]


def test_recorded_answers_are_read() -> None:
    """Answers of 2019 and of 2025 give the same nouns."""
    old = read_track(sample("music/deezer/deezer-python.TestClient.test_get_track.json")["interactions"][0]["body"])
    new = read_track(sample("music/deezer/track-2025-05-trimmed.json")["body"])
    assert old is not None
    assert new is not None
    assert (old.track.isrc, old.bpm, old.gain, old.track.year) == ("GBDUW0000059", 123, -12.4, 2001)
    assert (new.track.byline, new.bpm, new.track.explicit) == ("Maria Becerra", None, True)
    assert new.preview_url
    assert len(read_artists(sample("music/deezer/navidrome.deezer.artist.related.json"))) == 20
    top = read_tracks(sample("music/deezer/navidrome.deezer.artist.top.json"))
    assert top[0].track.artists[1:], "guests are credited"
    hits = sample("music/deezer/deezer-python.TestClient.test_search_simple.json")["interactions"][0]["body"]
    assert len(read_tracks(hits)) == 25


async def test_recorded_errors_are_mapped(canned_deezer: Deezer, canned: CannedServer) -> None:
    """The quota's and the missing track's real bodies."""
    canned.put("/track/7", sample("music/deezer/error-quota-http200.json")["body"])
    with pytest.raises(Refused):
        await canned_deezer.track("7")
    missing = sample("music/deezer/deezer-python.TestClient.test_no_track_raise.json")["interactions"][0]["body"]
    canned.put("/track/-1", missing)
    assert await canned_deezer.track("-1") is None
