"""Which facts moved a score most: looked for among what can be said in words, each weighed by leaving it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from recommender.contributions import Lens
from recommender.dataset import Floats, Ints
from recommender.evidence import Evidence, lookup
from recommender.features import Features

if TYPE_CHECKING:
    from recommender.taste import TasteModel

LEAST_EFFECT = 0.01
"""Chance of a like that a fact must have added to be said."""

FEWEST_OF_TAG = 3
"""Own opinions on a tag from which it is called a tendency."""

MOSTLY = 0.6
"""Share of likes from which somebody tends to like something."""

NEAREST = 5
"""Neighbours in taste that are counted."""

FEWEST_RATERS = 3
"""Others who rated a track from which it is said how many liked it."""

TAGS_SAID = 4
"""Tags of a track that may be said to have moved its score: the most telling."""

CLOSEST = 3
"""Liked tracks that are looked at for each pick, those that add most first."""

SHRINK = 5.0
"""Opinions in common that a likeness of two people is shrunk by."""


class Kind(StrEnum):
    """What a fact is about."""

    ARTIST = "artist"
    TRACK = "track"
    TAG = "tag"
    DISLIKED = "disliked"
    NEIGHBOURS = "neighbours"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Mover:
    """One fact that moved a score: it added `effect` to the chance of a like.

    `liked` of `rated` are counts; `subject` is a tag or a day; `tracks` are the own opinions it is about, `places`
    those of others, as places in the evidence's opinions.
    """

    kind: Kind
    effect: float
    liked: int = 0
    rated: int = 0
    subject: str = ""
    tracks: tuple[int, ...] = ()
    places: tuple[int, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Mind:
    """What one person said: `opinions` (0 to 1) by track, `days` the word for when they said what they disliked."""

    person_id: int | None
    opinions: Mapping[int, float]
    days: Mapping[int, str] = field(default_factory=dict)

    def likes(self, track_id: int) -> bool:
        """Tell whether they like the track."""
        return self.opinions.get(track_id, 0.0) > 0.5


TagsOf = Callable[[Sequence[int]], Sequence[Sequence[str]]]
"""Names for each track what people call it, the most telling first."""


class Explainer:
    """Find what moved scores; what does not depend on the person is worked out once for a fitted model."""

    def __init__(self, model: "TasteModel", features: Features, tags_of: TagsOf) -> None:
        self._model = model
        self._features = features
        self._tags_of = tags_of
        self._evidence: Evidence = model.evidence_
        said = self._evidence.opinions
        self._by_track = np.argsort(said.track, kind="stable")
        self._tracks = said.track[self._by_track]
        self._signs = _signs(self._evidence)

    def movers(self, mind: Mind, track_ids: Sequence[int], close: Floats) -> list[list[Mover]]:
        """Return for each track what moved the person's score of it up, the most first.

        `close` (m, l) tells how alike each is to each liked track, in the order of the mind's likes by id; tracks that
        are not alike stand at 0.
        """
        lens = Lens.on(self._model, mind.person_id, self._features, track_ids)
        column = {track: place for place, track in enumerate(lens.own.tolist())}
        own = [track for track in column if track in mind.opinions]
        mine = _Own(lens, mind, column, dict(zip(own, self._tags_of(own), strict=True)), self._artists(own))
        liked = sorted(track for track in mind.opinions if mind.likes(track))
        others = self._others(lens, mind)
        found = []
        for row, (track, tags, artist) in enumerate(
            zip(track_ids, self._tags_of(track_ids), self._artists(track_ids).values(), strict=True)
        ):
            near = [liked[place] for place in np.flatnonzero(close[row] > 0).tolist()] if close.size else []
            one = [*mine.artist(row, artist), *mine.near(row, near), *mine.tags(row, tags), *mine.dislikes(row)]
            one += others.get(track, [])
            told = [mover for mover in one if mover.effect >= LEAST_EFFECT]
            found.append(sorted(told, key=lambda mover: -mover.effect))
        return found

    def raters(self, track_id: int) -> Ints:
        """Return the places, in the evidence's opinions, of what was said of a track."""
        low, high = np.searchsorted(self._tracks, [track_id, track_id + 1])
        return self._by_track[low:high]

    def nearness(self, mind: Mind) -> Floats:
        """Return how alike the person's taste and everybody's (P,) are, by what both have an opinion of."""
        keys = self._evidence.tracks.keys
        own = np.array(list(mind.opinions), dtype=np.int64)
        place = lookup(keys, own)
        signs = np.zeros(len(keys))
        values = np.array([1.0 if mind.likes(track) else -1.0 for track in mind.opinions])
        signs[place[place >= 0]] = values[place >= 0]
        common = abs(self._signs) @ abs(signs)
        alike: Floats = (self._signs @ signs) / (common + SHRINK)
        return alike

    def _artists(self, track_ids: Sequence[int]) -> dict[int, int]:
        rows = self._features.rows(np.asarray(track_ids, dtype=np.int64))
        keys = np.append(self._features.artist, -1)[rows].tolist()
        return dict(zip(track_ids, keys, strict=True))

    def _others(self, lens: Lens, mind: Mind) -> dict[int, list[Mover]]:
        """Return for each track what is to be said of others' opinions of it, of the nearest where many have one."""
        said, people = self._evidence.opinions, self._evidence.people
        alike = self.nearness(mind) if mind.opinions else np.zeros(len(people))
        heard: dict[int, tuple[Kind, Ints]] = {}
        for row, track in enumerate(lens.ids.tolist()):
            places = self.raters(track)
            places = places[people[said.person[places]] != (mind.person_id or 0)]
            near = places[np.argsort(-alike[said.person[places]], kind="stable")][:NEAREST]
            if len(places) > NEAREST and alike[said.person[near]].min() > 0:
                heard[row] = Kind.NEIGHBOURS, near
            elif len(places) >= FEWEST_RATERS:
                heard[row] = Kind.OTHERS, places
        mostly = {row: each for row, each in heard.items() if 2 * said.liked[each[1]].sum() > len(each[1])}
        effects = lens.effects_of_others(list(mostly), {row: places for row, (_, places) in mostly.items()})
        found: dict[int, list[Mover]] = {}
        for row, effect in effects.items():
            kind, places = mostly[row]
            liked = int(said.liked[places].sum())
            mover = Mover(kind, effect, liked, len(places), places=tuple(places.tolist()))
            found[int(lens.ids[row])] = [mover]
        return found


