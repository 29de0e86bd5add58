"""The tracks of a message that somebody points at."""

import re
from typing import TYPE_CHECKING

from bot.apologies import Sentence
from catalog.models import Track
from storage.shares import Share

if TYPE_CHECKING:
    from bot.services import Services

NO_SHARE = "I know of no track in that message: it must have a link to one, in a channel that I listen in."
_MESSAGE = re.compile(
    r"<?https://(?:\w+\.)?discord(?:app)?\.com/channels/(?P<server>[0-9]{15,20})/[0-9]{15,20}/(?P<message>[0-9]{15,20})/?>?"
)


async def share_of(services: "Services", message_id: int, server_id: int | None) -> Share:
    """Return the share that a message of this server is; raise Sentence where it is none."""
    share = await services.storage.shares.by_message(message_id)
    if share is None or server_id is None or share.server_id != server_id or not share.track_ids:
        raise Sentence(NO_SHARE)
    return share


async def tracks_of(services: "Services", share: Share) -> list[Track]:
    """Return the tracks of a share in the order they stand there."""
    found = await services.storage.tracks.get(share.track_ids)
    return [found[track_id] for track_id in share.track_ids if track_id in found]


def message_link(text: str, server_id: int) -> int | None:
    """Return the id of the message that a link leads to, None for what is no link to a message of this server."""
    match = _MESSAGE.fullmatch(text.strip())
    return int(match["message"]) if match and int(match["server"]) == server_id else None
