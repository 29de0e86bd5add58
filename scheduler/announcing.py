"""What the bot is asked to post, and how it answers: the scheduler never imports the bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.models import Pick
from scheduler.hits import HitRate


@dataclass(frozen=True, slots=True)
class AnnouncedDrop:
    """One drop in an announcement; the server's own list has `discord_id` None.

    `picks` are as that server may see them: reasons naming people of other servers are gone. `hits` tells what became
    of the owner's drops before this one, None where nobody said anything of them. `page` is
    the drop's page for everybody's eyes, empty without a public address; the announcer fills it in.
    """

    owner_name: str
    discord_id: int | None
    url: str
    picks: tuple[Pick, ...]
    note: str = ""
    hits: HitRate | None = None
    drop_id: int = 0
    page: str = ""

    @property
    def is_server(self) -> bool:
        """Tell whether this is the server's list."""
        return self.discord_id is None


class Announcer(Protocol):
    """Post or edit the one announcement of a server and week."""

    async def announce(
        self,
        week: str,
        server_id: int,
        entries: Sequence[AnnouncedDrop],
        marker: str,
        *,
        channel_id: int | None = None,
        message_id: int | None = None,
        maybe_sent: bool = False,
    ) -> int | None:
        """Return the id of the message that now shows `entries`, or None when there is nowhere to post.

        `channel_id` is where the server shares (the newest channel with a share), `message_id` the
        announcement to edit when there is one already. `maybe_sent` says that an earlier attempt may
        have got through: look for `marker` in the channel before posting. Raise when the announcement
        did not get through and is to be tried again later.
        """
        ...

    async def write_to(self, week: str, entry: AnnouncedDrop) -> None:
        """Write to somebody who wants to be told of their drop by direct message, once however often it is asked for.

        `entry` is as nobody but its owner will see it, its picks without what happened in servers.
        """
        ...
