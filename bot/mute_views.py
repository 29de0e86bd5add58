"""What somebody said is not their taste: how it is told, the menu of which track, and the button that undoes it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import Sentence, answering
from bot.coming_views import chosen_ids
from bot.embeds import GREEN, track_name
from bot.intake import author_of
from bot.pager import NOT_YOUR_LIST, Page, PageAsk, page_shown, register
from bot.shared import share_of
from bot.text import clean, counted, cut
from bot.views import ASKER
from catalog.models import Track
from storage.mutes import Mute, Scope

if TYPE_CHECKING:
    from bot.client import TastebudBot

MUTED = "muted"
A_PAGE = 5
ALL = 0  # the value of the menu that means every track
OPTION = 100  # Discord's limit
MOST_OPTIONS = 25
NUMBER = "(?P<number>[0-9]{1,18})"
MESSAGE = "(?P<message>[0-9]{15,20})"
PLACE = "(?P<page>[0-9]{1,3}|only)"
ONLY = "only"  # in place of a page: the button stands alone under the answer

LEFT_OUT = "🙈 Not your taste: {what}. {count} left out of what I learn, and nothing of it is deleted."
FROM_NOW = " What you say there from now on is left out too."
BACK = "↩️ It counts again: {what}."
NOTHING_SAID = "You have said nothing of that, so none of it counts. If you do not like it, say 👎."
NOTHING_IN_WEEK = "You have said nothing in the last week, so there is nothing to leave out."
NOT_THERE = "That is undone already."
SILENT = "You asked to be left alone, so I learn nothing from you anyway."


class UnmuteButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:unmute:{NUMBER}:{PLACE}:{ASKER}"):
    """Let something of one's own count again."""

    def __init__(self, number: int, page: str, asker: int, label: str = "Undo") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                emoji="↩️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:unmute:{number}:{page}:{asker}",
                row=0,
            )
        )
        self.number = number
        self.page = page
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id what to undo."""
        return cls(int(match["number"]), match["page"], int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Undo it, and show what is left."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            bot = interaction.client
            gone = await bot.services.storage.mutes.undo(self.number, interaction.user.id)
            if gone is None:
                raise Sentence(NOT_THERE)
            said = BACK.format(what=await in_words(bot, gone.scope))
            left = None
            if self.page != ONLY:
                ask = PageAsk(self.asker, interaction.guild_id, "", int(self.page))
                left = await page_shown(bot, MUTED, ask)
            embeds, view = (list(left[0].embeds), left[1]) if left else ([], None)
            await interaction.edit_original_response(content=said, embeds=embeds, view=view)


class MuteMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tb:mute:{MESSAGE}:{ASKER}"):
    """Choose which track of a message is not one's taste."""

    def __init__(self, message_id: int, asker: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            discord.ui.Select(
                placeholder="Which of them?", custom_id=f"tb:mute:{message_id}:{asker}", options=list(options)
            )
        )
        self.message_id = message_id
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read message and asker from the id."""
        options = item.options if isinstance(item, discord.ui.Select) else ()
        return cls(int(match["message"]), int(match["asker"]), options)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Leave the chosen one out, and say so in place of the menu."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            bot = interaction.client
            share = await share_of(bot.services, self.message_id, await _server_of(bot, self.message_id, interaction))
            chosen = chosen_ids(interaction)[:1]
            if not chosen or (chosen[0] != ALL and chosen[0] not in share.track_ids):
                raise Sentence(NOTHING_SAID)
            scope = Scope(share.server_id, message_id=share.message_id, track_id=chosen[0] or None)
            said, view = await muted(bot, interaction.user, scope)
            await interaction.edit_original_response(content=said, view=view)


MUTE_ITEMS = (UnmuteButton, MuteMenu)


async def muted(
    bot: "TastebudBot", user: discord.abc.User, scope: Scope, nothing: str = NOTHING_SAID
) -> tuple[str, discord.ui.View]:
    """Leave that out of somebody's taste, and return what to say with a button that undoes it.

    Raise Sentence(nothing) where there is nothing to leave out; a channel is left out all the same, for what comes.
    """
    mutes = bot.services.storage.mutes
    mute = await mutes.add(author_of(user), scope)
    if mute is None:
        raise Sentence(SILENT)
    if mute.rows == 0 and scope.channel_id is None:
        await mutes.undo(mute.id, user.id)
        raise Sentence(nothing)
    said = LEFT_OUT.format(what=await in_words(bot, scope), count=_words(mute))
    view = discord.ui.View(timeout=None)
    view.add_item(UnmuteButton(mute.id, ONLY, user.id))
    return said + (FROM_NOW if scope.channel_id is not None else ""), view


def which_view(message_id: int, asker: int, tracks: Sequence[Track]) -> discord.ui.View:
    """Return the menu of a message's tracks, with all of them first."""
    options = [discord.SelectOption(label="All of them", value=str(ALL))]
    options += [
        discord.SelectOption(label=cut(clean(track.label) or "?", OPTION), value=str(track.id)) for track in tracks
    ]
    view = discord.ui.View(timeout=None)
    view.add_item(MuteMenu(message_id, asker, options[:MOST_OPTIONS]))
    return view


