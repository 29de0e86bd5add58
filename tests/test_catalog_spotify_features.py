"""Spotify's audio features of old apps."""

import pytest

from catalog.errors import Refused
from catalog.lines import SourcesSettings
from catalog.spotify import Spotify
from catalog.spotify_features import SpotifyFeatures
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.measured import measure
from sandbox.server import Sandbox
from tests.fixtures.catalog import MemoryLedger
from tests.fixtures.sources import MemoryAnswers

UNKNOWN = "0" * 22


@pytest.fixture
def features(spotify: Spotify, answers: MemoryAnswers, clock: FastClock) -> SpotifyFeatures:
    """Return the provider on the sandbox."""
    return SpotifyFeatures(spotify, answers, clock, SourcesSettings(failures=3))


async def test_an_old_app_gets_them_a_hundred_a_call(
    features: SpotifyFeatures,
    sandbox: Sandbox,
    catalogue: Catalogue,
    ledger: MemoryLedger,
    clock: FastClock,
    answers: MemoryAnswers,
) -> None:
    """A row for each id, null where there is none; the look-ups' budget is not touched, and nothing is kept here."""
    sandbox.spotify.old_app = True
    tracks = catalogue.shareable[:119]
    found = await features.features.fetch([*(track.spotify_id for track in tracks), UNKNOWN, "x"])
    assert found[UNKNOWN] is None
    assert found["x"] is None
    for track in tracks:
        hit = found[track.spotify_id]
        assert hit is not None
        assert hit.tempo == measure(track)["tempo"]
    assert sandbox.calls.count("spotify", path="/v1/audio-features") == 2
    assert await ledger.spent("spotify", "features", clock.now()) == 2
    assert await ledger.spent("spotify", "get", clock.now()) == 0
    assert answers.kept.keys() == {("spotify.features", UNKNOWN)}


async def test_a_new_app_is_refused_and_left_alone(
    features: SpotifyFeatures, sandbox: Sandbox, catalogue: Catalogue, answers: MemoryAnswers
) -> None:
    """403 is no miss, and after a few it is not asked any more for a while."""
    for _ in range(5):
        with pytest.raises(Refused):
            await features.features.fetch([catalogue.shareable[0].spotify_id])
    assert sandbox.calls.count("spotify", path="/v1/audio-features") == 3
    assert answers.kept == {}
