"""Somebody at Spotify, a browser that consents there, and what a member sees of it on Discord."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp
import simcord

from bot.account_views import FIELD
from sandbox.accounts import Account
from sandbox.playlists import Playlist
from sandbox.server import Sandbox
from tests.fixtures.bot import Room

ANA_THERE = Account("ana", "ana-account", "Ana there")
BEN_THERE = Account("ben", "ben-account", "Ben there")


@dataclass
class Letterbox:
    """An outbox that keeps what is to be sent by direct message."""

    letters: list[tuple[str, int, str]] = field(default_factory=list)

    async def put_dm(self, word: str, discord_id: int, payload: Any) -> None:
        """Keep a letter, each word once."""
        if word not in [each[0] for each in self.letters]:
            self.letters.append((word, discord_id, payload.get("content", "")))


async def landing(sandbox: Sandbox, address: str, who: Account | None = ANA_THERE) -> str:
    """Consent (None: refuse) in a browser and return the address that it is sent to."""
    sandbox.accounts.logged_in = who
    async with aiohttp.ClientSession() as browser, browser.get(address, allow_redirects=False) as page:
        return page.headers["Location"]


async def visit(address: str, method: str = "GET", **headers: str) -> tuple[int, str, Any]:
    """Open an address and return status, text and headers."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.request(method, address, headers=headers, allow_redirects=False) as page,
    ):
        return page.status, await page.text(), page.headers


def lists_of(sandbox: Sandbox, account: Account) -> list[Playlist]:
    """Return the playlists that an account owns."""
    return [playlist for playlist in sandbox.spotify.playlists.all() if playlist.owner == account]


def address_in(message: Any) -> str:
    """Return the address that a message's link button leads to."""
    return next(str(child.url) for row in message.components for child in row.children if child.url)


def buttons(message: Any) -> list[str]:
    """Return the labels below a message."""
    return [child.label for row in message.components for child in row.children]


def text_of(message: Any) -> str:
    """Return all that is written in a message."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title, embed.description, embed.footer.text]
        parts += [text for each in embed.fields for text in (each.name, each.value)]
    return "\n".join(part for part in parts if part)


def answers(result: Any) -> list[Any]:
    """Return the messages that an interaction was answered with; all of them are its member's alone."""
    shown = [each for each in (result.response, *result.followups) if each is not None]
    assert all(each.ephemeral for each in shown)
    return [each.message for each in shown if each.message.content or each.message.embeds]


async def ask_to_link(room: Room, member: simcord.MemberActor) -> Any:
    """Let a member say /link, and return the message they see."""
    (message,) = answers(await member.slash(room.channel, "link"))
    return message


async def finish(member: simcord.MemberActor, message: Any, typed: str) -> list[Any]:
    """Let a member press Finish and type something; return what they are answered."""
    box = await member.click(message, label="Finish")
    return answers(await member.submit_modal(box, {FIELD: typed}))


async def link_member(room: Room, member: simcord.MemberActor, who: Account = ANA_THERE) -> list[Any]:
    """Let a member link their account by pasting; return what they are answered."""
    message = await ask_to_link(room, member)
    return await finish(member, message, await landing(room.product.sandbox, address_in(message), who))