async def in_words(bot: "TastebudBot", scope: Scope) -> str:
    """Return what is meant by a scope."""
    if scope.message_id is not None:
        return await _share_in_words(bot, scope, scope.message_id)
    if scope.channel_id is not None:
        return f"what you say in <#{scope.channel_id}>"
    times = [f"<t:{int(each.timestamp())}:d>" for each in (scope.since, scope.until) if each is not None]
    return f"what you said from {' to '.join(times)}"


async def build_muted(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return a page of what is not the asker's taste; None where nothing is left out."""
    storage = bot.services.storage
    person = await storage.people.by_discord_id(ask.asker_id)
    found = await storage.mutes.of_person(person.id) if person else []
    if not found:
        return None
    pages = -(-len(found) // A_PAGE)
    page = min(ask.page, pages - 1)
    some = found[page * A_PAGE : (page + 1) * A_PAGE]
    first = page * A_PAGE + 1
    lines = [
        f"{number}. {_upper(await in_words(bot, mute.scope))}\n{_words(mute)} left out, since "
        f"<t:{int(mute.at.timestamp())}:R>"
        for number, mute in enumerate(some, first)
    ]
    embed = discord.Embed(title="Not your taste", description="\n".join(lines), colour=GREEN)
    embed.set_footer(text="Nothing of it is deleted: ↩️ lets it count again.")
    items = [UnmuteButton(mute.id, str(page), ask.asker_id, str(number)) for number, mute in enumerate(some, first)]
    return Page([embed], pages, items)


register(MUTED, build_muted)


async def _share_in_words(bot: "TastebudBot", scope: Scope, message_id: int) -> str:
    share = await bot.services.storage.shares.by_message(message_id)
    if share is None:
        return "a message that is gone"
    ids = [scope.track_id] if scope.track_id is not None else share.track_ids[:2]
    tracks = await bot.services.storage.tracks.get(ids)
    names = [track_name(tracks[track_id]) for track_id in ids if track_id in tracks]
    more = len(share.track_ids) - len(ids) if scope.track_id is None else 0
    address = f"https://discord.com/channels/{share.server_id}/{share.channel_id}/{share.message_id}"
    named = " and ".join([*names, *([f"{more} more"] if more > 0 else [])]) or "a track"
    return f"what you said of {named} in [that message]({address})"


async def _server_of(bot: "TastebudBot", message_id: int, interaction: discord.Interaction[Any]) -> int | None:
    """Return the server of this interaction; in private, that of the message: the menu was made for its reader."""
    if interaction.guild_id is not None:
        return interaction.guild_id
    share = await bot.services.storage.shares.by_message(message_id)
    return share.server_id if share else None


def _words(mute: Mute) -> str:
    return counted(mute.rows, "word of yours is", "words of yours are")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
