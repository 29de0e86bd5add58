"""From scores to an ordered list: few of one artist, varied, and partly exploring."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from catalog.matching import normalise_name
from catalog.models import Track
from recommender.candidates import Candidate
from recommender.dataset import Bools, Floats


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """How a list is put together.

    explore: the share of picks chosen for what they teach, labelled as wildcards (0 to 1).
    per_artist: how many tracks of one artist a list holds before candidates run out.
    diversity: how much likeness to earlier picks costs (0: ranked by score alone).
    seed: the start of all randomness; the same seed, person and week give the same list.
    """

    explore: float = 0.1
    per_artist: int = 2
    diversity: float = 0.1
    seed: int = 20260101


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its place's facts: estimated probability of a like, its std, and whether it explores."""

    candidate: Candidate
    score: float
    std: float
    explores: bool = False


def rng_for(seed: int, person_discord_id: int, week: str) -> np.random.Generator:
    """Return the generator of one person and week, the same in every process (unlike Python's `hash`)."""
    digest = blake2b(f"{seed}/{person_discord_id}/{week}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def rank(
    candidates: Sequence[Candidate],
    scores: npt.ArrayLike,
    stds: npt.ArrayLike,
    tracks: Mapping[int, Track],
    vectors: Floats,
    count: int,
    rng: np.random.Generator,
    settings: RankingSettings = RankingSettings(),
) -> list[Ranked]:
    """Return at most `count` candidates, best first.

    `scores`, `stds` (n,) and `vectors` (n, k, from TasteModel.vectors) stand in the order of `candidates`.
    Every beginning of the list is itself a good list, so ask for more than are needed: a track that cannot
    be written gives way to the next.
    """
    score, std = np.asarray(scores, dtype=np.float64), np.asarray(stds, dtype=np.float64)
    artists = [_artist_key(tracks.get(candidate.track_id)) for candidate in candidates]
    picker = _Picker(score, std, artists, vectors, rng, settings)
    ranked: list[Ranked] = []
    for place in range(min(count, len(candidates))):
        explores = _is_wildcard(place, settings.explore)
        row = picker.next(explores=explores)
        ranked.append(Ranked(candidates[row], float(score[row]), float(std[row]), explores))
    return ranked


def _is_wildcard(place: int, share: float) -> bool:
    """Tell whether this place explores: evenly spread, and never the first ones of a list."""
    return int((place + 1) * share + 1e-9) > int(place * share + 1e-9)


def _artist_key(track: Track | None) -> str:
    return normalise_name(track.artists[0].name) if track is not None and track.artists else ""


class _Picker:
    """Choose one row after the other, knowing those before."""

    def __init__(
        self,
        score: Floats,
        std: Floats,
        artists: Sequence[str],
        vectors: Floats,
        rng: np.random.Generator,
        settings: RankingSettings,
    ) -> None:
        self._settings = settings
        self._vectors = vectors
        self._artists = np.array(artists, dtype=object)
        self._used: Counter[str] = Counter()
        self._open: Bools = np.ones(len(score), dtype=bool)
        self._allowed = settings.per_artist
        self._full: Bools = np.zeros(len(score), dtype=bool)
        self._likeness = np.zeros(len(score))
        # Ties fall by lot, so that a community with one opinion of many tracks does not always hear the first.
        self._score = score + rng.uniform(0, 1e-6, len(score))
        # Thompson sampling: one draw of what each track may truly be worth (Chapelle and Li, 2011).
        self._draw = rng.normal(score, std) + std

    def next(self, *, explores: bool) -> int:
        """Return the best open row: by a draw when exploring, else by score less likeness to those before."""
        free = self._open & ~self._full
        while not free.any():
            # Candidates ran out: let every artist have one more.
            self._allowed += 1
            self._full = np.array([self._used[name] >= self._allowed for name in self._artists]) & (self._artists != "")
            free = self._open & ~self._full
        worth = self._draw if explores else self._score - self._settings.diversity * self._likeness
        row = int(np.argmax(np.where(free, worth, -np.inf)))
        self._take(row)
        return row

    def _take(self, row: int) -> None:
        self._open[row] = False
        self._likeness = np.maximum(self._likeness, self._vectors @ self._vectors[row])
        name = self._artists[row]
        if name:
            self._used[name] += 1
            if self._used[name] >= self._allowed:
                self._full |= self._artists == name
