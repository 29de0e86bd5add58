"""What a signal sounds like, in numbers: timbre, harmony, brightness, loudness and rhythm."""

from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.fft import dct, irfft, next_fast_len, rfft

Signal = npt.NDArray[np.float32]

SAMPLE_RATE = 22_050
FRAME = 2_048
HOP = 512
FRAMES_A_SECOND = SAMPLE_RATE / HOP

PITCH_FRAME = 8_192
"""Pitch needs longer frames: at 2,048 samples a bin is wider than a semitone below A3."""

PITCH_HOP = 4_096
MELS = 40
MFCCS = 20
FLOOR = 1e-10
"""-100 dB: below it all is silence."""

CONTRAST_EDGES = (0.0, 200.0, 400.0, 800.0, 1_600.0, 3_200.0, 6_400.0, 11_025.0)
CONTRAST_SHARE = 0.1
"""Share of a band's bins that count as its peaks, and as its valleys."""

CHROMA_RANGE = (65.0, 2_100.0)
"""C2 to C7: below it even long frames blur semitones, above it stand mostly harmonics."""

TEMPO_RANGE = (40.0, 240.0)
USUAL_TEMPO = 120.0
"""Centre of the tempo prior, one octave wide (Ellis, Beat tracking by dynamic programming, 2007)."""

# Krumhansl and Kessler's key profiles (Krumhansl, Cognitive foundations of musical pitch, 1990).
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
PITCHES = ("c", "c_sharp", "d", "d_sharp", "e", "f", "f_sharp", "g", "g_sharp", "a", "a_sharp", "b")

DESCRIPTOR_NAMES = (
    *(f"mfcc_{i}_mean" for i in range(MFCCS)),
    *(f"mfcc_{i}_std" for i in range(MFCCS)),
    *(f"mfcc_{i}_delta_std" for i in range(MFCCS)),
    *(f"chroma_{pitch}" for pitch in PITCHES),
    *("key_clarity", "majorness"),
    *(f"{shape}_{stat}" for stat in ("mean", "std") for shape in ("centroid", "bandwidth", "rolloff", "flatness")),
    *(f"contrast_{i}" for i in range(len(CONTRAST_EDGES) - 1)),
    *("loudness_db", "loudness_std", "loudness_range", "crest_db"),
    *("zcr_mean", "zcr_std"),
    *("onset_mean", "onset_std", "onset_rate", "tempo_log2", "pulse_clarity"),
)


def describe_signal(signal: Signal) -> npt.NDArray[np.float32]:
    """Describe mono samples at SAMPLE_RATE as DESCRIPTOR_NAMES, float32."""
    frames = _frames(signal, FRAME, HOP)
    magnitude = np.abs(rfft(frames * _window(FRAME), axis=1))
    power = magnitude**2
    mel_db = _decibel(power @ _mel_bank())
    parts = (
        _timbre(mel_db),
        _harmony(signal),
        _brightness(magnitude),
        _contrast(power),
        _loudness(signal, frames),
        _crossings(frames),
        _rhythm(mel_db),
    )
    return np.concatenate(parts).astype(np.float32)


def _frames(signal: Signal, length: int, hop: int) -> Signal:
    padded = np.pad(signal, length // 2, mode="reflect")
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


@cache
def _window(length: int) -> Signal:
    # Scaled so that a full-scale sine shows as 0 dB in its bin, whatever the frame's length.
    hann = np.hanning(length + 1)[:-1]
    return np.asarray(hann * 2 / hann.sum(), dtype=np.float32)


@cache
def _frequencies() -> Signal:
    return np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE).astype(np.float32)


@cache
def _mel_bank() -> Signal:
    # Triangles, evenly spaced on the mel scale (O'Shaughnessy), from 30 Hz to the top.
    top = 2_595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    points = 700 * (10 ** (np.linspace(2_595 * np.log10(1 + 30 / 700), top, MELS + 2) / 2_595) - 1)
    low, centre, high = points[:-2], points[1:-1], points[2:]
    bins = _frequencies()[:, None]
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    return np.maximum(np.minimum(rising, falling), 0).astype(np.float32)


@cache
def _chroma_bank() -> Signal:
    bins = np.fft.rfftfreq(PITCH_FRAME, 1 / SAMPLE_RATE)
    bank = np.zeros((len(bins), 12), dtype=np.float32)
    inside = np.flatnonzero((bins >= CHROMA_RANGE[0]) & (bins <= CHROMA_RANGE[1]))
    pitch = 12 * np.log2(bins[inside] / 440.0) + 9
    nearest = np.round(pitch)
    bank[inside, nearest.astype(int) % 12] = np.exp(-0.5 * ((pitch - nearest) / 0.25) ** 2)
    return bank


def _decibel(power: Signal) -> Signal:
    return np.asarray(10 * np.log10(np.maximum(power, FLOOR)), dtype=np.float32)


def _timbre(mel_db: Signal) -> Signal:
    mfcc = dct(mel_db, axis=1, norm="ortho")[:, :MFCCS]
    delta = np.diff(mfcc, axis=0)
    return np.concatenate([mfcc.mean(axis=0), mfcc.std(axis=0), delta.std(axis=0)])


