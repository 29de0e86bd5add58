"""What managers choose for their server, and that it is kept to."""

from typing import Any

import discord
import pytest
import simcord

from bot.apologies import Sentence
from bot.server_settings import _is_emoji
from tests.fixtures.bot import DISLIKE, LIKE, OpenRoom, Room
from tests.test_bot_commands import answer_of

FIRE, MOON = "🔥", "🌚"


def manager(room: Room, name: str = "boss") -> simcord.MemberActor:
    """Let somebody join who manages the server."""
    role = room.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    return room.member(name, roles=[role])


async def open_settings(room: Room, member: simcord.MemberActor) -> discord.Message:
    """Return the settings as somebody sees them."""
    result = await member.slash(room.channel, "settings")
    assert result.ephemeral
    assert result.response is not None
    return result.response.message


def card(room: Room, message: discord.Message) -> dict[str, str]:
    """Return the fields of a card as it is now."""
    from simcord.results import to_discord_message

    fresh = to_discord_message(room.env, room.env.backend.get_message(message.channel.id, message.id))
    return {str(field.name): str(field.value) for field in fresh.embeds[0].fields}


async def test_only_managers_see_and_change_the_settings(open_room: OpenRoom) -> None:
    """By command and by button alike, until they name a role for it."""
    async with open_room(check_errors=False) as room:
        boss, ann = manager(room), room.member("ann")
        refused = await ann.slash(room.channel, "settings")
        assert "Only who manages this server" in answer_of(refused)
        await boss.send(room.channel, "!settings")
        panel = room.said()[-1]
        pressed = await ann.click(panel, custom_id="tb:switch:recaps:on")
        assert "Only who manages this server" in pressed.followups[-1].content
        assert not room.bot.wishes.of(room.guild.id).recaps
        helpers = room.guild.create_role("Helpers")
        await boss.select(panel, [helpers], custom_id="tb:set:set-role")
        bea = room.member("bea", roles=[helpers])
        await bea.click(panel, custom_id="tb:switch:recaps:on")
        assert room.bot.wishes.of(room.guild.id).recaps


async def test_links_count_in_the_chosen_channels_alone(room: Room) -> None:
    """Also after a restart; what was shared in a channel before it was chosen is read then."""
    boss, ann = manager(room), room.member("ann")
    other = room.guild.create_text_channel("talk")
    await room.env.settle()
    panel = await open_settings(room, boss)
    await boss.select(panel, [other], custom_id="tb:set:channels")
    assert card(room, panel)["Links count in"] == f"<#{other.id}>"
    there, here = await ann.send(other, room.link(0)), await ann.send(room.channel, room.link(1))
    assert set(await room.shared()) == {there.id}
    await room.leave()
    await room.come_back()
    await ann.send(room.channel, room.link(2))
    assert set(await room.shared()) == {there.id}
    await boss.select(panel, [room.channel, other], custom_id="tb:set:channels")
    await room.env.settle()
    assert here.id in await room.shared()


async def test_a_servers_own_emoji_count_and_are_added(room: Room) -> None:
    """A flame for a like here; the usual thumbs say nothing any more."""
    boss, ann = manager(room), room.member("ann")
    panel = await open_settings(room, boss)
    form = await boss.click(panel, custom_id="tb:set:emoji")
    assert form.modal is not None
    fields = [row["components"][0]["custom_id"] for row in form.modal["components"]]
    await boss.submit_modal(form, dict(zip(fields, (f"{FIRE} ❤️", MOON), strict=True)))
    assert card(room, panel)["Emoji"] == f"a like: {FIRE} ❤️\na dislike: {MOON}"
    message = await ann.send(room.channel, room.link(0))
    (seen,) = [each for each in room.channel.history() if each.id == message.id]
    assert [str(each.emoji) for each in seen.reactions] == [FIRE, MOON]
    bea = room.member("bea")
    await bea.react(message, LIKE)
    assert await room.opinion(bea, 0) is None
    await bea.react(message, FIRE)
    assert await room.opinion(bea, 0) == 1
    await ann.send(room.channel, f"!rate {room.link(0)} {MOON}")
    assert await room.opinion(ann, 0) == -1


