"""Descriptors of preview audio: one short vector that says how a track sounds."""

import io
from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import resample_poly

from recommender.descriptors import DESCRIPTOR_NAMES, SAMPLE_RATE, describe_signal

AUDIO_VERSION = 1
"""Counts up whenever the numbers change, so that stored vectors of an older way are made anew."""

AUDIO_NAMES = DESCRIPTOR_NAMES

MAX_BYTES = 24_000_000
"""More than a minute of stereo CD audio; a preview has half a megabyte."""

MAX_SECONDS = 1_200.0
"""A clip that says it is longer is no preview, and may be a decompression bomb."""

HEARD_SECONDS = 30.0
"""How much of a clip is decoded, from its start: the length of a preview."""

MIN_SECONDS = 1.0
MAX_CHANNELS = 8
RATES = (4_000, 192_000)


class UnreadableAudio(Exception):
    """The bytes are no audio we can or want to read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A decoded clip: mono float32 `samples`, `rate` of them a second; decoded once for all who hear it."""

    samples: npt.NDArray[np.float32]
    rate: int

    def at(self, rate: int) -> npt.NDArray[np.float32]:
        """Return the samples at another rate."""
        if rate == self.rate:
            return self.samples
        shared = gcd(rate, self.rate)
        return np.asarray(resample_poly(self.samples, rate // shared, self.rate // shared), dtype=np.float32)


def describe(audio: bytes) -> npt.NDArray[np.float32]:
    """Describe a clip (mp3, ogg, flac or wav bytes) as AUDIO_NAMES; raise UnreadableAudio for anything else."""
    return describe_clip(open_clip(audio))


def describe_clip(clip: Clip) -> npt.NDArray[np.float32]:
    """Describe a decoded clip as AUDIO_NAMES; raise UnreadableAudio where it gives no numbers."""
    vector = describe_signal(clip.at(SAMPLE_RATE))
    if not np.isfinite(vector).all():
        raise UnreadableAudio("The audio clip holds samples that are not numbers, so it cannot be described.")
    return vector


def decode(audio: bytes) -> npt.NDArray[np.float32]:
    """Return the clip's first HEARD_SECONDS as mono samples at SAMPLE_RATE."""
    return open_clip(audio).at(SAMPLE_RATE)


def open_clip(audio: bytes) -> Clip:
    """Decode the clip's first HEARD_SECONDS to mono; raise UnreadableAudio for what is no preview."""
    if len(audio) > MAX_BYTES:
        raise UnreadableAudio(f"The audio clip has {len(audio):,} bytes; more than {MAX_BYTES:,} are not decoded.")
    try:
        with soundfile.SoundFile(io.BytesIO(audio)) as clip:
            _check(clip)
            rate = int(clip.samplerate)
            samples = clip.read(int(rate * HEARD_SECONDS), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
        why = getattr(error, "error_string", str(error)).rstrip(".")
        raise UnreadableAudio(f"The audio clip cannot be decoded: {why}.") from error
    if len(samples) < rate * MIN_SECONDS:
        raise UnreadableAudio(f"The audio clip is shorter than {MIN_SECONDS:g} s, too short to describe.")
    return Clip(np.asarray(samples.mean(axis=1), dtype=np.float32), rate)


def _check(clip: soundfile.SoundFile) -> None:
    if not RATES[0] <= clip.samplerate <= RATES[1]:
        raise UnreadableAudio(f"The audio clip claims {clip.samplerate} samples a second; that is no music.")
    if clip.channels > MAX_CHANNELS:
        raise UnreadableAudio(f"The audio clip has {clip.channels} channels; at most {MAX_CHANNELS} are read.")
    # A format that cannot tell its length says a huge number; the bounded read below takes care of those.
    if clip.seekable() and MAX_SECONDS < clip.frames / clip.samplerate < 1e9:
        raise UnreadableAudio(f"The audio clip is longer than {MAX_SECONDS / 60:g} minutes; previews are short.")
