"""Feedback to judge by, in one plain form: a folder with `feedback.csv` and `tracks.csv`.

feedback.csv: `user,track,liked` (1 or 0), sometimes `at` (unix seconds). tracks.csv: `track`, sometimes `title`,
`artist` and `tags` (`name:weight|name:weight`); every other column of numbers is a feature, empty where missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from recommender.dataset import Dataset, Floats, Ints
from recommender.features import Features

FEEDBACK, TRACKS = "feedback.csv", "tracks.csv"
NUMBERS = "numbers"
"""The block that all features of a folder make."""

TOLD = ("track", "title", "artist", "tags")
"""Columns of tracks.csv with a meaning of their own: the others are features."""

NAMED = ("user", "liked", "at", *TOLD)

FEWEST_TAGGED = 3
"""A tag of fewer tracks ties nothing together."""


class BadFolder(ValueError):
    """A folder that cannot be judged by; the message says what to put right."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Opinions to judge by: columns (N,) of user, track and liked, and what is known of the tracks.

    `at` (N,) is in unix seconds, NaN where unknown; `tags` (T, m) and the names of `artists` (T,), empty where unknown,
    stand in the order of `features.track_ids`.
    """

    name: str
    person: Ints
    track: Ints
    liked: Floats
    at: Floats
    features: Features
    tags: sparse.csr_array
    artists: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of opinions."""
        return len(self.liked)

    @property
    def people(self) -> Ints:
        """Return the people's ids, sorted."""
        return np.unique(self.person)

    def dataset(self, rows: npt.NDArray[np.intp]) -> Dataset:
        """Return some of the opinions, each as a reaction of today."""
        rows = rows[np.lexsort((self.track[rows], self.person[rows]))]
        people, person = np.unique(self.person[rows], return_inverse=True)
        tracks, track = np.unique(self.track[rows], return_inverse=True)
        sure = np.ones(len(rows))
        return Dataset(people, tracks, person, track, self.liked[rows], sure, sure.astype(bool))


def read(folder: Path) -> Corpus:
    """Read a folder.

    Raises:
        BadFolder: it is not there or not in the plain form.
    """
    if not folder.is_dir():
        raise BadFolder(f"There is no folder '{folder}': name one that holds {FEEDBACK} and {TRACKS}.")
    feedback, tracks = _table(folder / FEEDBACK), _table(folder / TRACKS)
    _need(folder / FEEDBACK, feedback, ("user", "track", "liked"))
    _need(folder / TRACKS, tracks, ("track",))
    _check_liked(folder / FEEDBACK, feedback)
    feedback, tracks = _same_ids(feedback, tracks)
    tracks = tracks.drop_duplicates("track", keep="last")
    feedback = feedback.drop_duplicates(["user", "track"], keep="last")
    known = feedback.track.isin(tracks.track)
    if not known.any():
        raise BadFolder(f"No track of {folder / FEEDBACK} stands in {folder / TRACKS}: they belong to different data.")
    return _corpus(folder.resolve().name, feedback[known], tracks)


