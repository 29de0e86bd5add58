"""Paged lists whose buttons work for ever: their ids hold what a page is made from; only the asker may turn it.

A cog registers how its pages are built (`register`) and answers with the first (`answer_with_list`).
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ext import commands

from bot.answers import answer_privately
from bot.apologies import Sentence, answering

if TYPE_CHECKING:
    from bot.client import TastebudBot

KIND = "[a-z-]{1,12}"
ARGUMENT = "[^:]{0,24}"  # with the longest of everything else an id has 97 of Discord's 100 characters
MOST_PAGES = 999
NOT_YOUR_LIST = "That is somebody else's list: the same command shows you yours."
GONE = "That list is not there any more: use the command again."


@dataclass(frozen=True, slots=True)
class PageAsk:
    """Which page is wanted by whom: Discord's ids of the asker and the server, what the list is about, from 0.

    The server is None for a list that was opened in private.
    """

    asker_id: int
    server_id: int | None
    argument: str
    page: int


@dataclass(frozen=True, slots=True)
class Page:
    """What to show: embeds, buttons of the page's own (rows 0 to 3), how many pages the list has, and pictures."""

    embeds: Sequence[discord.Embed]
    pages: int = 1
    items: Sequence[discord.ui.Item[Any]] = field(default=())
    files: Sequence[discord.File] = field(default=())
    content: str = ""


PageBuilder = Callable[["TastebudBot", PageAsk], Awaitable[Page | None]]
"""Build one page, or None where the list is not there (any more); a page past the end shows the last one."""

_BUILDERS: dict[str, PageBuilder] = {}


def register(kind: str, build: PageBuilder) -> None:
    """Let lists of this kind (lower case and dashes, at most 12 characters) be built by `build`."""
    if not re.fullmatch(KIND, kind):
        raise ValueError(f"{kind!r} does not name a kind of list")
    _BUILDERS[kind] = build


async def page_shown(bot: "TastebudBot", kind: str, ask: PageAsk) -> tuple[Page, discord.ui.View] | None:
    """Return a page with its buttons, or None where the list is not there."""
    build = _BUILDERS.get(kind)
    if build is None or (page := await build(bot, ask)) is None:
        return None
    last = min(max(page.pages, 1), MOST_PAGES) - 1
    number = min(max(ask.page, 0), last)
    if number != ask.page:
        ask = PageAsk(ask.asker_id, ask.server_id, ask.argument, number)
        if (page := await build(bot, ask)) is None:
            return None
    return page, _view(kind, ask, page, last)


async def answer_with_list(
    bot: "TastebudBot",
    context: commands.Context[Any],
    kind: str,
    argument: str = "",
    *,
    page: int = 0,
    private: bool = True,
    gone: str = GONE,
) -> None:
    """Answer a command with a page of a list; raise Sentence(gone) where there is none."""
    server_id = context.guild.id if context.guild else None
    shown = await page_shown(bot, kind, PageAsk(context.author.id, server_id, argument, page))
    if shown is None:
        raise Sentence(gone)
    found, view = shown
    what: dict[str, Any] = {"content": found.content or None, "embeds": found.embeds, "files": found.files}
    what |= {"view": view} if view.children else {}
    if private:
        await answer_privately(context, **what)
    else:
        await context.send(**{name: part for name, part in what.items() if part})


class TurnButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tb:list:(?P<kind>{KIND}):(?P<argument>{ARGUMENT}):(?P<page>[0-9]{{1,3}}):(?P<way>back|on)"
    r":(?P<asker>[0-9]{15,20}):(?P<server>[0-9]{1,20})",
):
    """Turn the page of a list; only who asked for it may."""

    def __init__(self, kind: str, ask: PageAsk, way: str, *, disabled: bool = False) -> None:
        """`ask` is the page that the button leads to."""
        super().__init__(
            discord.ui.Button(
                label="Back" if way == "back" else "More",
                emoji="◀️" if way == "back" else "▶️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:list:{kind}:{ask.argument}:{ask.page}:{way}:{ask.asker_id}:{ask.server_id or 0}",
                disabled=disabled,
                row=4,
            )
        )
        self.kind = kind
        self.ask = ask

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id what the page is made from."""
        server_id = int(match["server"]) or None
        ask = PageAsk(int(match["asker"]), server_id, match["argument"], int(match["page"]))
        return cls(match["kind"], ask, match["way"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show that page in place of this one."""
        if interaction.user.id != self.ask.asker_id:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await self._turn(interaction)

    async def _turn(self, interaction: discord.Interaction[Any]) -> None:
        if not await _may_see(interaction, self.ask.server_id):
            raise Sentence(GONE)
        shown = await page_shown(interaction.client, self.kind, self.ask)
        if shown is None:
            raise Sentence(GONE)
        page, view = shown
        await interaction.edit_original_response(
            content=page.content or None, embeds=list(page.embeds), attachments=list(page.files), view=view
        )


PAGER_ITEMS = (TurnButton,)


async def _may_see(interaction: discord.Interaction[Any], server_id: int | None) -> bool:
    """Tell whether the asker is in the server that the list was opened in: its id may be forged."""
    if server_id is None or server_id == interaction.guild_id:
        return True
    guild = interaction.client.get_guild(server_id)
    if guild is None:
        return False
    try:
        return guild.get_member(interaction.user.id) is not None or bool(await guild.fetch_member(interaction.user.id))
    except discord.NotFound:
        return False


def _view(kind: str, ask: PageAsk, page: Page, last: int) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for item in page.items:
        view.add_item(item)
    if last > 0:
        for way, number in (("back", max(ask.page - 1, 0)), ("on", min(ask.page + 1, last))):
            there = PageAsk(ask.asker_id, ask.server_id, ask.argument, number)
            view.add_item(TurnButton(kind, there, way, disabled=number == ask.page))
    return view
