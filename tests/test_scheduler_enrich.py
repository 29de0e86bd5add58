"""Enrichment: bounded, resumable, and never mistaking a refusal for a miss."""

from datetime import timedelta

import pytest

from catalog.models import Service, TrackRef
from recommender.audio import AUDIO_NAMES, AUDIO_VERSION
from recommender.features import AUDIO_BLOCK, NUMBERS_BLOCK, NUMBERS_VERSION
from sandbox.records import SandboxTrack
from scheduler.enrich import EnrichReport
from tests.fixtures.scheduler import House, OpenHouse, author, hear


async def blocks(house: House) -> tuple[list[int], list[int]]:
    """Return which tracks have numbers and which have an audio block."""
    numbers, _ = await house.storage.features.load(NUMBERS_BLOCK, str(NUMBERS_VERSION))
    audio, _ = await house.storage.features.load(AUDIO_BLOCK, str(AUDIO_VERSION))
    return numbers.tolist(), audio.tolist()


def describable(house: House) -> list[SandboxTrack]:
    """Return catalogue entries that Deezer has, with a preview."""
    tracks = house.sandbox.catalogue.shareable
    return [t for t in tracks if t.on_deezer and t.has_preview and t.isrc == t.deezer_isrc]


async def test_tracks_get_both_blocks_newest_shares_first(house: House) -> None:
    """A bounded pass takes the newest shares; the next goes on from there; a third has nothing to do."""
    sources = describable(house)[:5]
    ids = []
    for source in sources:
        await house.share(author(0), source)
        ids.append(await house.track(source))
        house.clock.advance(timedelta(minutes=1))
    assert await house.enricher.run(3) == EnrichReport(matched=3, described=3)
    assert await blocks(house) == (sorted(ids[2:]), sorted(ids[2:]))
    assert await house.enricher.run(3) == EnrichReport(matched=2, described=2)
    assert await blocks(house) == (sorted(ids), sorted(ids))
    asked = house.sandbox.calls.count("deezer")
    assert await house.enricher.run(3) == EnrichReport()
    assert house.sandbox.calls.count("deezer") == asked
    _, matrix = await house.storage.features.load(AUDIO_BLOCK, str(AUDIO_VERSION))
    assert matrix.shape == (5, len(AUDIO_NAMES))
    track = (await house.storage.tracks.get(ids))[ids[0]]
    assert track.ref(Service.DEEZER) is not None
    assert track.artists[0].deezer_id is not None


async def test_a_miss_stands_for_two_weeks(house: House) -> None:
    """What Deezer does not have is not asked for again, until its catalogue may have grown."""
    source = next(track for track in house.sandbox.catalogue.shareable if not track.on_deezer)
    await house.share(author(0), source)
    assert (await house.enricher.run(5)).missed >= 1
    asked = house.sandbox.calls.count("deezer")
    assert await house.enricher.run(5) == EnrichReport()
    assert house.sandbox.calls.count("deezer") == asked
    house.clock.advance(timedelta(days=15))
    assert (await house.enricher.run(5)).missed >= 1
    assert house.sandbox.calls.count("deezer") > asked


async def test_a_track_without_a_preview_has_numbers_alone(house: House) -> None:
    """No licence for a preview is a miss of the audio block, not of the track."""
    source = next(t for t in house.sandbox.catalogue.shareable if t.on_deezer and not t.has_preview)
    await house.share(author(0), source)
    track_id = await house.track(source)
    report = await house.enricher.run(5)
    assert (report.matched, report.described, report.missed) == (1, 0, 1)
    assert await blocks(house) == ([track_id], [])


@pytest.mark.parametrize("kind", ["server_error", "drop", "malformed"])
async def test_a_failure_is_no_miss(house: House, kind: str) -> None:
    """While Deezer fails nothing is remembered as missing; later everything is found."""
    for source in describable(house)[:4]:
        await house.share(author(0), source)
    fault = house.sandbox.faults.inject(kind, "deezer", times=None)
    report = await house.enricher.run(10)
    assert report.matched == report.described == report.missed == 0
    assert report.refused == 3  # then the step waits for the next pass
    struck = fault.struck
    house.sandbox.faults.clear()
    house.clock.advance(timedelta(hours=1))
    report = await house.enricher.run(10)
    assert (report.matched, report.described) == (4, 4)
    assert struck > 0


async def test_a_refused_preview_is_tried_again_later(house: House) -> None:
    """A preview that could not be fetched keeps its track waiting, not the others for ever."""
    await house.share(author(0), *describable(house)[:3])
    house.sandbox.faults.inject("server_error", "deezer", "/preview/*", times=None)
    report = await house.enricher.run(10)
    assert (report.matched, report.described, report.missed) == (3, 0, 0)
    house.sandbox.faults.clear()
    assert (await house.enricher.run(10)).described == 0  # standing refusals
    house.clock.advance(timedelta(hours=1))
    assert (await house.enricher.run(10)).described == 3


async def test_placeholders_are_finished(house: House) -> None:
    """A track kept while Spotify could not be asked gets its title, and then its blocks."""
    source = describable(house)[0]
    kept = await house.storage.tracks.placeholder(TrackRef(Service.SPOTIFY, source.spotify_id))
    assert kept.id is not None
    await house.storage.servers.ensure(100, "Server")
    await house.storage.shares.record(100, 101, 1, author(0), [kept.id], house.clock.now())
    house.sandbox.faults.inject("quota", "spotify", times=1)
    assert (await house.enricher.run(5)).refused == 1
    house.clock.advance(timedelta(days=2))
    report = await house.enricher.run(5)
    assert (report.finished, report.matched, report.described) == (1, 1, 1)
    track = (await house.storage.tracks.get([kept.id]))[kept.id]
    assert track.title == source.full_title


async def test_a_dead_placeholder_does_not_hold_up_the_others(house: House) -> None:
    """Links to nothing are misses: asked about once, they leave room for older placeholders."""
    source = describable(house)[0]
    await house.storage.tracks.placeholder(TrackRef(Service.SPOTIFY, source.spotify_id))
    for number in range(3):
        await house.storage.tracks.placeholder(TrackRef(Service.SPOTIFY, f"{number}" * 22))
    await house.enricher.run(1)
    await house.enricher.run(1)
    assert [track.title for track in await house.storage.tracks.unresolved(10)] == [""] * 3


async def test_gathered_tracks_get_their_blocks(house: House) -> None:
    """A track that came with only its Deezer id is described like a shared one."""
    source = describable(house)[7]
    track_id = await house.track(source, on_spotify=False)
    report = await house.enricher.run(5)
    assert report.described == 1
    assert await blocks(house) == ([track_id], [track_id])


async def test_unreadable_audio_is_a_miss(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no music are remembered as a missing block."""
    await house.share(author(0), describable(house)[0])

    async def noise(_place: str) -> bytes:
        return b"no music" * 100

    hear(monkeypatch, house, noise)
    report = await house.enricher.run(5)
    assert (report.matched, report.described, report.missed) == (1, 0, 1)


async def test_a_new_start_goes_on(open_house: OpenHouse) -> None:
    """What was described before a restart is not asked for after it."""
    async with open_house() as house:
        await house.share(author(0), *describable(house)[:4])
        assert (await house.enricher.run(2)).described == 2
    async with open_house() as house:
        assert (await house.enricher.run(9)).described == 2