def _table(path: Path) -> pd.DataFrame:
    try:
        # Ids and words are told from numbers by the whole column, and a mark of the byte order is no part of a name.
        table = pd.read_csv(path, low_memory=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadFolder(
            f"There is no {path.name} in '{path.parent}': evaluate needs {FEEDBACK} and {TRACKS}."
        ) from error
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadFolder(f"{path} cannot be read as CSV: {' '.join(str(error).split())}.") from error
    return table.rename(columns=lambda column: column if (plain := str(column).strip().lower()) not in NAMED else plain)


def _same_ids(feedback: pd.DataFrame, tracks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with tracks' ids as whole numbers where all of them are, else as words."""
    if all(pd.api.types.is_integer_dtype(table.track) for table in (feedback, tracks)):
        return feedback, tracks
    words = [table.assign(track=table.track.astype(str).str.strip()) for table in (feedback, tracks)]
    return words[0], words[1]


def _numbers(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of features; what is no number in them is unknown, and a column without any is left out."""
    columns = {
        str(name): pd.to_numeric(column, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)
        for name, column in tracks.items()
        if name not in TOLD
    }
    return pd.DataFrame({name: column for name, column in columns.items() if column.notna().any()}, index=tracks.index)


def _need(path: Path, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise BadFolder(
            f"{path} has no column {' and no '.join(missing)}: its first line must name {','.join(columns)}."
        )
    if not len(table):
        raise BadFolder(f"{path} has no rows.")
    if (empty := table[list(columns)].isna().any(axis=1)).any():
        # The first line is the header, and people count from 1.
        raise BadFolder(f"{path}, line {int(np.flatnonzero(empty)[0]) + 2}: {', '.join(columns)} must all be given.")


def _check_liked(path: Path, feedback: pd.DataFrame) -> None:
    liked = pd.to_numeric(feedback.liked, errors="coerce")
    wrong = np.flatnonzero(~liked.isin([0, 1]))
    if len(wrong):
        said = feedback.liked.iloc[wrong[0]]
        raise BadFolder(f"{path}, line {int(wrong[0]) + 2}: liked is {str(said)!r}, and must be 1 or 0.")


def _corpus(name: str, feedback: pd.DataFrame, tracks: pd.DataFrame) -> Corpus:
    # Ids may be words; numbers stay as they are, so that what is drawn by them can be drawn again elsewhere.
    numbers_alone = pd.api.types.is_integer_dtype(feedback.user) and feedback.user.min() >= 0
    users = feedback.user if numbers_alone else pd.factorize(feedback.user.astype(str), sort=True)[0]
    if not pd.api.types.is_integer_dtype(tracks.track):
        place = {track: number for number, track in enumerate(sorted(tracks.track.astype(str)))}
        tracks = tracks.assign(track=tracks.track.astype(str).map(place))
        feedback = feedback.assign(track=feedback.track.astype(str).map(place))
    tracks = tracks.sort_values("track")
    numbers = _numbers(tracks)
    artist = pd.factorize(tracks.artist)[0] if "artist" in tracks else np.full(len(tracks), -1)
    features = Features(
        tracks.track.to_numpy(np.int64),
        numbers.to_numpy(float),
        tuple(f"{NUMBERS}.{column}" for column in numbers),
        {NUMBERS: slice(0, numbers.shape[1])},
        np.asarray(artist, dtype=np.int64),
    )
    at = pd.to_numeric(feedback["at"], errors="coerce").to_numpy(float) if "at" in feedback else np.nan
    return Corpus(
        name,
        np.asarray(users, dtype=np.int64),
        feedback.track.to_numpy(np.int64),
        feedback.liked.to_numpy(float),
        np.broadcast_to(at, len(feedback)),
        features,
        _tags(_words(tracks, "tags")),
        tuple(_words(tracks, "artist")),
    )


def _words(tracks: pd.DataFrame, column: str) -> list[str]:
    return tracks[column].fillna("").astype(str).tolist() if column in tracks else [""] * len(tracks)


def _tags(column: Sequence[str]) -> sparse.csr_array:
    """Return tags as rows of unit length (T, m): log-counts, each tag by how rare it is."""
    names: dict[str, int] = {}
    cells: list[tuple[int, int, float]] = []
    for row, text in enumerate(column):
        for each in filter(None, text.split("|")):
            name, _, count = each.rpartition(":")
            weight = float(count) if name and count.replace(".", "", 1).isdigit() else 1.0
            cells.append((row, names.setdefault((name or each).strip().casefold(), len(names)), np.log1p(weight)))
    place, weights = np.array([cell[:2] for cell in cells], dtype=np.int64).reshape(-1, 2), [cell[2] for cell in cells]
    table = sparse.csr_array((np.array(weights), (place[:, 0], place[:, 1])), shape=(len(column), len(names)))
    tagged = np.diff(sparse.csc_array(table).indptr)
    kept = np.flatnonzero(tagged >= FEWEST_TAGGED)
    rare = table[:, kept] @ sparse.diags_array(np.log(max(len(column), 1) / tagged[kept]))
    length = np.sqrt(rare.multiply(rare).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-9)) @ rare)
