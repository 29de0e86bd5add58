"""The iTunes client against the sandbox and canned answers."""

import pytest

from catalog.errors import BadAnswer, Refused
from catalog.itunes import BLOCK_LASTS, ITunes, ITunesSettings
from catalog.models import Service, TrackRef
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.itunes import album_id, track_id
from sandbox.knowledge import Knowledge
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger
from tests.fixtures.sources import MemoryAnswers

SONG = {"kind": "song", "trackId": 7, "trackName": "A title", "artistName": "Somebody", "trackTimeMillis": 200_000}


async def test_ids_lead_to_tracks_in_batches(
    itunes: ITunes,
    catalogue: Catalogue,
    knowledge: Knowledge,
    sandbox: Sandbox,
    ledger: MemoryLedger,
    clock: FastClock,
) -> None:
    """Title, artist, duration and a coarse genre, but no ISRC; fifty a call, as JSON that calls itself JavaScript."""
    tracks = catalogue.tracks[:80]
    found = await itunes.tracks.fetch(str(track_id(track)) for track in tracks)
    assert sandbox.calls.count("itunes", path="/itunes/lookup") == 2
    assert await ledger.spent("itunes", "lookup", clock.now()) == 2
    for track in tracks:
        hit = found[str(track_id(track))]
        assert (hit is not None) is knowledge.known[track.index].itunes
        if hit is not None:
            assert hit.track.title.startswith(track.title)
            assert (hit.track.duration_ms, hit.track.year, hit.track.isrc) == (track.duration_ms, track.year, None)
            assert hit.track.refs == (TrackRef(Service.APPLE, str(track_id(track))),)
            assert hit.track.explicit is track.explicit
            assert hit.genre == catalogue.genres[track.genre].deezer_genre[1]


async def test_apple_wants_nothing_kept(
    itunes: ITunes, catalogue: Catalogue, answers: MemoryAnswers, sandbox: Sandbox
) -> None:
    """Its terms allow no cache: misses alone are remembered, by store; what is no id is not asked for."""
    known = next(track for track in catalogue.tracks if sandbox.knowledge.known[track.index].itunes)
    ids = [str(track_id(known)), "1", "x", ""]
    assert [hit is not None for hit in (await itunes.tracks.fetch(ids)).values()] == [True, False, False, False]
    assert answers.kept.keys() == {("itunes.us", "1")}
    await itunes.tracks_in("DE").fetch(ids)
    assert sandbox.calls.calls[-1].query["country"] == "de"
    await itunes.tracks_in("nowhere").fetch(ids)
    assert sandbox.calls.calls[-1].query["country"] == "us"


async def test_an_album_has_its_songs(itunes: ITunes, catalogue: Catalogue, knowledge: Knowledge) -> None:
    """In their order, without the row of the album itself."""
    album = next(album for album in catalogue.albums if album.total_tracks > 3)
    found = await itunes.album(str(album_id(album)), "gb")
    listed = [track for track in catalogue.tracks_on(album) if knowledge.known[track.index].itunes]
    assert [hit.track.title for hit in found] == [track.title for track in listed]
    assert await itunes.album("1") == []


async def test_searching_is_off_unless_the_owner_wants_it(
    itunes: ITunes, canned_itunes: ITunes, canned: CannedServer, sandbox: Sandbox
) -> None:
    """A setting of its own, and a refusal, not a miss, without it."""
    with pytest.raises(Refused, match="switched off"):
        await itunes.search("A title", "Somebody")
    assert sandbox.calls.count() == 0
    canned.put("/search", {"results": [SONG, {**SONG, "kind": "music-video", "trackId": 8}]})
    (hit,) = await canned_itunes.search("A title (feat. X)", "Somebody")
    assert hit.track.label == "Somebody - A title"
    assert canned.asked[0].query["term"] == "Somebody A title"


async def test_403_is_too_much_asked(
    itunes: ITunes, sandbox: Sandbox, ledger: MemoryLedger, answers: MemoryAnswers
) -> None:
    """It names no time: ten minutes, kept in the ledger, in which nothing is asked."""
    sandbox.itunes.rate.limit = 1
    assert await itunes.tracks.fetch(["1"]) == {"1": None}
    for _ in range(3):
        with pytest.raises(Refused):
            await itunes.tracks.fetch(["2"])
    assert sandbox.calls.count("itunes") == 2
    pause = ledger.pause_of("itunes")
    assert pause is not None
    assert pause.total_seconds() == BLOCK_LASTS
    assert set(answers.of("itunes.us")) == {"1"}


async def test_odd_answers_are_no_misses(canned_itunes: ITunes, canned: CannedServer, answers: MemoryAnswers) -> None:
    """Unknown forms are errors; a row without a name is left out."""
    for answer in ({"resultCount": 0}, [], Canned("gone", 404), Canned("<html>")):
        canned.put("/lookup", answer)
        with pytest.raises(BadAnswer):
            await canned_itunes.tracks.fetch(["7"])
    assert answers.kept == {}
    canned.put("/lookup", {"results": [{**SONG, "trackName": ""}, "x", {"wrapperType": "collection"}]})
    assert await canned_itunes.tracks.fetch(["7"]) == {"7": None}


@pytest.mark.parametrize(
    ("setting", "value"), [("api_base", "x"), ("rate", 0.0), ("country", "usa"), ("country", "1é")]
)
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        ITunesSettings(**{setting: value})  # type: ignore[arg-type]