@pytest.mark.parametrize(
    ("likes", "dislikes", "answer"),
    [
        ("yes", "", "no emoji"),
        (LIKE, f"{LIKE}", "cannot mean both"),
        ("", DISLIKE, "At least one"),
        ("<:gone:123456789012345678>", "", "no emoji"),
        (" ".join("😀😁😂😃😄😅😆😇😈😉😊"), "", "Up to 10"),
    ],
)
async def test_what_is_no_emoji_is_refused(open_room: OpenRoom, likes: str, dislikes: str, answer: str) -> None:
    """With what to write instead; all stays as it was."""
    async with open_room(check_errors=False) as room:
        boss = manager(room)
        panel = await open_settings(room, boss)
        form = await boss.click(panel, custom_id="tb:set:emoji")
        fields = [row["components"][0]["custom_id"] for row in (form.modal or {})["components"]]
        result = await boss.submit_modal(form, dict(zip(fields, (likes, dislikes), strict=True)))
        assert answer in result.followups[-1].content
        assert room.bot.wishes.emoji_in(room.guild.id) == ((LIKE,), (DISLIKE,))


@pytest.mark.parametrize(
    ("word", "is_emoji"), [("👍🏽", True), ("❤️", True), ("1️⃣", True), ("👩‍🎤", True), ("ok", False), ("1", False)]
)
def test_what_is_an_emoji(word: str, is_emoji: bool) -> None:
    """Signs and what joins them, and no plain text."""
    assert _is_emoji(word) is is_emoji


async def test_bots_count_where_a_server_lets_them(room: Room) -> None:
    """Webhooks too; they are ignored until then."""
    boss = manager(room)
    hook = room.guild.create_webhook(room.channel, "Radio")
    await hook.send(room.link(0))
    assert await room.shared() == {}
    panel = await open_settings(room, boss)
    await boss.click(panel, custom_id="tb:switch:bots:on")
    assert card(room, panel)["Links of bots and webhooks"] == "count"
    await hook.send(room.link(1))
    assert list((await room.shared()).values()) == [[room.tracks[1].spotify_id]]


async def with_drops(room: Room) -> None:
    """Let a drop be written and announced."""
    ann, bea = room.member("ann"), room.member("bea")
    for number in range(6):
        shared = await bea.send(room.channel, room.link(number))
        if number < 2:
            await ann.react(shared, LIKE)
    await room.services.weekly.bring_forward(room.product.clock.now())
    await room.services.weekly.run()


async def test_lists_are_announced_where_a_server_wishes(room: Room) -> None:
    """In another channel than that where tracks are shared."""
    boss = manager(room)
    news = room.guild.create_text_channel("news")
    await room.env.settle()
    panel = await open_settings(room, boss)
    await boss.select(panel, [news], custom_id="tb:set:announce")
    await with_drops(room)
    assert [message.embeds[0].title for message in news.history()] == ["The lists of week 1 are here"]
    assert not any(message.embeds for message in room.said())


async def test_a_server_may_wish_for_no_announcements(room: Room) -> None:
    """Then everybody's own command still shows their list."""
    boss = manager(room)
    panel = await open_settings(room, boss)
    await boss.click(panel, custom_id="tb:switch:announces:off")
    assert card(room, panel)["Weekly lists are announced"] == "nowhere"
    await with_drops(room)
    assert not any(message.embeds for message in room.said())


async def test_a_channel_without_permission_is_named(open_room: OpenRoom) -> None:
    """What cannot be read or written in is not chosen."""
    async with open_room(check_errors=False) as room:
        boss = manager(room)
        overwrite: Any = {room.guild.default_role: discord.PermissionOverwrite(send_messages=False, view_channel=False)}
        secret = room.guild.create_text_channel("secret", overwrites=overwrite)
        await room.env.settle()
        with pytest.raises(Sentence, match="I cannot"):
            await room.bot.server_settings.watch_only(room.bot.guilds[0], [secret.id])
        with pytest.raises(Sentence, match="I cannot write"):
            room.bot.server_settings._postable(room.bot.guilds[0], [secret.id])
        assert (await open_settings(room, boss)).embeds


async def test_a_role_for_commands_of_the_whole_server(room: Room) -> None:
    """Everybody may use them until a role is named."""
    boss, ann = manager(room), room.member("ann")
    members: Any = room.bot.guilds[0]
    seen = members.get_member(ann.id) or await members.fetch_member(ann.id)
    assert room.bot.wishes.may_speak_for_all(seen)
    role = room.guild.create_role("Curators")
    panel = await open_settings(room, boss)
    await boss.select(panel, [role], custom_id="tb:set:all-role")
    assert not room.bot.wishes.may_speak_for_all(seen)
    assert f"<@&{role.id}>" in card(room, panel)["Commands for the whole server"]
