"""A message becomes a share: the links in it are resolved and recorded. Live events and catch-up both come here."""

from dataclasses import dataclass

import discord

from bot.services import Services
from catalog.links import Link, LinkKind, find_links
from catalog.models import Track
from storage.people import Author
from storage.shares import Share

MAX_LINKS = 20  # a wall of links is read so far: each unknown track costs a call of Spotify's daily budget
TRACKS = (LinkKind.TRACK, LinkKind.SHORT)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message turned out to be.

    `share` is None when it has no track; `new` says that it was no share before; `missing` are links to
    tracks that do not exist; `others` are links to albums, playlists and artists.
    """

    share: Share | None = None
    new: bool = False
    missing: tuple[Link, ...] = ()
    others: tuple[Link, ...] = ()


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
        self._resolver = services.resolver

    async def take(self, message: discord.Message) -> Taken:
        """Make the stored share of a message equal to the links it has now; taking it twice changes nothing.

        A message that lost its links loses its share. A track whose service cannot be asked is kept as a
        placeholder. The caller holds the message's turn.
        """
        links = links_in(message)
        known = await self._shares.by_message(message.id)
        tracks, missing = await self._resolve([link for link in links if link.kind in TRACKS][:MAX_LINKS])
        others = tuple(link for link in links if link.kind not in TRACKS)
        if not tracks:
            if known:
                await self._shares.remove([message.id])
            return Taken(missing=missing, others=others)
        track_ids = [track.id for track in tracks if track.id is not None]
        if known and set(known.track_ids) == set(track_ids):
            return Taken(known, missing=missing, others=others)
        share = await self._record(message, track_ids)
        return Taken(share, new=known is None, missing=missing, others=others)

    async def _resolve(self, links: list[Link]) -> tuple[list[Track], tuple[Link, ...]]:
        tracks: dict[int | None, Track] = {}
        missing: list[Link] = []
        for link in links:
            track = await self._resolver.resolve_or_keep(link)
            if track is None:
                missing.append(link)
            else:
                tracks.setdefault(track.id, track)
        return list(tracks.values()), tuple(missing)

    async def _record(self, message: discord.Message, track_ids: list[int]) -> Share:
        if message.guild is None:
            raise ValueError("a share stands in a server")
        return await self._shares.record(
            message.guild.id, message.channel.id, message.id, author_of(message.author), track_ids, message.created_at
        )
