"""The twelve invented genres: what their tracks tend to sound like, and which lie close to which."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from sandbox.sound import Groove, Mode, Sound, Timbre

G, T, M = Groove, Timbre, Mode
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Spread:
    """A bell curve that is cut off at `low` and `high`."""

    mean: float
    sd: float
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Genre:
    """One genre: bell curves for the numbers, weights for the choices.

    `deezer_genre` is the coarse label of its albums there; `explicit` the share of explicit tracks.
    """

    name: str
    deezer_genre: tuple[int, str]
    neighbours: tuple[str, ...]
    grooves: Mapping[Groove, float]
    timbres: Mapping[Timbre, float]
    modes: Mapping[Mode, float]
    octaves: tuple[int, ...]
    tempo: Spread
    brightness: Spread
    density: Spread
    drums: Spread
    grit: Spread
    space: Spread
    loudness: Spread
    explicit: float
    years: tuple[int, int]


def _genre(
    name: str,
    deezer_genre: tuple[int, str],
    neighbours: tuple[str, ...],
    grooves: Mapping[Groove, float],
    timbres: Mapping[Timbre, float],
    modes: Mapping[Mode, float],
    octaves: tuple[int, ...],
    numbers: tuple[float, float, float, float, float, float, float],
    explicit: float,
    years: tuple[int, int],
) -> Genre:
    """Make a row; `numbers` are the means of tempo, brightness, density, drums, grit, space and loudness."""
    tempo, bright, dense, drums, grit, space, loud = numbers
    return Genre(
        name=name, deezer_genre=deezer_genre, neighbours=neighbours, grooves=grooves, timbres=timbres, modes=modes,
        octaves=octaves, tempo=Spread(tempo, 0.09 * tempo, 50, 190), brightness=Spread(bright, 0.13),
        density=Spread(dense, 0.13), drums=Spread(drums, 0.12), grit=Spread(grit, 0.11), space=Spread(space, 0.13),
        loudness=Spread(loud, 2.0, -32, -8), explicit=explicit, years=years,
    )  # fmt: skip


# Two tracks of one genre differ, and neighbours share some of their sounds: to tell them apart takes several numbers.
GENRES: tuple[Genre, ...] = (
    _genre("lanternwave", (106, "Electro"), ("tidehouse", "sugarplank", "stillglass"),
           {G.FOUR: 3, G.BACKBEAT: 5}, {T.SAW: 6, T.SQUARE: 3}, {M.MINOR: 6, M.DORIAN: 2}, (0, 0, 1),
           (108, 0.62, 0.62, 0.52, 0.18, 0.55, -15), 0.05, (2008, 2025)),
    _genre("tidehouse", (113, "Dance"), ("lanternwave", "razorstep", "sugarplank"),
           {G.FOUR: 9, G.SHUFFLE: 1}, {T.SQUARE: 4, T.FM: 3, T.SAW: 2}, {M.MINOR: 4, M.DORIAN: 4}, (0, 0, -1),
           (123, 0.50, 0.50, 0.74, 0.12, 0.38, -13), 0.05, (2001, 2026)),
    _genre("razorstep", (113, "Dance"), ("tidehouse", "quarrycore", "dustbeat"),
           {G.BREAK: 8, G.BACKBEAT: 1}, {T.SAW: 5, T.FM: 3, T.NOISE: 1}, {M.MINOR: 7, M.DORIAN: 1}, (-1, -1, 0),
           (172, 0.66, 0.45, 0.78, 0.42, 0.28, -12), 0.12, (1996, 2026)),
    _genre("sugarplank", (132, "Pop"), ("lanternwave", "tidehouse", "bogfolk"),
           {G.BACKBEAT: 6, G.FOUR: 4}, {T.SQUARE: 4, T.PLUCK: 3, T.SAW: 2}, {M.MAJOR: 7, M.MINOR: 2}, (0, 1, 1),
           (116, 0.68, 0.70, 0.55, 0.10, 0.25, -12), 0.15, (2003, 2026)),
    _genre("bogfolk", (466, "Folk"), ("chambermoss", "sugarplank", "sunskank"),
           {G.NONE: 6, G.SHUFFLE: 3, G.BACKBEAT: 1}, {T.PLUCK: 9, T.SINE: 1},
           {M.MAJOR: 5, M.PENTATONIC: 3, M.DORIAN: 2}, (0, 0, 1),
           (92, 0.42, 0.66, 0.12, 0.05, 0.22, -20), 0.02, (1969, 2025)),
    _genre("chambermoss", (98, "Classical"), ("bogfolk", "stillglass", "velvetine"),
           {G.NONE: 10}, {T.SINE: 4, T.SAW: 3, T.PLUCK: 2}, {M.MAJOR: 4, M.MINOR: 5}, (0, 0, 1),
           (76, 0.30, 0.55, 0.02, 0.02, 0.62, -22), 0.0, (1975, 2024)),
    _genre("stillglass", (106, "Electro"), ("chambermoss", "lanternwave", "steelgaze"),
           {G.NONE: 10}, {T.SINE: 6, T.FM: 2, T.NOISE: 1}, {M.PENTATONIC: 4, M.MAJOR: 3, M.DORIAN: 2}, (-1, 0, 0),
           (64, 0.18, 0.18, 0.02, 0.10, 0.88, -24), 0.0, (1988, 2026)),
    _genre("steelgaze", (85, "Alternative"), ("quarrycore", "stillglass", "lanternwave"),
           {G.BACKBEAT: 9, G.NONE: 1}, {T.SAW: 6, T.NOISE: 3}, {M.MAJOR: 5, M.DORIAN: 3}, (0, 0, -1),
           (98, 0.58, 0.40, 0.42, 0.56, 0.80, -13), 0.03, (1990, 2025)),
    _genre("quarrycore", (464, "Metal"), ("steelgaze", "razorstep"),
           {G.BLAST: 5, G.BACKBEAT: 4}, {T.SAW: 7, T.SQUARE: 2}, {M.MINOR: 9}, (-1, -1, 0),
           (148, 0.74, 0.78, 0.66, 0.82, 0.14, -10), 0.30, (1984, 2026)),
    _genre("velvetine", (129, "Jazz"), ("dustbeat", "chambermoss"),
           {G.SHUFFLE: 9, G.NONE: 1}, {T.FM: 5, T.SINE: 3, T.PLUCK: 1}, {M.DORIAN: 6, M.MAJOR: 2}, (0, 0, 1),
           (134, 0.34, 0.72, 0.34, 0.06, 0.34, -19), 0.01, (1958, 2024)),
    _genre("dustbeat", (116, "Rap/Hip Hop"), ("velvetine", "sunskank", "razorstep"),
           {G.BACKBEAT: 6, G.SHUFFLE: 3}, {T.FM: 4, T.SINE: 3, T.PLUCK: 2}, {M.DORIAN: 4, M.MINOR: 4}, (-1, 0, 0),
           (82, 0.24, 0.36, 0.60, 0.30, 0.30, -16), 0.40, (1994, 2026)),
    _genre("sunskank", (144, "Reggae"), ("dustbeat", "bogfolk"),
           {G.SKANK: 9}, {T.SQUARE: 4, T.PLUCK: 4, T.SINE: 1}, {M.MAJOR: 5, M.MINOR: 3}, (0, 0, -1),
           (74, 0.46, 0.44, 0.48, 0.08, 0.46, -17), 0.06, (1971, 2025)),
)  # fmt: skip

NUMBERS = ("tempo", "brightness", "density", "drums", "grit", "space", "loudness")


@dataclass(frozen=True, slots=True)
class Manner:
    """How one artist leans within a genre: shifts in standard deviations, and the sounds they prefer."""

    shifts: Mapping[str, float]
    groove: Groove
    timbre: Timbre
    mode: Mode


# An artist's own lean against the differences between its tracks: together one standard deviation of the genre.
ARTIST_SHARE, TRACK_SHARE = 0.7, 0.7
KEEPS_MANNER = 0.7  # how often a track keeps the artist's own groove, timbre or mode


def draw_manner(rng: random.Random, genre: Genre) -> Manner:
    """Draw an artist's manner."""
    shifts = {name: rng.gauss(0, ARTIST_SHARE) for name in NUMBERS}
    return Manner(shifts, _pick(rng, genre.grooves), _pick(rng, genre.timbres), _pick(rng, genre.modes))


def draw_sound(rng: random.Random, genre: Genre, manner: Manner) -> Sound:
    """Draw the sound of one track by an artist of that manner."""
    numbers: dict[str, float] = {}
    for name in NUMBERS:
        spread: Spread = getattr(genre, name)
        value = spread.mean + spread.sd * (manner.shifts[name] + rng.gauss(0, TRACK_SHARE))
        numbers[name] = round(min(max(value, spread.low), spread.high), 4)
    return Sound(
        groove=_or_own(rng, manner.groove, genre.grooves),
        timbre=_or_own(rng, manner.timbre, genre.timbres),
        mode=_or_own(rng, manner.mode, genre.modes),
        root=rng.randrange(12),
        octave=rng.choice(genre.octaves),
        seed=rng.getrandbits(32),
        **numbers,
    )


def _pick(rng: random.Random, weights: Mapping[K, float]) -> K:
    return rng.choices(list(weights), list(weights.values()))[0]


def _or_own(rng: random.Random, own: K, weights: Mapping[K, float]) -> K:
    return own if own in weights and rng.random() < KEEPS_MANNER else _pick(rng, weights)
