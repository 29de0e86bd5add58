"""Previews: a few seconds of music put together from a track's numbers, as MP3 unless told otherwise."""

import io
import threading
from collections import OrderedDict

import numpy as np
import soundfile
from numpy.typing import NDArray

from sandbox.records import SandboxTrack
from sandbox.sound import Groove, Sound, Timbre
from sandbox.voices import (
    PROGRESSIONS,
    RATE,
    STEPS,
    Wave,
    decay,
    degree,
    drum_track,
    hertz,
    oscillate,
)

LENGTH = 90_000  # samples: 5.6 s, and a size that Fourier transforms like
MP3_QUALITY = 0.6  # libsndfile's compression level: 0 is best, 1 smallest
FREQUENCY = np.fft.rfftfreq(LENGTH, 1 / RATE).astype(np.float32)
KEPT_PREVIEWS = 2_000  # about 25 kB each
NOTE_SECONDS = {Timbre.PLUCK: 0.45, Timbre.FM: 0.6, Timbre.SINE: 0.9, Timbre.SQUARE: 0.3, Timbre.SAW: 0.5}


class Previews:
    """Make each preview when it is first asked for, and keep the last ones; threads may share it.

    `codec` is MP3, as at Deezer, or FLAC, which takes a twentieth of the time to encode.
    """

    def __init__(self) -> None:
        self.codec = "MP3"
        self._made: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, track: SandboxTrack) -> bytes:
        """Return the track's preview."""
        key = track.sound.seed
        with self._lock:
            made = self._made.get(key)
        if made is None:
            made = encode(synthesise(track.sound), self.codec)
            with self._lock:
                self._made[key] = made
                while len(self._made) > KEPT_PREVIEWS:
                    self._made.popitem(last=False)
        return made


def encode(wave: Wave, codec: str = "MP3") -> bytes:
    """Return a mono wave at 16 kHz as a file of that format."""
    target = io.BytesIO()
    options = {"compression_level": MP3_QUALITY, "bitrate_mode": "VARIABLE"} if codec == "MP3" else {}
    soundfile.write(target, wave, RATE, format=codec, **options)
    return target.getvalue()


def synthesise(sound: Sound) -> Wave:
    """Return the preview of a sound as a mono wave (90000,) in -1..1."""
    rng = np.random.default_rng(sound.seed)
    step = 15.0 / sound.tempo
    chords = _chords(sound, rng, step)
    music = 0.5 * _pad(sound, rng, chords) + 0.55 * _melody(sound, rng, chords, step) + 0.5 * _bass(sound, chords, step)
    if sound.timbre is Timbre.NOISE:
        music += 0.4 * rng.standard_normal(LENGTH, dtype=np.float32) * np.abs(music)
    music = _drive(music, sound.grit)
    music = _tone_and_space(music, sound, rng)
    mixed = _level(music) * (1 - 0.75 * sound.drums) + _level(drum_track(sound.groove, step, LENGTH)) * sound.drums
    hiss = 0.04 * sound.grit * rng.standard_normal(LENGTH, dtype=np.float32)
    return _mastered(mixed + hiss, sound.loudness)


