"""What moved a score: how much lower it would be had a person not said some of what they said, or others of a track.

Exact, and without fitting anything again. With K the covariance of a person's own opinions, W their curvatures and
P = (K + 1/W)^-1, leaving out the opinions S takes k(x)' P_S (P_SS)^-1 alpha_S from the log-odds at x and gives back
as much variance (Rasmussen and Williams, 2006, section 5.4.2, for more than one).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recommender.dataset import Floats, Ints
from recommender.evidence import Evidence, Tally, lookup
from recommender.factors import Factors
from recommender.features import Features
from recommender.hierarchy import told
from recommender.process import Points, covariance

if TYPE_CHECKING:
    from recommender.taste import TasteModel

MOST_EXACT = 1_200
"""Own opinions up to which leaving some out is exact; of more, what they add to the log-odds is told alone."""

LEAST_VARIANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Lens:
    """One person's scores of some tracks, taken apart; rows are tracks, columns own opinions.

    `own` (n,) are the tracks of the person's opinions and `alpha` and `curvature` (n,) what they add
    and how much they tell. `cov` (m, n) is that of the
    tracks with the own opinions, `precision` (n, n) is P and `reached` (m, n) is cov @ P, both None for very many.
    `margin`, `variance` and `open_to` (m,) are the log-odds, what is left of their variance, and what it was.
    """

    model: "TasteModel"
    person_id: int | None
    ids: Ints
    points: Points
    content: Floats
    own: Ints
    own_points: Points | None
    alpha: Floats
    curvature: Floats
    cov: Floats
    precision: Floats | None
    reached: Floats
    margin: Floats
    variance: Floats
    open_to: Floats

    @classmethod
    def on(cls, model: "TasteModel", person_id: int | None, features: Features, track_ids: npt.ArrayLike) -> "Lens":
        """Return the person's scores of these tracks, taken apart."""
        ids = np.asarray(track_ids, dtype=np.int64)
        table = features.take(ids)
        content = model.space_.transform(table)
        lead = _lead(model.evidence_, person_id, ids, table.artist)
        points = model.space_.points(lead, content[:, : sum(model.space_.sizes[:2])], table.artist)
        taste = model.people_.get(person_id) if person_id is not None else None
        margin = np.hstack([lead, content]) @ model.prior_.mean
        open_to = _openness(model, points)
        if person_id is None or taste is None:
            none = np.zeros((len(ids), 0))
            return cls(
                model, person_id, ids, points, content, np.zeros(0, dtype=np.int64), None, np.zeros(0), np.zeros(0),
                none, None, none, margin, open_to, open_to,
            )  # fmt: skip
        own_points = _own(model, person_id, taste.tracks)
        cov = covariance(model.prior_.kernel, points, own_points)
        alpha = taste.alpha.astype(np.float64)
        curvature = taste.curvature.astype(np.float64)
        precision, reached, variance = None, np.zeros((len(ids), 0)), open_to
        if len(alpha) <= MOST_EXACT:
            root = np.sqrt(curvature)
            inner = covariance(model.prior_.kernel, own_points, own_points) * root[:, None] * root
            precision = np.linalg.inv(inner + np.eye(len(root))) * root[:, None] * root
            reached = cov @ precision
            variance = np.maximum(open_to - np.sum(reached * cov, axis=1), LEAST_VARIANCE)
        return cls(
            model, person_id, ids, points, content, taste.tracks, own_points, alpha, curvature, cov, precision, reached,
            margin + cov @ alpha, variance, open_to,
        )  # fmt: skip

    @property
    def scores(self) -> Floats:
        """Return the scores as the model gives them."""
        return self.model.prior_.chance(self.margin, self.variance, self._told())

    def contributions(self) -> Floats:
        """Return what each own opinion adds to the log-odds of each track (m, n)."""
        found: Floats = self.cov * self.alpha
        return found

    def effect(self, row: int, columns: Sequence[int] | Ints) -> float:
        """Return how much lower the score of that row would be without the own opinions in these columns."""
        here = np.asarray(columns, dtype=np.int64)
        if not len(here):
            return 0.0
        if self.precision is None:
            margin, variance = self.margin[row] - self.cov[row, here] @ self.alpha[here], self.variance[row]
        else:
            reached, inner = self.reached[row, here], self.precision[np.ix_(here, here)]
            lost = np.linalg.solve(inner, np.stack([self.alpha[here], reached], axis=1))
            margin, variance = self.margin[row] - reached @ lost[:, 0], self.variance[row] + reached @ lost[:, 1]
        prior, less = self.model.prior_, self._told(np.delete(self.curvature, here))
        before = prior.chance(self.margin[row : row + 1], self.variance[row : row + 1], self._told())
        return float(before[0] - prior.chance(np.array([margin]), np.array([variance]), less)[0])

    def effects_of_others(self, rows: Sequence[int], gone: Mapping[int, Ints]) -> dict[int, float]:
        """Return how much lower the scores of these rows would be without what some others said of them.

        `gone` maps a row to places in the evidence's opinions, all of them opinions of that row's track.
        """
        here = [row for row in rows if len(gone.get(row, ()))]
        if not here:
            return {}
        model, places = self.model, np.array(here)
        artist = self.points.artist[places]
        leads = []
        for row in here:
            one = slice(row, row + 1)
            less = _without(model.evidence_, gone[row])
            leads.append(_lead(less, self.person_id, self.ids[one], self.points.artist[one]))
        lead = np.vstack(leads)
        width = lead.shape[1]
        columns = np.hstack([lead, self.points.columns[places, width:]])
        points = Points(columns, self.points.places[places], artist)
        margin = np.hstack([lead, self.content[places]]) @ model.prior_.mean
        open_to = variance = _openness(model, points)
        if self.own_points is not None:
            cov = covariance(model.prior_.kernel, points, self.own_points)
            margin = margin + cov @ self.alpha
            if self.precision is not None:
                variance = np.maximum(open_to - np.sum((cov @ self.precision) * cov, axis=1), LEAST_VARIANCE)
        after = model.prior_.chance(margin, variance, self._told())
        return dict(zip(here, (self.scores[places] - after).tolist(), strict=True))

    def _told(self, curvature: Floats | None = None) -> float:
        return float(told(self.curvature if curvature is None else curvature))


