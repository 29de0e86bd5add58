"""Count what was said and heard of each track, and weigh it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from catalog.imports import ImportKind, ImportLine, Problem, Understood, UnreadableFile
from catalog.imports_cells import opinion_of
from catalog.matching import normalise_isrc
from catalog.models import TrackRef

MOST_TRACKS = 200_000  # told apart while reading: 100 MB of memory at the worst, and nobody was seen to have more
MOST_PROBLEMS = 20
MOST_LETTERS = 300
TWICE = 2
"""Plays at which a track counts: one is what a shuffle played, two is a choice."""

# Plays and what their weight is divided by: many plays say as much as a word.
PLAYS_AMONG = ((20, 1), (8, 2), (4, 3), (TWICE, 4))
FADES_YEARS = 3.0
"""Age of the last play at which it counts half: what was loved at school is not what is loved now."""

MOST_AMONG = 16
YEAR_MS = 365.25 * 86_400_000

LETTERS = "its letters cannot be read"
NAMELESS = "it names no track"
ONCE = "heard once only"
SKIPPED = "skipped within 30 seconds"
TOO_MANY = "beyond those you play most"
SPOKEN = "podcasts, audiobooks and videos"
NO_OPINION = "with no opinion"
BY_ID = "opinions that name their track by an id"


@dataclass(slots=True)
class Entry:
    """One thing that a file tells of a track: `value` is what was said (+1 or -1), None where it was only heard.

    `rating` is what was said in points, whose scale shows at the end; `plays` counts listens; `at` is milliseconds;
    `among` divides the weight of what was said.
    """

    title: str = ""
    artist: str = ""
    album: str | None = None
    isrc: str | None = None
    ref: TrackRef | None = None
    mbid: str | None = None
    value: int | None = None
    rating: float | None = None
    plays: int = 0
    at: int | None = None
    among: int = 1
    kind: ImportKind = ImportKind.CSV


@dataclass(frozen=True, slots=True)
class Left:
    """An entry that was understood and is not taken, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """An entry that was not understood, and why."""

    why: str


Reading = Entry | Left | Wrong


class Tally:
    """Gather entries, a track each; bounded whatever comes."""

    def __init__(self) -> None:
        self._tracks: dict[object, Entry] = {}
        self._kinds: Counter[ImportKind] = Counter()
        self._left: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._wrong = 0
        self._points: list[float] = []  # the lowest and the highest rating
        self.entries = 0
        self.notes: list[str] = []

    def add(self, reading: Reading, place: str) -> None:
        """Count one more entry."""
        self.entries += 1
        if isinstance(reading, Entry):
            reading = _checked(reading)
        if isinstance(reading, Wrong):
            self._wrong += 1
            if len(self._problems) < MOST_PROBLEMS:
                self._problems.append(Problem(place, reading.why))
        elif isinstance(reading, Left):
            self._left[reading.why] += 1
        else:
            self._count(reading)

    def understood(self, now: datetime, most: int) -> Understood:
        """Return what it all came to: at most so many lines, what was said first, then what was heard most.

        Raises:
            UnreadableFile: nothing in it tells of a track that counts.
        """
        left = self._left + self._judge()
        kept = [entry for entry in self._tracks.values() if entry.value is not None or entry.plays >= TWICE]
        left += Counter({ONCE: sum(entry.plays == 1 and entry.value is None for entry in self._tracks.values())})
        kept.sort(key=lambda entry: (entry.value is None, -entry.plays, -(entry.at or 0)))
        left += Counter({TOO_MANY: max(len(kept) - most, 0)})
        if not kept:
            raise UnreadableFile(self._nothing(left))
        now_ms = round(now.timestamp() * 1000)
        return Understood(
            kind=self._kinds.most_common(1)[0][0],
            lines=tuple(_line(entry, now_ms) for entry in kept[:most]),
            entries=self.entries,
            left_out=dict(left),
            problems=tuple(self._problems),
            problem_count=self._wrong,
            notes=tuple(self.notes),
        )

    def _judge(self) -> Counter[str]:
        """Turn ratings into opinions, now that their scale is known; return how many are none."""
        rated = [entry for entry in self._tracks.values() if entry.rating is not None]
        for entry in rated:
            entry.value = opinion_of(entry.rating or 0.0, *self._points)
        return Counter({NO_OPINION: sum(entry.value is None and not entry.plays for entry in rated)})

    def _count(self, entry: Entry) -> None:
        self._kinds[entry.kind] += 1
        if entry.rating is not None:
            self._points = (
                [min(entry.rating, *self._points), max(entry.rating, *self._points)]
                if self._points
                else [entry.rating, entry.rating]
            )
        key = _key(entry)
        known = self._tracks.get(key)
        if known is not None:
            _add(known, entry)
        elif len(self._tracks) < MOST_TRACKS:
            self._tracks[key] = entry
        else:
            self._left[TOO_MANY] += 1

    def _nothing(self, left: Counter[str]) -> str:
        if self._problems:
            first = self._problems[0]
            return (
                f"I understood nothing in that file ({first.place}: {first.why}). "
                "In a CSV, name the columns in the first line: title, artist, opinion, and isrc or link."
            )
        if left:
            why = "; ".join(f"{count:,} {reason}" for reason, count in left.most_common(2) if count)
            return f"Nothing in that file tells what you like: {why}."
        return "That file has no tracks in it."


def _checked(entry: Entry) -> Reading:
    """Return the entry with its texts in order, or why it is none."""
    entry.title, entry.artist = _short(entry.title), _short(entry.artist)
    entry.album = _short(entry.album or "") or None
    entry.isrc = normalise_isrc(entry.isrc)
    named = bool(entry.title and entry.artist)
    if not (named or entry.ref or entry.isrc or entry.mbid):
        return Wrong(NAMELESS if not entry.title else "it names no artist")
    return Wrong(LETTERS) if "\ufffd" in entry.title + entry.artist else entry


def _short(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:MOST_LETTERS]


def _key(entry: Entry) -> object:
    if entry.title and entry.artist:
        return entry.title.casefold(), entry.artist.casefold()
    return entry.ref or entry.isrc or entry.mbid


def _add(known: Entry, entry: Entry) -> None:
    """Add what is told once more of a track; the word said last stands, as far as that is known."""
    newer = (entry.at or 0) >= (known.at or 0)
    if entry.value is not None and (known.value is None or newer):
        known.value, known.among = entry.value, entry.among
    if entry.rating is not None and (known.rating is None or newer):
        known.rating = entry.rating
    known.plays += entry.plays
    known.at = max(known.at or 0, entry.at or 0) or None
    known.album, known.isrc = known.album or entry.album, known.isrc or entry.isrc
    known.ref, known.mbid = known.ref or entry.ref, known.mbid or entry.mbid


def _line(entry: Entry, now_ms: int) -> ImportLine:
    said = entry.value is not None
    among = entry.among if said else next(among for plays, among in PLAYS_AMONG if entry.plays >= plays)
    if not said and entry.at is not None:
        among = round(among * 2 ** (max(now_ms - entry.at, 0) / YEAR_MS / FADES_YEARS))
    return ImportLine(
        title=entry.title,
        artist=entry.artist,
        album=entry.album,
        isrc=entry.isrc,
        ref=entry.ref,
        mbid=entry.mbid,
        value=1 if entry.value is None else entry.value,
        among=min(max(among, 1), MOST_AMONG),
        plays=entry.plays,
    )
