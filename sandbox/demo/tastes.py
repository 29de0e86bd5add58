"""What the demo's members really like: hidden from every product package.

Nothing here has the form of the product's model. A member is drawn to a few scenes, a scene is a handful of genres, and
whether one track is liked is a coin with a genre's bias, thrown once; some artists are an exception whatever they
play, and contrarians turn away from what is popular.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LOVED, FINE, COLD = 0.88, 0.40, 0.06
"""Chance that a track is liked, by how its genre stands with a member."""
QUIRK_SHARE = 0.08
"""Share of artists that a member judges against the genre's grain."""
CONTRARIANS = 2
"""How many of the members turn away from popular tracks."""
SCENE_SIZE = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What a member notices of a track: who plays it, in which genres, and how popular it is (0 to 1)."""

    key: str
    artist: str
    genres: tuple[str, ...]
    popularity: float


@dataclass(frozen=True, slots=True)
class Taste:
    """One member's hidden taste."""

    seed: str
    leaning: Mapping[str, float]
    contrarian: bool = False

    def likes(self, track: Heard) -> bool:
        """Tell whether this member likes that track: the same answer every time."""
        chance = float(np.mean([self.leaning.get(genre, COLD) for genre in track.genres]))
        if _coin(self.seed, "artist", track.artist) < QUIRK_SHARE:
            chance = 1.0 - chance
        if self.contrarian and track.popularity > 0.6:
            chance *= 0.4
        return _coin(self.seed, "track", track.key) < chance

    @property
    def loved(self) -> list[str]:
        """Return the genres this member loves."""
        return sorted(genre for genre, chance in self.leaning.items() if chance == LOVED)


def draw_tastes(names: Sequence[str], genres: Sequence[str], seed: int) -> dict[str, Taste]:
    """Draw a taste for each name; the last few are contrarians, who love what no scene holds together."""
    rng = np.random.default_rng([seed, 0x7A57E])
    shuffled = [str(genre) for genre in rng.permutation(list(genres))]
    scenes = [shuffled[start : start + SCENE_SIZE] for start in range(0, len(shuffled), SCENE_SIZE)]
    tastes = {}
    for position, name in enumerate(names):
        contrarian = position >= len(names) - CONTRARIANS
        leaning = _contrary_leaning(shuffled, rng) if contrarian else _leaning(scenes, position, rng)
        tastes[name] = Taste(f"{seed}:{name}", leaning, contrarian)
    return tastes


def _leaning(scenes: Sequence[Sequence[str]], position: int, rng: np.random.Generator) -> dict[str, float]:
    """Love most of one scene and a stray genre of another, stay lukewarm about a few, cold to the rest."""
    home = list(scenes[position % len(scenes)])
    away = [genre for scene in scenes for genre in scene if genre not in home]
    stray, *fine = (str(genre) for genre in rng.permutation(away)[:3])
    loved = [genre for genre in home if rng.random() < 0.85] or home[:1]
    return dict.fromkeys(fine, FINE) | dict.fromkeys([*loved, stray], LOVED)


def _contrary_leaning(genres: Sequence[str], rng: np.random.Generator) -> dict[str, float]:
    """Love any three genres, whatever goes together for others."""
    drawn = [str(genre) for genre in rng.permutation(list(genres))[:5]]
    return dict.fromkeys(drawn[3:], FINE) | dict.fromkeys(drawn[:3], LOVED)


def _coin(*parts: str) -> float:
    """Return a number in [0, 1) that depends on nothing but the parts."""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64
