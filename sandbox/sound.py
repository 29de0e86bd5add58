"""What a track sounds like, as numbers that the synthesiser turns into audio."""

from dataclasses import dataclass
from enum import StrEnum


class Timbre(StrEnum):
    """The wave that the chords and the melody are played with."""

    SAW = "saw"
    SQUARE = "square"
    SINE = "sine"
    FM = "fm"
    PLUCK = "pluck"
    NOISE = "noise"


class Groove(StrEnum):
    """The pattern of the drums in a bar of sixteen steps."""

    NONE = "none"
    FOUR = "four"
    BACKBEAT = "backbeat"
    BREAK = "break"
    SHUFFLE = "shuffle"
    SKANK = "skank"
    BLAST = "blast"


class Mode(StrEnum):
    """The scale that chords and melody are taken from."""

    MAJOR = "major"
    MINOR = "minor"
    DORIAN = "dorian"
    PENTATONIC = "pentatonic"


@dataclass(frozen=True, slots=True)
class Sound:
    """How one track sounds.

    `tempo` in beats a minute; `root` in semitones above C (0..11); `octave` shifts the register (-1..1);
    `brightness`, `density` (notes a bar), `drums` (their share of the mix), `grit` (overdrive and noise) and
    `space` (echo) run from 0 to 1; `loudness` is the RMS level in dB below full scale (negative);
    `seed` makes melody and noise its own.
    """

    tempo: float
    groove: Groove
    timbre: Timbre
    mode: Mode
    root: int
    octave: int
    brightness: float
    density: float
    drums: float
    grit: float
    space: float
    loudness: float
    seed: int
