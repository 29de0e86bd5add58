"""Preview audio: real MP3, its own for every track, and telling of the genre without giving it away."""

import io
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sandbox.audio import Previews, encode, synthesise
from sandbox.catalogue import Catalogue
from sandbox.genres import GENRES
from sandbox.records import SandboxTrack
from sandbox.voices import RATE

NEAR = {
    genre.name: {*genre.neighbours, *(other.name for other in GENRES if genre.name in other.neighbours)}
    for genre in GENRES
}
BANDS = np.geomspace(60, 7_500, 13)


def descriptors(wave: NDArray[np.float32]) -> NDArray[np.float64]:
    """Describe a wave by level, energies in twelve bands, their movement, and how strongly it beats at which pace."""
    frames = np.lib.stride_tricks.sliding_window_view(wave, 1024)[::512] * np.hanning(1024)
    power = np.abs(np.fft.rfft(frames)) ** 2
    edges = np.searchsorted(np.fft.rfftfreq(1024, 1 / RATE), BANDS)
    bands = np.log(np.stack([power[:, a:b].sum(1) for a, b in pairwise(edges)], 1) + 1e-6)
    onset = np.maximum(np.diff(bands, axis=0), 0).sum(1)
    beat = np.correlate(onset - onset.mean(), onset - onset.mean(), "full")[len(onset) :][8:40]
    level = 20 * np.log10(np.sqrt(np.mean(wave**2)))
    return np.concatenate([[level, onset.mean()], bands.mean(0), bands.std(0), beat / (onset.var() * len(onset))])


@pytest.fixture(scope="module")
def sample(catalogue: Catalogue) -> list[SandboxTrack]:
    """Return some twenty tracks of every genre, from all its artists, without remixes."""
    return [
        track
        for genre in catalogue.genres
        for track in [track for track in catalogue.tracks_in(genre) if not track.version][::5]
    ]


def test_preview_is_a_short_mp3(catalogue: Catalogue) -> None:
    """A preview decodes to 5-8 seconds of sound that is neither silent nor clipped."""
    for track in catalogue.tracks[::200]:
        audio = Previews().of(track)
        info = soundfile.info(io.BytesIO(audio))
        assert (info.format, info.samplerate) == ("MP3", RATE)
        assert 5 <= info.duration <= 8
        wave, _ = soundfile.read(io.BytesIO(audio))
        assert 0.005 < np.abs(wave).max() < 1.2  # the coding adds a little to peaks of 1


def test_previews_are_kept_and_deterministic(catalogue: Catalogue) -> None:
    """The same track gives the same bytes, from the cache and from scratch; other tracks give others."""
    first, second = catalogue.tracks[3], catalogue.tracks[4]
    previews = Previews()
    assert previews.of(first) is previews.of(first)
    assert previews.of(first) == encode(synthesise(first.sound))
    assert previews.of(first) != previews.of(second)


def test_loudness_is_the_tracks_own(catalogue: Catalogue) -> None:
    """The level of the wave follows the track's loudness, within what rounding the peaks off takes."""
    for track in catalogue.tracks[::150]:
        level = 20 * np.log10(np.sqrt(np.mean(synthesise(track.sound) ** 2)))
        assert track.sound.loudness - 2.5 < level < track.sound.loudness + 0.5


def test_genres_are_separable_but_overlap(sample: list[SandboxTrack]) -> None:
    """A linear classifier is right about other artists far more often than chance, but not always.

    Where it is wrong, it mostly names a neighbour.
    """
    rows = np.array([descriptors(synthesise(track.sound)) for track in sample])
    genres = np.array([track.genre for track in sample])
    artists = np.array([track.artist.deezer_id for track in sample])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    guesses = cross_val_predict(classifier, rows, genres, groups=artists, cv=GroupKFold(4))
    assert 0.65 < (guesses == genres).mean() < 0.97
    wrong = [(genre, guess) for genre, guess in zip(genres, guesses, strict=True) if genre != guess]
    assert sum(guess in NEAR[genre] for genre, guess in wrong) / len(wrong) > 0.5
