"""Previews heard by the network: bounded, from one download, and missing where its weights are."""

import asyncio
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from recommender.audio import AUDIO_VERSION
from recommender.cnn import CNN_BLOCK, CNN_NAMES, CNN_VERSION
from recommender.features import AUDIO_BLOCK
from sandbox.records import SandboxTrack
from scheduler.enrich import Enricher, EnrichReport
from scheduler.settings import AudioSettings
from tests.fixtures.scheduler import House, OpenHouse, author, hear
from tests.network_helpers import random_weights

BATCH = 2


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Return a file of weights."""
    file = tmp_path / "network.npz"
    file.write_bytes(random_weights().to_bytes())
    return file


@pytest.fixture
async def sources(house: House) -> list[SandboxTrack]:
    """Share five tracks that Deezer has a preview of, the last one last."""
    tracks = house.sandbox.catalogue.shareable
    shared = [t for t in tracks if t.on_deezer and t.has_preview and t.isrc == t.deezer_isrc][:5]
    for source in shared:
        await house.share(author(0), source)
        house.clock.advance(timedelta(minutes=1))
    return shared


def enricher(house: House, file: Path, batch: int = BATCH) -> Enricher:
    """Return an enricher whose network lies in that file."""
    return Enricher(house.storage, house.resolver, house.deezer, house.clock, AudioSettings(str(file), batch))


async def heard(house: House) -> list[int]:
    """Return the tracks that the network has heard."""
    ids, _ = await house.storage.features.load(CNN_BLOCK, str(CNN_VERSION))
    return ids.tolist()


async def described(house: House) -> list[int]:
    """Return the tracks that have descriptors."""
    ids, _ = await house.storage.features.load(AUDIO_BLOCK, str(AUDIO_VERSION))
    return ids.tolist()


async def test_one_download_gives_both_blocks(house: House, sources: list[SandboxTrack], weights: Path) -> None:
    """The preview that is described is the one that the network hears: 250 numbers beside the descriptors."""
    assert await enricher(house, weights, 9).run(9) == EnrichReport(matched=5, described=5, heard=5)
    assert house.sandbox.calls.count("deezer", path="/preview/*") == len(sources)
    ids, matrix = await house.storage.features.load(CNN_BLOCK, str(CNN_VERSION))
    assert ids.tolist() == await described(house)
    assert matrix.shape == (5, len(CNN_NAMES))
    assert np.isfinite(matrix).all()


async def test_a_tick_hears_a_few_and_describes_all(house: House, sources: list[SandboxTrack], weights: Path) -> None:
    """The network has a budget of its own, the newest shared first; descriptors never wait for it."""
    own = enricher(house, weights)
    ids = [await house.track(source) for source in sources]
    assert await own.run(9) == EnrichReport(matched=5, described=5, heard=2)
    assert await heard(house) == sorted(ids[3:])
    assert await own.run(9) == EnrichReport(heard=2)
    assert await heard(house) == sorted(ids[1:])
    assert await own.run(9) == EnrichReport(heard=1)
    asked = house.sandbox.calls.count("deezer")
    assert await own.run(9) == EnrichReport()
    assert house.sandbox.calls.count("deezer") == asked


async def test_the_budget_counts_previews_that_cannot_be_heard(
    house: House, sources: list[SandboxTrack], weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are no music cost a turn too, and are misses, whether or not they were described before."""
    assert await house.enricher.run(2) == EnrichReport(matched=2, described=2)

    async def noise(_place: str) -> bytes:
        return b"no music" * 100

    hear(monkeypatch, house, noise)
    own = enricher(house, weights, 1)
    assert await own.run(9) == EnrichReport(matched=3, missed=3)  # one of them by the network too
    for _ in range(len(sources) - 1):
        assert await own.run(9) == EnrichReport(missed=1)
    assert await own.run(9) == EnrichReport()
    assert (len(await described(house)), await heard(house)) == (2, [])


@pytest.mark.parametrize("named", [True, False])
async def test_without_weights_the_block_is_missing(
    house: House, sources: list[SandboxTrack], tmp_path: Path, *, named: bool
) -> None:
    """Everything else goes on, nothing is asked for the block's sake, and none of it is taken for a miss."""
    own = enricher(house, tmp_path / "absent.npz") if named else house.enricher
    assert await own.run(9) == EnrichReport(matched=5, described=5)
    asked = house.sandbox.calls.count("deezer")
    assert await own.run(9) == EnrichReport()
    assert house.sandbox.calls.count("deezer") == asked
    wanted = await house.storage.features.wanting(CNN_BLOCK, str(CNN_VERSION), 9)
    assert len(wanted) == len(sources)