def _harmony(signal: Signal) -> Signal:
    spectrum = np.abs(rfft(_frames(signal, PITCH_FRAME, PITCH_HOP) * _window(PITCH_FRAME), axis=1))
    chroma = (spectrum**2).sum(axis=0) @ _chroma_bank()
    chroma = chroma / max(float(chroma.sum()), FLOOR)
    majors, minors = _key_fits(chroma, MAJOR), _key_fits(chroma, MINOR)
    best = max(majors.max(), minors.max())
    return np.concatenate([chroma, [best, majors.max() - minors.max()]])


def _key_fits(chroma: Signal, profile: tuple[float, ...]) -> npt.NDArray[np.float64]:
    keys = np.stack([np.roll(profile, shift) for shift in range(12)])
    keys = keys - keys.mean(axis=1, keepdims=True)
    centred = chroma - chroma.mean()
    size = np.linalg.norm(keys, axis=1) * max(float(np.linalg.norm(centred)), FLOOR)
    return np.asarray(keys @ centred / size, dtype=np.float64)


def _brightness(magnitude: Signal) -> Signal:
    bins = _frequencies()
    total = np.maximum(magnitude.sum(axis=1), FLOOR)
    centroid = magnitude @ bins / total
    bandwidth = np.sqrt(np.maximum(magnitude @ bins**2 / total - centroid**2, 0))
    rolloff = bins[np.argmax(np.cumsum(magnitude, axis=1) >= 0.85 * total[:, None], axis=1)]
    safe = np.maximum(magnitude, np.sqrt(FLOOR))
    flatness = np.exp(np.log(safe).mean(axis=1)) / safe.mean(axis=1)
    shapes = np.stack([np.log2(1 + centroid), np.log2(1 + bandwidth), np.log2(1 + rolloff), np.log(flatness)], axis=1)
    return np.concatenate([shapes.mean(axis=0), shapes.std(axis=0)])


def _contrast(power: Signal) -> Signal:
    # Peaks over valleys, band by band (Jiang et al., 2002), in every 4th frame: they change slowly.
    edges = np.searchsorted(_frequencies(), CONTRAST_EDGES)
    edges[-1] = power.shape[1]
    thinned = power[::4]
    contrasts = []
    for low, high in pairwise(edges):
        band = np.sort(thinned[:, low:high], axis=1)
        few = max(int(band.shape[1] * CONTRAST_SHARE), 1)
        contrasts.append(float((_decibel(band[:, -few:].mean(axis=1)) - _decibel(band[:, :few].mean(axis=1))).mean()))
    return np.array(contrasts, dtype=np.float32)


def _loudness(signal: Signal, frames: Signal) -> Signal:
    level = float(_decibel(np.square(signal, dtype=np.float64).mean()))
    peak = float(_decibel(np.square(np.abs(signal).max())))
    per_frame = _decibel(np.einsum("ij,ij->i", frames, frames) / FRAME)
    low, high = np.percentile(per_frame, [10, 95])
    return np.array([level, per_frame.std(), high - low, peak - level], dtype=np.float32)


def _crossings(frames: Signal) -> Signal:
    positive = frames[::2] >= 0
    rate = (positive[:, 1:] != positive[:, :-1]).mean(axis=1)
    return np.array([rate.mean(), rate.std()], dtype=np.float32)


def _rhythm(mel_db: Signal) -> Signal:
    heard = np.maximum(mel_db, mel_db.max() - 80)
    onset = np.maximum(np.diff(heard, axis=0), 0).mean(axis=1)
    bar = onset.mean() + onset.std()
    peaks = (onset[1:-1] > onset[:-2]) & (onset[1:-1] >= onset[2:]) & (onset[1:-1] > bar)
    rate = peaks.sum() / (len(onset) / FRAMES_A_SECOND)
    tempo, clarity = _tempo(onset)
    return np.array([onset.mean(), onset.std(), rate, np.log2(tempo), clarity], dtype=np.float32)


def _tempo(onset: Signal) -> tuple[float, float]:
    """Return beats a minute and how clear the pulse is (0 to 1), from the onsets' autocorrelation."""
    # A beat falls between frames: without smoothing a lag of 18.5 frames loses to its double.
    smooth = np.convolve(onset, (0.1, 0.25, 0.3, 0.25, 0.1), mode="same")
    centred = smooth - smooth.mean()
    size = next_fast_len(2 * len(centred))
    correlation = irfft(np.abs(rfft(centred, size)) ** 2, size)[: len(centred)]
    shortest = int(60 * FRAMES_A_SECOND / TEMPO_RANGE[1])
    longest = min(int(60 * FRAMES_A_SECOND / TEMPO_RANGE[0]), len(centred) - 2)
    if correlation[0] <= FLOOR or longest <= shortest:
        return USUAL_TEMPO, 0.0
    correlation = correlation / correlation[0]
    lags = np.arange(shortest, longest + 1)
    # Long lags overlap less: undo that, then prefer what people tap to.
    fair = correlation[lags] * len(centred) / (len(centred) - lags)
    prior = np.exp(-0.5 * np.log2(60 * FRAMES_A_SECOND / lags / USUAL_TEMPO) ** 2)
    best = int(lags[np.argmax(fair * prior)])
    left, mid, right = correlation[best - 1 : best + 2]
    bend = left - 2 * mid + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return 60 * FRAMES_A_SECOND / (best + float(np.clip(shift, -0.5, 0.5))), float(np.clip(mid, 0, 1))
