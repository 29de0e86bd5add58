"""Waves, notes and drums: the pieces that a preview is mixed from. Arrays are float32 at 16 kHz."""

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sandbox.sound import Groove, Mode, Timbre

Wave = NDArray[np.float32]
RATE = 16_000  # encoding takes most of the time, so no more than needed
TABLE = 2_048  # samples in one stored period of a wave
STEPS = 16  # a bar

SCALES: dict[Mode, tuple[int, ...]] = {
    Mode.MAJOR: (0, 2, 4, 5, 7, 9, 11),
    Mode.MINOR: (0, 2, 3, 5, 7, 8, 10),
    Mode.DORIAN: (0, 2, 3, 5, 7, 9, 10),
    Mode.PENTATONIC: (0, 2, 4, 7, 9),
}
PROGRESSIONS: dict[Mode, tuple[tuple[int, ...], ...]] = {
    Mode.MAJOR: ((0, 4, 5, 3), (0, 3, 4, 4), (0, 5, 3, 4)),
    Mode.MINOR: ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 6)),
    Mode.DORIAN: ((0, 3, 0, 3), (0, 1, 2, 3), (0, 6, 3, 0)),
    Mode.PENTATONIC: ((0, 2, 1, 3), (0, 3, 2, 0), (0, 0, 3, 1)),
}
# Kick, snare and hat on the sixteen steps of a bar: a digit is the strength, a dot a rest.
PATTERNS: dict[Groove, tuple[str, str, str]] = {
    Groove.NONE: ("................", "................", "................"),
    Groove.FOUR: ("9...9...9...9...", "....5.......5...", "..7...7...7...7."),
    Groove.BACKBEAT: ("9.....5.8.......", "....9.......9..2", "5.5.5.5.5.5.5.5."),
    Groove.BREAK: ("9.....4...8.....", "....9..4.4..9..3", "6.4.6.4.6.4.6.44"),
    Groove.SHUFFLE: ("7.....4.6.......", "....4.......4...", "7..57..57..57..5"),
    Groove.SKANK: ("........9.......", "........8.......", "..6...6...6...6."),
    Groove.BLAST: ("9.7.9.7.9.7.9.7.", ".6.8.6.8.6.8.6.8", "7...7...7...7..."),
}


@cache
def period(timbre: Timbre) -> Wave:
    """Return one period of a timbre's wave, made of harmonics low enough to sound clean."""
    phase = np.linspace(0, 2 * np.pi, TABLE, endpoint=False)
    match timbre:
        case Timbre.SAW | Timbre.NOISE:
            wave = sum(np.sin(k * phase) / k for k in range(1, 17))
        case Timbre.SQUARE:
            wave = sum(np.sin(k * phase) / k for k in range(1, 16, 2))
        case Timbre.FM:
            wave = np.sin(phase + 1.8 * np.sin(2 * phase) + 0.5 * np.sin(7 * phase))
        case Timbre.PLUCK:
            wave = sum(np.sin(k * phase + k) / k**1.4 for k in range(1, 10))
        case _:
            wave = np.sin(phase) + 0.12 * np.sin(2 * phase)
    array = np.asarray(wave)
    return np.asarray(array / np.abs(array).max(), np.float32)


def oscillate(timbre: Timbre, hertz: Wave) -> Wave:
    """Play a timbre along a curve of frequencies (n,)."""
    phase = np.cumsum(hertz, dtype=np.float64) * (TABLE / RATE)
    return np.asarray(period(timbre)[phase.astype(np.int64) & (TABLE - 1)])


def decay(onsets: NDArray[np.int64], length: int, seconds: float) -> Wave:
    """Return an envelope (length,) that jumps to 1 at every onset and dies away within about `seconds`."""
    since = np.full(length, RATE * 60, dtype=np.float32)
    bounds = np.append(onsets, length)
    for start, end in pairwise(bounds.tolist()):
        since[start:end] = np.arange(end - start)
    return np.asarray(np.exp(since * np.float32(-3.0 / (seconds * RATE))), np.float32)


def hertz(semitones: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the frequency of semitones above the C of 130.8 Hz."""
    return np.asarray(130.8128 * 2.0 ** (np.asarray(semitones) / 12.0))


def degree(mode: Mode, step: int) -> int:
    """Return the semitones of a scale step, over octaves too."""
    scale = SCALES[mode]
    return scale[step % len(scale)] + 12 * (step // len(scale))


@cache
def kick() -> Wave:
    """Return a drum whose pitch falls."""
    at = np.arange(int(0.22 * RATE)) / RATE
    return np.asarray(np.sin(2 * np.pi * (48 * at + 4.5 * (1 - np.exp(-at * 32)))) * np.exp(-at * 14), np.float32)


@cache
def snare() -> Wave:
    """Return a burst of noise over a short tone."""
    at = np.arange(int(0.16 * RATE)) / RATE
    noise = np.random.default_rng(1).normal(size=at.size)
    return np.asarray((0.5 * noise + 0.5 * np.sin(2 * np.pi * 185 * at)) * np.exp(-at * 26), np.float32)


@cache
def hat() -> Wave:
    """Return a tick of high noise."""
    at = np.arange(int(0.05 * RATE)) / RATE
    noise = np.diff(np.random.default_rng(2).normal(size=at.size + 1))
    return np.asarray(0.35 * noise * np.exp(-at * 90), np.float32)


def drum_track(groove: Groove, step_seconds: float, length: int) -> Wave:
    """Return the drums of the whole preview (length,)."""
    out = np.zeros(length + RATE, np.float32)
    hits = [(drum, pattern) for drum, pattern in zip((kick(), snare(), hat()), PATTERNS[groove], strict=True)]
    swing = 0.33 * step_seconds if groove is Groove.SHUFFLE else 0.0
    for step in range(int(length / RATE / step_seconds) + 1):
        start = int((step * step_seconds + (swing if step % 2 else 0.0)) * RATE)
        if start >= length:
            break
        for drum, pattern in hits:
            strength = pattern[step % STEPS]
            if strength != ".":
                out[start : start + drum.size] += drum * np.float32(int(strength) / 9)
    return out[:length]
