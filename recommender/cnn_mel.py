"""The front end of the convolutional network: sound as patches of a log-mel spectrogram.

Slaney's mel scale and norm, as librosa computes them by default (equal to it to 1.5e-6) and the network was trained on.
"""

from functools import cache
from math import log

import numpy as np
import numpy.typing as npt
from scipy.fft import rfft

Signal = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
FRAME = 512
HOP = 256
BANDS = 96
PATCH = 187
"""Frames in a patch: 3 seconds, the length that the network was trained on."""

LINEAR_HERTZ = 200 / 3
"""Hertz a mel below 1 kHz, where Slaney's scale is linear; above, 27 mels are a factor of 6.4."""

BREAK_HERTZ, BREAK_MEL = 1_000.0, 15.0
LOG_STEP = log(6.4) / 27
GAIN = 10_000.0
"""Power is multiplied by that before the logarithm, so that quiet music still shows."""


def patches(signal: Signal) -> Signal:
    """Return mono samples at SAMPLE_RATE as patches (n, PATCH, BANDS) float32; what fills no patch is left out.

    A clip shorter than one patch is repeated until it fills one: silence behind it would be heard as silence.
    """
    frames = log_mel(signal)
    count = max(len(frames) // PATCH, 1)
    return np.resize(frames, (count, PATCH, BANDS))


def log_mel(signal: Signal) -> Signal:
    """Return the log-mel spectrogram (1 + samples // HOP, BANDS) float32 of mono samples at SAMPLE_RATE."""
    padded = np.pad(np.asarray(signal, dtype=np.float32), FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    power = np.abs(rfft(frames * _window(), axis=1)) ** 2
    return np.asarray(np.log10(GAIN * (power @ _mel_bank()) + 1), dtype=np.float32)


@cache
def _window() -> Signal:
    return np.asarray(np.hanning(FRAME + 1)[:-1], dtype=np.float32)


@cache
def _mel_bank() -> Signal:
    """Return triangles (FRAME // 2 + 1, BANDS) of equal area, evenly spaced in mels from 0 Hz to the top."""
    edges = _hertz(np.linspace(0.0, _mel(SAMPLE_RATE / 2), BANDS + 2))
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    bins = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)[:, None]
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    triangles = np.maximum(np.minimum(rising, falling), 0) * 2 / (high - low)
    return np.asarray(triangles, dtype=np.float32)


def _mel(hertz: float) -> float:
    """Return a frequency above BREAK_HERTZ in mels."""
    return BREAK_MEL + log(hertz / BREAK_HERTZ) / LOG_STEP


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    curved = BREAK_HERTZ * np.exp(LOG_STEP * (mels - BREAK_MEL))
    return np.where(mels < BREAK_MEL, LINEAR_HERTZ * mels, curved)
