"""What is known of people and servers, as cards to draw. Pure: values in, cards out."""

from datetime import datetime

from bot.pictures.cards import (
    Bar,
    Between,
    Comparison,
    Dimension,
    Figure,
    Parting,
    Rated,
    Recap,
    ServerCard,
    TasteCard,
    Weighted,
)
from bot.text import counted
from scheduler.portraits import Pair, Portrait
from scheduler.portraits_server import RatedTrack, ServerPortrait
from scheduler.recaps import Look

SPELT = {"rnb": "R&B", "idm": "IDM", "ebm": "EBM", "mpb": "MPB", "uk garage": "UK garage", "opm": "OPM"}
"""Tags that people write in another way than lower case."""


def spelt(tag: str) -> str:
    """Return a tag as people write it."""
    return SPELT.get(tag, tag)


def taste_card(portrait: Portrait, name: str, now: datetime) -> TasteCard:
    """Return one person's card."""
    sketch, before = portrait.sketch, portrait.before
    heaviest = max((record.weight for record in sketch.tags), default=1.0) or 1.0
    return TasteCard(
        name=name,
        when=f"{now:%B %Y}",
        dimensions=tuple(Dimension(stand.name, stand.value, before.get(stand.key)) for stand in sketch.stands),
        tags=tuple(Weighted(spelt(record.name), record.weight / heaviest) for record in sketch.tags),
        sentence=sketch.sentence,
        since=f"{portrait.then.day} {portrait.then:%B}",
        opinions=sketch.opinions,
    )


def comparison_card(pair: Pair) -> Comparison:
    """Return two people's card."""
    return Comparison(
        one=pair.one.name,
        other=pair.other.name,
        alike=pair.alike,
        dimensions=tuple(Between(*side) for side in pair.sides),
        shared=pair.shared,
        only_one=pair.only_one,
        only_other=pair.only_other,
        both_love=pair.both,
        part=tuple(Parting(track, one_likes) for track, one_likes in pair.parting),
        tags=tuple(spelt(tag) for tag in pair.tags),
        sentence=pair.sentence,
    )


def server_card(portrait: ServerPortrait, name: str, now: datetime) -> ServerCard:
    """Return a server's card."""
    return ServerCard(
        name=name,
        when=f"{now:%B %Y}",
        loved=tuple(_rated(each) for each in portrait.loved),
        divisive=tuple(_rated(each) for each in portrait.divisive),
        people=portrait.people,
        tracks=portrait.tracks,
        only_you=portrait.only_you,
    )


def recap_card(look: Look, name: str) -> Recap:
    """Return a look back as a card."""
    figures = [Figure(f"{look.shares:,}", "share" if look.shares == 1 else "shares")]
    figures.append(Figure(f"{look.reactions:,}", "reaction" if look.reactions == 1 else "reactions"))
    if look.people > 1:
        figures.append(Figure(f"{look.people:,}", "people"))
    if look.liked is not None:
        figures.append(Figure(f"{look.liked:.0%}", "liked"))
    return Recap(
        name=name,
        period=look.span.name,
        figures=tuple(figures),
        bars=tuple(Bar(label, value) for label, value in zip(look.span.parts, look.parts, strict=True)),
        tracks=tuple(_rated(each) for each in look.tracks),
        artists=_weighted(look.artists),
        tags=_weighted(tuple((spelt(name), weight) for name, weight in look.tags)),
        sentence=_since(look),
    )


def _since(look: Look) -> str:
    """Return how the span compares with the one before, in a sentence."""
    now, then, word = look.shares, look.before, look.span.period.value
    if not then:
        return ""
    if now == then:
        return f"As much was shared as in the {word} before."
    more = "more" if now > then else "fewer"
    return f"{counted(abs(now - then), f'{more} share')} than in the {word} before it ({then:,})."


def _rated(each: RatedTrack) -> Rated:
    return Rated(each.track, each.likes, each.dislikes)


def _weighted(rows: tuple[tuple[str, float], ...]) -> tuple[Weighted, ...]:
    heaviest = max((weight for _, weight in rows), default=1.0) or 1.0
    return tuple(Weighted(name, weight / heaviest) for name, weight in rows)