async def test_weights_are_taken_up_while_running(
    house: House, sources: list[SandboxTrack], tmp_path: Path, weights: Path
) -> None:
    """`tastebud audio install` needs no restart: tracks described before are heard in the ticks after it."""
    own = enricher(house, tmp_path / "later.npz", 9)
    assert await own.run(9) == EnrichReport(matched=5, described=5)
    await asyncio.to_thread(weights.rename, tmp_path / "later.npz")
    assert await own.run(9) == EnrichReport(heard=5)
    assert len(await heard(house)) == len(sources)


async def test_weights_of_no_use_are_told_once(
    house: House, sources: list[SandboxTrack], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged file is one line in the log, not an end, and mended it is used."""
    file = tmp_path / "damaged.npz"
    file.write_bytes(random_weights().to_bytes()[:-100])
    own = enricher(house, file)
    await own.run(3)
    await own.run(3)
    assert caplog.text.count("is no archive of the network's weights") == 1
    assert len(await described(house)) == len(sources)
    file.write_bytes(random_weights().to_bytes())
    assert (await own.run(3)).heard == BATCH


async def test_a_refused_preview_is_asked_for_once(house: House, sources: list[SandboxTrack], weights: Path) -> None:
    """A preview that cannot be fetched is not asked for again by the other block; later both are there."""
    house.sandbox.faults.inject("server_error", "deezer", "/preview/*", times=None)
    own = enricher(house, weights, 9)
    report = await own.run(9)
    assert (report.described, report.heard, report.missed, report.refused) == (0, 0, 0, len(sources))
    assert await own.run(9) == EnrichReport()
    house.sandbox.faults.clear()
    house.clock.advance(timedelta(hours=1))
    report = await own.run(9)
    assert (report.described, report.heard) == (len(sources), len(sources))


async def test_a_preview_that_is_gone_takes_nothing_away(
    house: House, sources: list[SandboxTrack], weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was described stays when the network finds the preview gone, and that is remembered."""
    await house.enricher.run(9)

    async def gone(_place: str) -> None:
        return None

    hear(monkeypatch, house, gone)
    own = enricher(house, weights, 9)
    assert await own.run(9) == EnrichReport(missed=5)
    assert await own.run(9) == EnrichReport()
    assert len(await described(house)) == len(sources)


async def test_describing_anew_leaves_the_network_alone(
    house: House, sources: list[SandboxTrack], weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newer descriptors are made without hearing again what was heard, nor losing it where the preview is gone."""
    own = enricher(house, weights, 9)
    await own.run(9)
    before = await house.storage.features.load(CNN_BLOCK, str(CNN_VERSION))
    for source in sources:
        await house.storage.features.save(await house.track(source), AUDIO_BLOCK, "before", np.zeros(3))
    assert await own.run(2) == EnrichReport(described=2)

    async def gone(_place: str) -> None:
        return None

    hear(monkeypatch, house, gone)
    assert await own.run(9) == EnrichReport(missed=3)
    after = await house.storage.features.load(CNN_BLOCK, str(CNN_VERSION))
    np.testing.assert_array_equal(after[1], before[1])


async def test_tracks_that_deezer_lacks_do_not_hold_up_the_others(
    house: House, sources: list[SandboxTrack], weights: Path
) -> None:
    """Where misses are older than the network, they are taken over instead of being looked at in every tick."""
    await house.enricher.run(9)
    missing = [track for track in house.sandbox.catalogue.shareable if not track.on_deezer][:12]
    for source in missing:
        await house.share(author(0), source)
    while (await house.enricher.run(9)).missed:
        pass
    for source in missing:  # as a Tastebud without the network left them
        await house.storage.features.save(await house.track(source), CNN_BLOCK, "before", None)
    own = enricher(house, weights, 1)
    reports = [await own.run(9) for _ in range(4)]
    assert sum(report.heard for report in reports) > 0
    assert len(sources) == 5


async def test_a_restart_goes_on(open_house: OpenHouse, weights: Path) -> None:
    """What the network heard before a restart is not heard again."""
    async with open_house() as house:
        tracks = [t for t in house.sandbox.catalogue.shareable if t.on_deezer and t.has_preview]
        await house.share(author(0), *[t for t in tracks if t.isrc == t.deezer_isrc][:3])
        assert (await enricher(house, weights).run(9)).heard == BATCH
    async with open_house() as house:
        assert await enricher(house, weights).run(9) == EnrichReport(heard=1)


@pytest.mark.parametrize("batch", [0, -1])
def test_a_budget_of_nothing_is_refused(batch: int) -> None:
    """The sentence says how to turn the network off."""
    with pytest.raises(ValueError, match=r"leave audio\.weights empty"):
        AudioSettings(batch=batch)