@dataclass(frozen=True, slots=True)
class _Own:
    """What a person's own opinions may be said to have done; `columns` tell where each stands in the lens."""

    lens: Lens
    mind: Mind
    columns: Mapping[int, int]
    named: Mapping[int, Sequence[str]]
    by: Mapping[int, int]

    def artist(self, row: int, artist: int) -> list[Mover]:
        tracks = [track for track, own in self.by.items() if own == artist] if artist >= 0 else []
        liked = sum(map(self.mind.likes, tracks))
        return [self._mover(Kind.ARTIST, row, tracks)] if liked and 2 * liked >= len(tracks) else []

    def near(self, row: int, tracks: Sequence[int]) -> list[Mover]:
        """Return the liked track, of those that are alike, which did most."""
        adds = self.lens.cov[row] * self.lens.alpha
        known = sorted((track for track in tracks if track in self.columns), key=lambda one: -adds[self.columns[one]])
        movers = [self._mover(Kind.TRACK, row, [track]) for track in known[:CLOSEST]]
        return [max(movers, key=lambda mover: mover.effect)] if movers else []

    def tags(self, row: int, names: Sequence[str]) -> list[Mover]:
        """Return the tag of the track, of those the person tends to like, which did most."""
        movers = []
        for name in names[:TAGS_SAID]:
            tracks = [track for track, tags in self.named.items() if name in tags]
            liked = sum(map(self.mind.likes, tracks))
            if len(tracks) >= FEWEST_OF_TAG and liked >= MOSTLY * len(tracks):
                movers.append(self._mover(Kind.TAG, row, tracks, name))
        return [max(movers, key=lambda mover: mover.effect)] if movers else []

    def dislikes(self, row: int) -> list[Mover]:
        """Return the day whose dislikes, being unlike the track, did most for it."""
        days: dict[str, list[int]] = {}
        for track, day in self.mind.days.items():
            if track in self.columns and not self.mind.likes(track):
                days.setdefault(day, []).append(track)
        movers = [self._mover(Kind.DISLIKED, row, tracks, day) for day, tracks in days.items()]
        return [max(movers, key=lambda mover: mover.effect)] if movers else []

    def _mover(self, kind: Kind, row: int, tracks: Sequence[int], subject: str = "") -> Mover:
        effect = self.lens.effect(row, [self.columns[track] for track in tracks])
        return Mover(kind, effect, sum(map(self.mind.likes, tracks)), len(tracks), subject, tuple(tracks))


def _signs(evidence: Evidence) -> sparse.csr_array:
    """Return everybody's opinions as +1 and -1 (P, T)."""
    said, keys = evidence.opinions, evidence.tracks.keys
    cells = (said.person, lookup(keys, said.track))
    return sparse.csr_array((2 * said.liked - 1, cells), shape=(len(evidence.people), len(keys)))
