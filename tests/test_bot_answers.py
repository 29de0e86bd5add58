"""Answers that only the asker reads, and lists whose pages turn for ever."""

from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord.ext import commands

from bot import pager
from bot.answers import ONLY_YOU, answer_privately
from bot.apologies import Sentence
from bot.pager import Page, PageAsk, answer_with_list
from tests.fixtures.bot import OpenRoom, Room
from tests.test_bot_commands import answer_of, buttons_of

PAGES = 3
KIND = "test-list"


class Whisper(commands.Cog):
    """Commands as other cogs have them."""

    def __init__(self, bot: Any) -> None:
        self.bot = bot

    @commands.hybrid_command(name="whisper", extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def whisper(self, context: commands.Context[Any], what: str = "") -> None:
        """Tell a secret."""
        if what == "fail":
            raise Sentence("a secret went wrong")
        await answer_privately(context, "a secret")

    @commands.command(name="numbers", extras=dict(ONLY_YOU))
    async def numbers(self, context: commands.Context[Any], argument: str = "x") -> None:
        """Show a private list."""
        await answer_with_list(self.bot, context, KIND, argument)

    @commands.command(name="openly")
    async def openly(self, context: commands.Context[Any], page: int = 0) -> None:
        """Show a list in the channel."""
        await answer_with_list(self.bot, context, KIND, "x", page=page, private=False)


async def build(_bot: Any, ask: PageAsk) -> Page | None:
    """Build a page that says what it was asked for."""
    if ask.argument == "gone":
        return None
    text = f"page {ask.page} of {ask.argument} in {ask.server_id}"
    return Page([discord.Embed(description=text)], 1 if ask.argument == "one" else PAGES)


@pytest.fixture(autouse=True)
def listed() -> Iterator[None]:
    """Let there be a list."""
    pager.register(KIND, build)
    yield
    pager._BUILDERS.pop(KIND)


async def prepare(room: Room) -> None:
    """Give the bot the commands; slash commands are synced as a start does."""
    await room.bot.add_cog(Whisper(room.bot))
    with room.env._bot_scope():
        await room.bot.tree.sync()


def text_of(message: discord.Message) -> str:
    """Return what stands on a page."""
    return message.embeds[0].description or ""


async def test_a_slash_command_is_answered_below_it(room: Room) -> None:
    """For its asker's eyes only."""
    await prepare(room)
    result = await room.member("ann").slash(room.channel, "whisper")
    assert result.ephemeral
    assert answer_of(result) == "a secret"


async def test_a_typed_command_is_answered_by_direct_message(room: Room) -> None:
    """The channel shows a sign and no word."""
    await prepare(room)
    ann = room.member("ann")
    message = await ann.send(room.channel, "!whisper")
    assert [letter.content for letter in ann.user.dm_channel.history()] == ["a secret"]
    assert room.said() == []
    (seen,) = [each for each in room.channel.history() if each.id == message.id]
    assert [str(reaction.emoji) for reaction in seen.reactions] == ["📬"]


@pytest.mark.parametrize("typed", ["!whisper", "!whisper fail"])
async def test_who_takes_no_direct_messages_is_told_the_slash_command(open_room: OpenRoom, typed: str) -> None:
    """And nothing else is told in the channel, not even what went wrong."""
    async with open_room(check_errors=False) as room:
        await prepare(room)
        ann = room.member("ann")
        room.env.inject_error("POST", f"/channels/{ann.user.dm_channel.id}/messages", status=403, code=50007)
        await ann.send(room.channel, typed)
        (said,) = room.said()
        assert said.content == "I cannot write to you in private: use `/whisper`, whose answer only you see."


async def test_an_error_of_a_private_command_is_told_in_private(open_room: OpenRoom) -> None:
    """A sentence may tell as much as an answer."""
    async with open_room(check_errors=False) as room:
        await prepare(room)
        ann = room.member("ann")
        await ann.send(room.channel, "!whisper fail")
        assert [letter.content for letter in ann.user.dm_channel.history()] == ["a secret went wrong"]
        assert room.said() == []


async def test_a_private_list_turns_in_direct_messages_and_knows_its_server(room: Room) -> None:
    """Also after a restart; a page past the end is the last."""
    await prepare(room)
    ann = room.member("ann")
    await ann.send(room.channel, "!numbers")
    (letter,) = ann.user.dm_channel.history()
    assert text_of(letter) == f"page 0 of x in {room.guild.id}"
    assert [button.disabled for button in buttons_of(letter)] == [True, False]
    await room.leave()
    await room.come_back()
    await ann.user.click(letter, custom_id=buttons_of(letter)[1].custom_id or "")
    (turned,) = ann.user.dm_channel.history()
    assert text_of(turned) == f"page 1 of x in {room.guild.id}"


async def test_only_the_asker_turns_pages(room: Room) -> None:
    """Whoever else presses is told so, and sees nothing of the list."""
    await prepare(room)
    ann, bea = room.member("ann"), room.member("bea")
    await ann.send(room.channel, "!openly 7")
    (said,) = room.said()
    assert text_of(said) == f"page 2 of x in {room.guild.id}"
    result = await bea.click(said, custom_id=buttons_of(said)[0].custom_id or "")
    assert result.ephemeral
    assert "somebody else's list" in answer_of(result)
    assert text_of(room.said()[0]) == f"page 2 of x in {room.guild.id}"


@pytest.mark.parametrize(
    "forged",
    [
        "tb:list:no-such:x:1:on:{asker}:{server}",
        "tb:list:test-list:gone:1:on:{asker}:{server}",
        "tb:list:test-list:x:1:on:{asker}:123456789012345678",
    ],
)
async def test_a_forged_id_gets_a_sentence(open_room: OpenRoom, forged: str) -> None:
    """A list that is not there, or of a server that the asker is not in."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        custom_id = forged.format(asker=ann.id, server=room.guild.id)
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="x", custom_id=custom_id))
        channel = room.bot.get_channel(room.channel.id)
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send("forged", view=view)
        result = await ann.click(message, custom_id=custom_id)
        assert result.followups[-1].content == "That list is not there any more: use the command again."


async def test_one_page_has_no_buttons(room: Room) -> None:
    """There is nothing to turn."""
    await prepare(room)
    ann = room.member("ann")
    await ann.send(room.channel, "!numbers one")
    (letter,) = ann.user.dm_channel.history()
    assert buttons_of(letter) == []


def test_the_longest_id_is_one_that_discord_takes() -> None:
    """A hundred characters are all there are."""
    ask = PageAsk(2**63, 2**63, "x" * 24, 999)
    button = pager.TurnButton("abcdefghijkl", ask, "back")
    assert len(button.item.custom_id or "") <= 100
