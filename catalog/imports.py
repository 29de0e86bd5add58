"""What members bring along from elsewhere: nouns alone, importing nothing but the models."""

from dataclasses import dataclass, field
from enum import StrEnum

from catalog.models import TrackRef


class ImportKind(StrEnum):
    """Where a list of tracks came from."""

    CSV = "csv"
    SPOTIFY = "spotify"
    LISTENBRAINZ = "listenbrainz"
    LASTFM = "lastfm"
    ACCOUNT = "account"  # the library of a linked Spotify account


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One track that somebody brought along, as their file names it.

    What a file says of a ref is not believed: anybody can write a file. `among` divides the weight, as it does for
    a message with several tracks: 1 is the full weight of an import. `plays` is 0 for what was said, not heard.
    """

    title: str = ""
    artist: str = ""
    album: str | None = None
    isrc: str | None = None
    ref: TrackRef | None = None
    mbid: str | None = None
    value: int = 1
    among: int = 1
    plays: int = 0

    @property
    def label(self) -> str:
        """Return `Artist - Title`, or whatever else names the track."""
        if self.title:
            return f"{self.artist} - {self.title}" if self.artist else self.title
        if self.ref is not None:
            return f"{self.ref.service}:{self.ref.id}"
        return self.isrc or self.mbid or "?"


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that was not understood: `place` is its number, with the file's name in an archive."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file came to: `lines` strongest first, and everything that is no line of it, in words and numbers.

    `entries` counts what was read; `left_out` says of what was understood and not taken how much and why;
    `problems` are the first of `problem_count` lines that were not understood; `notes` are sentences.
    """

    kind: ImportKind
    lines: tuple[ImportLine, ...]
    entries: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    notes: tuple[str, ...] = ()


class UnreadableFile(Exception):
    """A file cannot be imported; the message is a sentence that says what to do."""
