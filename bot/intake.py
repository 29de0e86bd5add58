"""A message becomes a share: the links in it are resolved and recorded. Live events and catch-up both come here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import discord

from bot.previews import shown_in
from bot.saying import words_of
from bot.services import Services
from catalog.descriptions import Shown
from catalog.links import Link, LinkKind, find_links
from catalog.models import Service, Track, TrackRef
from catalog.resolver import Found
from storage.offers import Offer
from storage.people import Author
from storage.shares import Share

MAX_LINKS = 20  # a wall of links is read so far: each unknown track costs a call of Spotify's daily budget
TRACKS = (LinkKind.TRACK, LinkKind.SHORT)


@dataclass(frozen=True, slots=True)
class Lead:
    """A link as it was posted, and what it turned out to be."""

    link: Link
    found: Found


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message turned out to be.

    `share` is None when it has no track; `new` says that it was no share before; `missing` are links to tracks
    that do not exist; `doubts` may mean one of several tracks; `others` lead to albums, playlists and artists.
    """

    share: Share | None = None
    new: bool = False
    missing: tuple[Link, ...] = ()
    doubts: tuple[Lead, ...] = ()
    others: tuple[Lead, ...] = ()


@dataclass(slots=True)
class _Sorted:
    """The links of a message, sorted by what they turned out to be."""

    tracks: dict[int, Track] = field(default_factory=dict)
    missing: list[Link] = field(default_factory=list)
    doubts: list[Lead] = field(default_factory=list)
    others: list[Lead] = field(default_factory=list)

    def add(self, tracks: Iterable[Track]) -> None:
        """Add tracks, each once."""
        for track in tracks:
            if track.id is not None:
                self.tracks.setdefault(track.id, track)

    def place(self, link: Link, found: Found) -> None:
        """Sort a link in; a video that is none of ours is no broken link, there are so many of them."""
        if found.track is not None:
            self.add((found.track,))
        if found.near:
            self.doubts.append(Lead(link, found))
        elif found.link.kind not in TRACKS:
            self.others.append(Lead(link, found))
        elif found.broken and found.link.service is not Service.YOUTUBE:
            self.missing.append(link)


def links_in(message: discord.Message) -> list[Link]:
    """Return the links in a message's own words and in what it forwards."""
    forwarded = (snapshot.content for snapshot in message.message_snapshots)
    return find_links("\n".join((message.content, *forwarded)))


def author_of(user: discord.abc.User) -> Author:
    """Return somebody as storage names them: as this server sees them."""
    return Author(user.id, user.display_name)


class Intake:
    """Resolve the links of a message and keep the share."""

    def __init__(self, services: Services) -> None:
        self._shares = services.storage.shares
        self._offers = services.storage.offers
        self._tracks = services.storage.tracks
        self._resolver = services.resolver
        self._remember_words = services.settings.discord.remember_words

    async def foresee(self, messages: Iterable[discord.Message]) -> None:
        """Ask for the links of many messages at once, where that can be done, before each is taken."""
        await self._resolver.foresee(list(dict.fromkeys(link for message in messages for link in links_in(message))))

    async def wants_preview(self, message: discord.Message) -> bool:
        """Tell whether a message has a link that could not be read yet, and now a preview of one."""
        if not shown_in(message):
            return False
        known = await self._shares.by_message(message.id)
        tracks = await self._tracks.get(known.track_ids) if known else {}
        return not tracks or any(track.is_placeholder for track in tracks.values())

    async def take(self, message: discord.Message, *, anew: bool = False) -> Taken:
        """Make the stored share of a message equal to the links it has now; taking it twice changes nothing.

        A message that lost its links loses its share. A track whose service cannot be asked is kept as a
        placeholder. What was in doubt before is looked for again only `anew`. The caller holds the message's turn.
        """
        links = links_in(message)[:MAX_LINKS]
        known = await self._shares.by_message(message.id)
        offers = await self._offers.of_message(message.id) if links else {}
        found = await self._sort(links, offers, shown_in(message), anew=anew)
        missing, doubts, others = tuple(found.missing), tuple(found.doubts), tuple(found.others)
        if not found.tracks:
            if known:
                await self._shares.remove([message.id])
            return Taken(missing=missing, doubts=doubts, others=others)
        said = words_of(message.content) if self._remember_words else None
        if known and set(known.track_ids) == set(found.tracks) and known.said == said:
            return Taken(known, missing=missing, doubts=doubts, others=others)
        share = await self._record(message, list(found.tracks), said)
        return Taken(share, known is None, missing, doubts, others)

    async def _sort(
        self, links: Sequence[Link], offers: Mapping[str, Offer], shown: Mapping[TrackRef, Shown], *, anew: bool
    ) -> _Sorted:
        """Find out what each link is: what somebody chose for it, else what it leads to."""
        found = _Sorted()
        await self._resolver.foresee(links)
        for link in links:
            offer = offers.get(link.url)
            if offer is not None and offer.chosen:
                found.add((await self._tracks.get(offer.chosen)).values())
            else:
                found.place(link, await self._resolver.find_or_keep(link, anew=anew, shown=shown))
        return found

    async def _record(self, message: discord.Message, track_ids: list[int], said: str | None) -> Share:
        if message.guild is None:
            raise ValueError("a share stands in a server")
        author = author_of(message.author)
        return await self._shares.record(
            message.guild.id, message.channel.id, message.id, author, track_ids, message.created_at, said
        )