def _openness(model: "TasteModel", points: Points) -> Floats:
    kernel = model.prior_.kernel
    found: Floats = points.columns**2 @ kernel.columns + kernel.artist * (points.artist >= 0) + kernel.blocks.sum()
    return found


def _lead(evidence: Evidence, person_id: int | None, ids: Ints, artist: Ints) -> Floats:
    columns = evidence.to_person(person_id, ids, artist)
    return np.hstack([np.ones((len(columns), 1)), columns])


def _own(model: "TasteModel", person_id: int, tracks: Ints) -> Points:
    place = model.shelf_.rows(tracks)
    artist = model.shelf_.artist[place]
    lead = _lead(model.evidence_, person_id, tracks, artist)
    return model.space_.points(lead, model.shelf_.columns[place], artist)


def _without(evidence: Evidence, gone: Ints) -> Evidence:
    """Return what the evidence says of one track without some opinions of it."""
    said = evidence.opinions
    weight, liked, residual = said.weight[gone], said.liked[gone], said.residual[gone]
    track, artist = said.track[gone[:1]], said.artist[gone[:1]]
    left = np.array([weight.sum()]), np.array([weight @ liked])
    place = lookup(evidence.tracks.keys, track)
    people = evidence.factors.person[said.person[gone]]
    gram = evidence.factors.gram[place] - np.einsum("i,ij,ik->jk", weight, people, people)
    moment = evidence.factors.moment[place] - (weight * residual) @ people
    return replace(
        evidence,
        tracks=_less(evidence.tracks, track, *left),
        artists=_less(evidence.artists, artist, *left) if artist[0] >= 0 else evidence.artists,
        factors=Factors(
            evidence.factors.person,
            gram.astype(np.float32),
            moment.astype(np.float32),
            evidence.factors.unit,
        ),
    )


def _less(tally: Tally, key: Ints, count: Floats, likes: Floats) -> Tally:
    before, liked = tally.at(key)
    return Tally(key, before - count, liked - likes)
