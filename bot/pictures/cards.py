"""What each picture shows. Frozen and light: matplotlib is imported only once something is drawn."""

from dataclasses import dataclass

from catalog.models import Track


@dataclass(frozen=True, slots=True)
class Dimension:
    """One understandable side of a taste, such as energy: `value` and `before` from 0 to 1."""

    name: str
    value: float
    before: float | None = None

    @property
    def change(self) -> float:
        """Return how far it moved, 0 where it is not known."""
        return 0.0 if self.before is None else self.value - self.before


@dataclass(frozen=True, slots=True)
class Weighted:
    """A tag or an artist, and how much it counts beside the first of its list (0 to 1)."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class TasteCard:
    """One person's taste.

    `when` is the month it was drawn in and `since` the one it is compared with (`October`), both in words; `sentence`
    says the taste in plain words; three to nine `dimensions` make the radar; `opinions` is what it was learned from.
    """

    name: str
    when: str
    dimensions: tuple[Dimension, ...]
    tags: tuple[Weighted, ...] = ()
    sentence: str = ""
    since: str = ""
    opinions: int = 0


@dataclass(frozen=True, slots=True)
class Between:
    """One dimension of two people, each from 0 to 1."""

    name: str
    one: float
    other: float


@dataclass(frozen=True, slots=True)
class Parting:
    """A track that one of two people likes and the other does not; `one_likes` tells who."""

    track: Track
    one_likes: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two people's tastes: `alike` from 0 to 1; `shared` tracks both like, `only_one`'s and `only_other`'s counts."""

    one: str
    other: str
    alike: float
    dimensions: tuple[Between, ...]
    shared: int = 0
    only_one: int = 0
    only_other: int = 0
    both_love: tuple[Track, ...] = ()
    part: tuple[Parting, ...] = ()
    tags: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number worth showing large, with what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """How much happened in one part of a period: a day of a week, a week of a month, a month of a year."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Rated:
    """A track and how many people like and dislike it."""

    track: Track
    likes: int
    dislikes: int = 0


@dataclass(frozen=True, slots=True)
class Recap:
    """A week, month or year of a server or a person; up to four `figures`, `bars` in the order of time."""

    name: str
    period: str
    figures: tuple[Figure, ...]
    bars: tuple[Bar, ...] = ()
    tracks: tuple[Rated, ...] = ()
    artists: tuple[Weighted, ...] = ()
    tags: tuple[Weighted, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class ServerCard:
    """What a server loves most and what divides it; `only_you` is a track that only the asker likes."""

    name: str
    when: str
    loved: tuple[Rated, ...]
    divisive: tuple[Rated, ...] = ()
    people: int = 0
    tracks: int = 0
    only_you: Track | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """A playlist's cover: the same `seed` and `tags` give the same drawing; `title` and `line` stand on it."""

    seed: str
    title: str = ""
    line: str = ""
    tags: tuple[str, ...] = ()


Card = TasteCard | Comparison | Recap | ServerCard
