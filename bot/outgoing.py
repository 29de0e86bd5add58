"""Send what waits in the outbox: at our own pace, each message once, and none where nobody wants it."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from aiolimiter import AsyncLimiter

from catalog.clock import Clock
from storage.outbox import CLOSED, DM, Letter, OutboxState
from storage.stores import Storage

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

A_SECOND = 45
"""Messages a second: Discord takes 50 requests of a bot, and discord.py has no limit of its own over all of them."""

A_PASS = 200
"""Messages of one pass; a tick goes on with the rest."""

TOO_FAST = 40003
"""Discord's code for a bot that opens direct messages too fast: the first sign of a quarantine."""

STOPPED = "discord-dm"
"""The line in the ledger of pauses that keeps all direct messages back."""

REST = timedelta(days=1)
"""How long all direct messages rest after such a sign."""

LOOK_BACK = 50
"""Messages read back to find one that may have arrived."""

LOOSE = timedelta(hours=1)
"""How far Discord's clock and ours may be apart."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)

Place = discord.abc.Messageable


class Outgoing:
    """Take every message as far as it can go; whatever stops a pass, the next one goes on from the rows."""

    def __init__(self, storage: Storage, clock: Clock, limiter: AsyncLimiter | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._limiter = limiter or AsyncLimiter(1, 1 / A_SECOND)

    async def run(self, bot: "TastebudBot") -> int:
        """Send what is due and return how many messages got through."""
        await self._storage.outbox.clear_old()
        sent = 0
        for letter in await self._storage.outbox.due(A_PASS):
            if letter.kind == DM and await self._rests(letter):
                continue
            sent += await self._send(bot, letter)
        return sent

    async def _rests(self, letter: Letter) -> bool:
        """Tell whether a direct message has to wait, or is not to be sent at all."""
        if await self._storage.outbox.closed_to_us(letter.place_id):
            await self._storage.outbox.dropped(letter, CLOSED)
            return True
        return await self._storage.quota.paused_until(STOPPED) is not None

    async def _send(self, bot: "TastebudBot", letter: Letter) -> bool:
        """Send one message, or look for it where it may have arrived; tell whether it stands."""
        try:
            place = await _place(bot, letter)
            if letter.state is OutboxState.SENDING and (found := await self._find(bot, place, letter)):
                await self._storage.outbox.sent(letter, found)
                return True
            await self._storage.outbox.sending(letter)  # the guard of the one who leads stands before it
            async with self._limiter:
                message = await place.send(**_content(letter), nonce=letter.nonce)
        except discord.HTTPException as error:
            await self._refused(letter, error)
            return False
        except (OSError, TimeoutError, discord.DiscordException) as error:
            await self._again(letter, error, arrived=None)  # nobody knows: it is looked for next time
            return False
        await self._storage.outbox.sent(letter, message.id)
        if letter.kind != DM and any(each.name == _closed(letter) for each in await self._storage.troubles.all()):
            await self._storage.troubles.over(_closed(letter))
        return True

    async def _find(self, bot: "TastebudBot", place: Place, letter: Letter) -> int | None:
        """Return our own message that says the same and is no other letter's, or None."""
        wanted = _said(letter.payload.get("content", ""), letter.payload.get("embeds", ()))
        others = await self._storage.outbox.messages_at(letter.place_id)
        async for message in place.history(limit=LOOK_BACK):
            if message.author != bot.user or message.id in others or message.created_at < letter.made_at - LOOSE:
                continue
            if _said(message.content, [embed.to_dict() for embed in message.embeds]) == wanted:
                return message.id
        return None

    async def _refused(self, letter: Letter, error: discord.HTTPException) -> None:
        if letter.kind == DM and error.code in (TOO_FAST, CLOSED):
            await self._storage.quota.pause(STOPPED, self._clock.now() + REST, f"Discord's code {error.code}")
            log.warning("Discord stopped a direct message (code %d): all of them rest for a day.", error.code)
        if error.code == TOO_FAST or error.status == 429 or error.status >= 500:
            await self._again(letter, error, arrived=None if error.status >= 500 else False)
            return
        if letter.kind != DM:
            await self._report(letter, error)
        await self._storage.outbox.dropped(letter, error.code)

    async def _again(self, letter: Letter, error: Exception, *, arrived: bool | None) -> None:
        wait = min(FIRST_WAIT * 2 ** min(letter.tries, 9), LONGEST_WAIT)
        log.info("A message could not be sent, it is tried again in %s: %s", wait, type(error).__name__)
        await self._storage.outbox.later(letter, wait, arrived=arrived)

    async def _report(self, letter: Letter, error: discord.HTTPException) -> None:
        """Say once that a channel is closed to us, to the log and to the owner."""
        sentence = (
            f"Channel {letter.place_id} of server {letter.server_id} cannot be written in "
            f"({error.text or error.status}): let the bot write there, or choose another channel."
        )
        log.warning("%s", sentence)
        await self._storage.troubles.keep(_closed(letter), sentence)


async def _place(bot: "TastebudBot", letter: Letter) -> Place:
    if letter.kind == DM:
        return await bot.create_dm(discord.Object(letter.place_id))
    channel = bot.get_channel(letter.place_id) or await bot.fetch_channel(letter.place_id)
    if not isinstance(channel, discord.abc.Messageable):
        raise discord.ClientException(f"Channel {letter.place_id} takes no messages.")
    return channel


def _closed(letter: Letter) -> str:
    """Return the name of the trouble that a channel is closed to us."""
    return f"channel {letter.place_id}"


def _said(content: str, embeds: Sequence[Any]) -> tuple[str, ...]:
    """Return what people read of a message; Discord adds to embeds what nobody wrote."""
    return (content, *(f"{embed.get('title', '')}\n{embed.get('description', '')}" for embed in embeds))


def _content(letter: Letter) -> dict[str, Any]:
    embeds = [discord.Embed.from_dict(each) for each in letter.payload.get("embeds", ())]
    return {"content": letter.payload.get("content") or None, "embeds": embeds}
