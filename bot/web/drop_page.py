"""What a drop's page shows: read from storage, with nothing in it about anybody but its owner."""

from dataclasses import dataclass, replace
from datetime import date

from bot.pictures.cards import Cover
from bot.text import clean
from bot.web.links import Sight
from catalog.models import Pick
from scheduler.privacy import visible_in
from storage.drops import Drop
from storage.stores import Storage

NAME = 80  # characters of a name
SOMEBODY = "Somebody"

# How reasons begin that speak of the reader and of music; all others may name members, and stay in their server.
IMPERSONAL = (
    "a wildcard",
    "you liked",
    "you tend to like",
    "less like what you disliked",
    "most who rated it",
    *(f"{count} of your {rated} nearest neighbours" for rated in range(2, 6) for count in range(1, rated + 1)),
    "close to",
    "heard by",
    "heard beside",
    "a neighbour of",
    "related to",
    "played beside",
    "by ",
    "found by",
    "picked from",
    "estimated at",
)
FROM_YOUR_SERVER = "liked or shared by people you share music with"


@dataclass(frozen=True, slots=True)
class DropPage:
    """One drop as its page shows it; `number` is the week's, `made` the day it was written."""

    name: str
    is_server: bool
    week: str
    made: date
    picks: tuple[Pick, ...]
    note: str = ""
    playlist: str = ""
    seed: str = ""

    @property
    def title(self) -> str:
        """Return the list's name."""
        return f"{self.name}: the list of us all" if self.is_server else f"{self.name}’s list"

    @property
    def when(self) -> str:
        """Return its week in words."""
        year, _, number = self.week.partition("-W")
        return f"week {int(number)} of {year}"

    @property
    def cover(self) -> Cover:
        """Return its cover: a person's keep their colours and change their drawing."""
        owner, _, _ = self.seed.partition(":")
        return Cover(self.seed, self.name, self.when.partition(" of ")[0], (owner,))


async def load_page(storage: Storage, drop: Drop, sight: Sight) -> DropPage | None:
    """Return a drop's page, or None while it is not written or once its owner wants to be left alone."""
    if drop.written_at is None:
        return None
    name = await _owner(storage, drop)
    if name is None:
        return None
    playlist = await storage.playlists.shown(drop.owner)
    holds = playlist is not None and playlist.written_week in (None, drop.week)  # else it holds another week's by now
    picks = await storage.drops.picks(drop.id)
    return DropPage(
        name=clean(name)[:NAME] or SOMEBODY,
        is_server=drop.owner.kind == "server",
        week=drop.week,
        made=drop.written_at.date(),
        picks=tuple(seen(pick, sight) for pick in picks),
        note=clean(drop.note) if sight is Sight.MINE else "",
        playlist=(playlist.url if playlist and holds else None) or "",
        seed=f"{drop.owner.kind}{drop.owner.id}:{drop.week}",
    )


def seen(pick: Pick, sight: Sight) -> Pick:
    """Return a pick without what others did, and for a link that is posted without what its owner did."""
    plain = visible_in(pick, None)
    if sight is Sight.DROP:
        return replace(plain, reasons=(), shared_by=(), explores=False)
    if plain.reasons == pick.reasons:
        return replace(plain, shared_by=())
    kept = tuple(reason for reason in pick.reasons if reason.startswith(IMPERSONAL))
    return replace(plain, reasons=kept or (FROM_YOUR_SERVER,), shared_by=())


async def _owner(storage: Storage, drop: Drop) -> str | None:
    """Return the owner's name, or None where there is nobody to show it for."""
    if drop.owner.kind == "person":
        person = (await storage.people.get([drop.owner.id])).get(drop.owner.id)
        return None if person is None or person.opted_out else person.name
    return next((server.name for server in await storage.servers.all() if server.id == drop.owner.id), None)
