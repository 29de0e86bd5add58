"""Descriptors of signals whose answer is known, and of real clips."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recommender.audio import AUDIO_NAMES, MAX_BYTES, UnreadableAudio, decode, describe
from recommender.descriptors import SAMPLE_RATE

CLIPS = Path(__file__).parents[1].parent / "shared" / "data" / "audio"
A4, LOW_BIN = 440.0, SAMPLE_RATE / 2_048


def encoded(signal: np.ndarray, rate: int = SAMPLE_RATE, form: str = "WAV") -> bytes:
    """Return a signal as a file's bytes."""
    out = io.BytesIO()
    soundfile.write(out, signal, rate, format=form)
    return out.getvalue()


def described(audio: bytes) -> Mapping[str, float]:
    """Return the descriptors by name."""
    return dict(zip(AUDIO_NAMES, describe(audio).tolist(), strict=True))


def sine(frequency: float, seconds: float = 4.0, level: float = 0.5, rate: int = SAMPLE_RATE) -> np.ndarray:
    """Return a sine."""
    return level * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def clicks(beats_a_minute: float, seconds: float = 8.0) -> np.ndarray:
    """Return short bursts of noise in steady time."""
    rng = np.random.default_rng(1)
    signal = np.zeros(int(seconds * SAMPLE_RATE) + 400)
    for beat in range(int(seconds * beats_a_minute / 60)):
        start = int(beat * 60 / beats_a_minute * SAMPLE_RATE)
        signal[start : start + 200] = rng.uniform(-0.5, 0.5, 200)
    return signal


@pytest.mark.parametrize("tempo", [60, 90, 100, 120, 140])
def test_a_click_track_has_its_tempo(tempo: int) -> None:
    """The tempo of a click track is found to within one percent, and its pulse is clear."""
    found = described(encoded(clicks(tempo)))
    assert 2 ** found["tempo_log2"] == pytest.approx(tempo, rel=0.01)
    assert found["pulse_clarity"] > 0.7
    assert found["onset_rate"] == pytest.approx(tempo / 60, rel=0.2)


@pytest.mark.parametrize(
    ("frequency", "pitch"), [(A4, "a"), (261.63, "c"), (739.99, "f_sharp"), (130.81, "c"), (155.56, "d_sharp")]
)
def test_a_sine_has_its_pitch_class(frequency: float, pitch: str) -> None:
    """Nearly all the energy of a sine stands in its own pitch class."""
    assert described(encoded(sine(frequency)))[f"chroma_{pitch}"] > 0.9


def test_a_sine_has_its_loudness_and_place() -> None:
    """A sine of amplitude 1/2 has -9.03 dB, peaks 3.01 dB above, crosses zero twice a period and is centred there."""
    found = described(encoded(sine(A4)))
    assert found["loudness_db"] == pytest.approx(-9.03, abs=0.05)
    assert found["crest_db"] == pytest.approx(3.01, abs=0.05)
    assert found["zcr_mean"] * SAMPLE_RATE / 2 == pytest.approx(A4, rel=0.01)
    assert 2 ** found["centroid_mean"] == pytest.approx(A4, abs=LOW_BIN)


def test_chords_tell_major_from_minor() -> None:
    """A major triad leans to major and a minor one to minor."""
    root, third, minor_third, fifth = 261.63, 329.63, 311.13, 392.0
    major = sum(sine(tone, level=0.2) for tone in (root, third, fifth))
    minor = sum(sine(tone, level=0.2) for tone in (root, minor_third, fifth))
    assert described(encoded(np.asarray(major)))["majorness"] > 0 > described(encoded(np.asarray(minor)))["majorness"]


def test_noise_is_flat_and_a_tone_is_not() -> None:
    """Flatness and contrast tell noise from a tone."""
    noise = described(encoded(np.random.default_rng(0).uniform(-0.5, 0.5, 3 * SAMPLE_RATE)))
    tone = described(encoded(sine(A4)))
    assert noise["flatness_mean"] > tone["flatness_mean"] + 1
    assert noise["contrast_1"] < tone["contrast_1"]


@pytest.mark.parametrize("form", ["WAV", "MP3", "OGG", "FLAC"])
def test_every_format_sounds_the_same(form: str) -> None:
    """Format, rate and channels hardly change what a clip sounds like."""
    signal = sine(A4, rate=44_100) + np.random.default_rng(0).normal(0, 0.01, 4 * 44_100)
    found = described(encoded(np.stack([signal, signal], axis=1), 44_100, form))
    assert found["chroma_a"] > 0.9
    assert found["loudness_db"] == pytest.approx(-9.03, abs=0.2)


def test_silence_has_numbers_too() -> None:
    """Silence is described without a warning and without a hole."""
    assert np.isfinite(describe(encoded(np.zeros(3 * SAMPLE_RATE)))).all()


def test_only_the_first_half_minute_is_heard() -> None:
    """A long clip is read no further than a preview is long."""
    assert len(decode(encoded(np.zeros(60 * 8_000), 8_000))) == 30 * SAMPLE_RATE


@pytest.mark.parametrize(
    ("audio", "why"),
    [
        (b"", "cannot be decoded"),
        (b"<html>Not found</html>" * 50, "cannot be decoded"),
        (encoded(np.zeros(SAMPLE_RATE // 2)), "shorter than"),
        (encoded(np.zeros(1_300 * 4_000), 4_000), "longer than 20 minutes"),
        (encoded(np.zeros((8_000, 12)), 8_000), "12 channels"),
        (encoded(np.zeros(9_000), 2_000), "2000 samples a second"),
        (bytes(MAX_BYTES + 1), "bytes"),
    ],
    ids=["empty", "a page", "short", "long", "channels", "rate", "huge"],
)
def test_what_is_no_preview_is_refused_in_a_sentence(audio: bytes, why: str) -> None:
    """Bytes that are no preview raise UnreadableAudio with a sentence that says why."""
    with pytest.raises(UnreadableAudio, match=why) as refusal:
        describe(audio)
    assert str(refusal.value).endswith((".", "short."))


def test_samples_that_are_no_numbers_are_refused() -> None:
    """A float file may hold NaN, which would spoil every scale it is fitted into."""
    broken = np.full(3 * SAMPLE_RATE, np.nan)
    out = io.BytesIO()
    soundfile.write(out, broken, SAMPLE_RATE, format="WAV", subtype="FLOAT")
    with pytest.raises(UnreadableAudio, match="not numbers"):
        describe(out.getvalue())


@pytest.mark.skipif(not CLIPS.exists(), reason="the real clips beside the project are absent")
def test_real_clips_sound_like_what_they_are() -> None:
    """Real recordings differ as one hears: speech has no key and no pulse, folk is in F major."""
    found = {path.stem: described(path.read_bytes()) for path in CLIPS.glob("*.ogg")}
    speech = found["198-209-0000"]
    bells = next(value for name, value in found.items() if "Sugar_Plum" in name)
    folk = next(value for name, value in found.items() if "Fishin" in name)
    assert speech["key_clarity"] < min(bells["key_clarity"], folk["key_clarity"])
    assert speech["pulse_clarity"] < min(bells["pulse_clarity"], folk["pulse_clarity"])
    assert folk["loudness_db"] > speech["loudness_db"]
    assert max((value, name) for name, value in folk.items() if name.startswith("chroma"))[1] == "chroma_f"
    assert folk["majorness"] > 0.2
    assert all(np.isfinite(list(value.values())).all() for value in found.values())
