"""What a picture shows, in words: for those who cannot see it, and for Discord's search."""

from collections.abc import Iterable, Sequence
from functools import singledispatch

from bot.pictures.cards import Card, Comparison, Cover, Parting, Rated, Recap, ServerCard, TasteCard, Weighted
from bot.text import clean, counted, cut
from catalog.models import Track

NAME, TITLE = 60, 50  # characters of a name, and of a track's title
SHOWN = 3


@singledispatch
def describe(card: Card | Cover) -> str:
    """Return what the card's picture shows."""
    raise TypeError(f"{type(card).__name__} is no card.")


@describe.register
def _(card: TasteCard) -> str:
    sides = [f"{clean(each.name).lower()} {each.value:.0%}" for each in card.dimensions]
    moved = sorted((each for each in card.dimensions if each.change), key=lambda each: -abs(each.change))[:SHOWN]
    changes = [f"{'more' if each.change > 0 else 'less'} {clean(each.name).lower()}" for each in moved]
    return _told(
        f"The taste of {_name(card.name)}, {card.when}",
        clean(card.sentence),
        f"Radar: {', '.join(sides)}" if sides else "",
        f"Since {card.since or 'before'}: {', '.join(changes)}" if changes else "",
        _tags(card.tags),
    )


@describe.register
def _(card: Comparison) -> str:
    sides = [f"{clean(each.name).lower()} {each.one:.0%} and {each.other:.0%}" for each in card.dimensions]
    return _told(
        f"{_name(card.one)} and {_name(card.other)} are {card.alike:.0%} alike",
        f"Both like {counted(card.shared, 'track')}, only one of them {card.only_one:,} and {card.only_other:,}",
        clean(card.sentence),
        f"Side by side: {', '.join(sides)}" if sides else "",
        f"Both love {_tracks(card.both_love)}" if card.both_love else "",
        f"They part over {_partings(card)}" if card.part else "",
    )


@describe.register
def _(card: Recap) -> str:
    fullest = max(card.bars, key=lambda bar: bar.value, default=None)
    return _told(
        f"Recap of {_name(card.name)}, {card.period}",
        ", ".join(f"{figure.value} {figure.label}" for figure in card.figures),
        clean(card.sentence),
        f"Most happened on {fullest.label} ({fullest.value:,.0f})" if fullest and fullest.value else "",
        f"Loved most: {_rated(card.tracks)}" if card.tracks else "",
        f"Artists: {_weighted(card.artists)}" if card.artists else "",
        _tags(card.tags),
    )


@describe.register
def _(card: ServerCard) -> str:
    return _told(
        f"What {_name(card.name)} loves, {card.when}",
        f"Most loved: {_rated(card.loved)}" if card.loved else "",
        f"Most divisive: {_rated(card.divisive)}" if card.divisive else "",
        f"Only you love {_track(card.only_you)}" if card.only_you else "",
    )


@describe.register
def _(card: Cover) -> str:
    words = " ".join(part for part in (_name(card.title), _name(card.line)) if part)
    return _told(f"A playlist cover: an abstract drawing{f' with the words {words}' if words else ''}")


def _told(*sentences: str) -> str:
    return " ".join(
        sentence if sentence.endswith((".", "!", "?")) else f"{sentence}." for sentence in sentences if sentence
    )


def _name(name: str) -> str:
    return cut(clean(name), NAME)


def _track(track: Track) -> str:
    title = cut(clean(track.title), TITLE) or "a track without a name yet"
    return f"{title} by {cut(clean(track.byline), TITLE)}" if track.artists else title


def _tracks(tracks: Sequence[Track]) -> str:
    return ", ".join(_track(track) for track in tracks[:SHOWN])


def _rated(rows: Iterable[Rated]) -> str:
    return ", ".join(f"{_track(row.track)} ({row.likes} for, {row.dislikes} against)" for row in list(rows)[:SHOWN])


def _partings(card: Comparison) -> str:
    def told(each: Parting) -> str:
        return f"{_track(each.track)} (liked by {_name(card.one if each.one_likes else card.other)})"

    return ", ".join(told(each) for each in card.part[:SHOWN])


def _weighted(rows: Sequence[Weighted]) -> str:
    return ", ".join(_name(row.name) for row in rows[: 2 * SHOWN])


def _tags(rows: Sequence[Weighted]) -> str:
    return f"Tags: {_weighted(rows)}" if rows else ""
