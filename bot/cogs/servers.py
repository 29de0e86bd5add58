"""A server's own picture and list."""

from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot import pager
from bot.answers import EVERYBODY
from bot.pace import Pace
from bot.pager import Page, PageAsk, answer_with_list
from bot.pictures.draw import draw
from bot.portraying import server_card
from bot.showing import BLUE, BackButton, attached, require_voice
from bot.text import counted
from bot.together import A_PAGE, page_count, server_list_embed

if TYPE_CHECKING:
    from bot.client import TastebudBot

SERVER = "server"
NOTHING_YET = "Nobody here has told me what they think yet: react to shared tracks with 👍 or 👎, and look again."


class ServerCog(commands.Cog, name="Server"):
    """`server` is this server as a picture: what it loves, what divides it, what only you love, and its list."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(3, 60.0)

    @commands.hybrid_command(name=SERVER, aliases=["community", "us"], extras=dict(EVERYBODY))  # type: ignore[arg-type]
    @commands.guild_only()
    async def server(self, context: commands.Context[Any]) -> None:
        """Show what this server loves and quarrels over, and its own list."""
        self._pace.take(context)
        require_voice(self.bot, context)
        async with context.typing():
            await answer_with_list(self.bot, context, SERVER, private=False, gone=NOTHING_YET)


async def server_page(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return the server's picture with the first page of its list, or a later page of the list alone."""
    if ask.server_id is None:
        return None
    services = bot.services
    portrait = await services.society.servers.of(ask.server_id, ask.asker_id)
    if not portrait.loved and not portrait.divisive:
        return None
    listed = await services.society.servers.newest_list(ask.server_id)
    embeds: list[discord.Embed] = []
    files: list[discord.File] = []
    if ask.page == 0:
        guild = bot.get_guild(ask.server_id)
        picture = await draw(server_card(portrait, guild.name if guild else "", services.clock.now()))
        embed = discord.Embed(title="What we love", colour=BLUE)
        embed.set_footer(text=f"{counted(portrait.people, 'person', 'people')} · {counted(portrait.tracks, 'track')}")
        files.append(attached(picture, embed))
        embeds.append(embed)
    if listed is not None:
        shown = listed.picks[ask.page * A_PAGE : (ask.page + 1) * A_PAGE]
        people = [
            await services.storage.people.by_discord_id(each)
            for each in dict.fromkeys(each for pick in shown for each in pick.shared_by)
        ]
        names = {person.discord_id: person.name for person in people if person and not person.opted_out}
        embeds.append(server_list_embed(listed, names, ask.page))
    pages = page_count(len(listed.picks)) if listed else 1
    return Page(embeds, pages, items=[BackButton([ask.asker_id], row=3)], files=files)


pager.register(SERVER, server_page)