def _chords(sound: Sound, rng: np.random.Generator, step: float) -> NDArray[np.int64]:
    """Return the scale step of the chord that sounds at each sixteenth."""
    choices = PROGRESSIONS[sound.mode]
    progression = np.asarray(choices[int(rng.integers(len(choices)))])
    sixteenths = np.arange(int(LENGTH / RATE / step) + 2)
    return progression[(sixteenths // STEPS) % len(progression)]


def _along(values: NDArray[np.float64], step: float) -> Wave:
    """Stretch one value a sixteenth into one a sample."""
    at = (np.arange(LENGTH) / (RATE * step)).astype(np.int64)
    return values[at].astype(np.float32)


def _pitch(sound: Sound, step: int) -> float:
    return sound.root + 12 * sound.octave + degree(sound.mode, step)


def _pad(sound: Sound, rng: np.random.Generator, chords: NDArray[np.int64]) -> Wave:
    """Play the chords: long ones in spacious tracks, stabs on the off-beat in a skank, strums elsewhere."""
    step = 15.0 / sound.tempo
    out = np.zeros(LENGTH, np.float32)
    for interval in (0, 2, 4):
        pitches = np.asarray([hertz(_pitch(sound, int(chord) + interval)) for chord in range(int(chords.max()) + 1)])
        detune = 1.0 + rng.normal() * 0.003
        out += oscillate(sound.timbre, _along(pitches[chords] * detune, step))
    if sound.density < 0.3:
        return out / np.float32(3)
    every, first = (4, 2) if sound.groove is Groove.SKANK else (8 if sound.density < 0.55 else 4, 0)
    onsets = (np.arange(first, LENGTH / RATE / step, every) * step * RATE).astype(np.int64)
    length = 0.12 if sound.groove is Groove.SKANK else 4 * step * every / 4 + sound.space
    return out * decay(onsets[onsets < LENGTH], LENGTH, length) / np.float32(3)


def _melody(sound: Sound, rng: np.random.Generator, chords: NDArray[np.int64], step: float) -> Wave:
    """Play single notes near the chord; `density` is how many of the sixteenths begin one."""
    count = len(chords)
    plays = rng.random(count) < 0.08 + 0.62 * sound.density
    plays[::2] |= rng.random(len(plays[::2])) < 0.4 * sound.density
    plays[0] = True
    notes = np.zeros(count)
    pitch = hertz(_pitch(sound, 7))
    for place in range(count):
        if plays[place]:
            pitch = hertz(_pitch(sound, int(chords[place]) + 7 + int(rng.choice((-3, -1, 0, 1, 2, 4)))))
        notes[place] = float(pitch)
    onsets = (np.flatnonzero(plays) * step * RATE).astype(np.int64)
    seconds = NOTE_SECONDS.get(sound.timbre, 0.5) * (0.6 + sound.space)
    return oscillate(sound.timbre, _along(notes, step)) * decay(onsets[onsets < LENGTH], LENGTH, seconds)


def _bass(sound: Sound, chords: NDArray[np.int64], step: float) -> Wave:
    """Play the chord's root an octave or two down, on beats where there are drums."""
    roots = np.asarray([hertz(_pitch(sound, int(chord)) - 12) for chord in range(int(chords.max()) + 1)])
    wave = oscillate(Timbre.SINE if sound.brightness < 0.5 else Timbre.SQUARE, _along(roots[chords], step))
    every = {Groove.NONE: 16, Groove.BLAST: 2, Groove.SHUFFLE: 4, Groove.FOUR: 4}.get(sound.groove, 8)
    onsets = (np.arange(0, LENGTH / RATE / step, every) * step * RATE).astype(np.int64)
    return wave * decay(onsets[onsets < LENGTH], LENGTH, every * step)


def _drive(music: Wave, grit: float) -> Wave:
    """Overdrive, as loud as before."""
    if grit < 0.05:
        return music
    return np.asarray(np.tanh(_level(music) * np.float32(0.6 + 6 * grit**2)))


def _tone_and_space(music: Wave, sound: Sound, rng: np.random.Generator) -> Wave:
    """Darken by a gentle low-pass and add an echo, both in one pass over the spectrum."""
    spectrum = np.fft.rfft(music)
    cutoff = 350 * 2 ** (4.3 * sound.brightness)
    filtered = spectrum / (1 + (FREQUENCY / np.float32(cutoff)) ** 2)
    if sound.space > 0.05:
        tail = int(RATE * (0.15 + 1.6 * sound.space))
        room = rng.standard_normal(tail, dtype=np.float32) * np.exp(np.arange(tail, dtype=np.float32) * (-5.0 / tail))
        room *= np.float32(0.9 * sound.space / np.sqrt(np.sum(room**2)))
        filtered *= np.float32(1 - 0.4 * sound.space) + np.fft.rfft(room, LENGTH)
    return np.fft.irfft(filtered, LENGTH).astype(np.float32)


def _level(wave: Wave) -> Wave:
    """Scale to an RMS of 0.2, leaving silence silent."""
    rms = float(np.sqrt(np.mean(wave**2)))
    return wave * np.float32(0.2 / rms) if rms > 0 else wave


def _mastered(wave: Wave, loudness: float) -> Wave:
    """Bring the wave to its loudness in dB RMS and round its peaks off."""
    scaled = _level(wave) * np.float32(10 ** (loudness / 20) / 0.2)
    return np.asarray(np.tanh(scaled), np.float32)
