"""What members see of their own taste, and what happens when they correct it."""

from datetime import timedelta
from typing import Any

import discord
import numpy as np
import simcord

from bot.taste_views import NO_SUCH, NOT_YOURS, CorrectionMenu, TakeBackButton, WrongButton
from storage.corrections import Way
from storage.people import Author
from tests.fixtures.bot import DISLIKE, OpenRoom, Room
from tests.fixtures.society import Town, alt_of, custom_ids, embed_of, last_message, settle


def last_words(result: Any) -> str:
    """Return what a click was answered with."""
    return str(last_message(result).content)


async def test_taste_is_a_picture_in_private(room: Room) -> None:
    """A radar, tags with their record, a sentence; the typed command answers by direct message."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:9], town.loud[:4])
    await ann.send(room.channel, "!taste")
    assert room.said() == []
    (letter,) = ann.user.dm_channel.history()
    embed = letter.embeds[0]
    assert embed.image.url is not None
    assert "**shoegaze** 9 of 9" in (embed.description or "")
    alt = alt_of(letter)
    assert "The taste of ann" in alt
    assert "quiet" in alt
    assert "Radar: energy 1" in alt or "Radar: energy 2" in alt or "Radar: energy 0" in alt or "Radar: energy 9%" in alt
    assert "You tend to like" in alt
    assert "techno" not in (embed.description or "")


async def test_slash_taste_is_seen_by_that_person_alone(room: Room) -> None:
    """And says how it moved since a month ago."""
    town = await settle(room)
    ann = room.member("ann")
    long_ago = room.services.clock.now() - timedelta(days=60)
    await town.react(ann, town.loud[:6], at=long_ago)
    await town.react(ann, town.quiet[:8])
    result = await ann.slash(room.channel, "taste")
    assert result.ephemeral
    messages = [message for message in (result.response, *result.followups) if message is not None]
    assert "less energy" in alt_of(messages[0])


async def test_whom_nothing_is_known_of_is_told_what_to_do(open_room: OpenRoom) -> None:
    """Also somebody who opted out: they are not told why."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        await ann.send(room.channel, "!taste")
        (letter,) = ann.user.dm_channel.history()
        assert "react to some shared tracks" in letter.content
        assert room.said() == []


async def wrong(room: Room, member: simcord.MemberActor) -> Any:
    """Ask for the menu of what is wrong, and return its message."""
    result = await member.slash(room.channel, "taste")
    message = next(each for each in (result.response, *result.followups) if each is not None)
    asked = await member.click(message, label="That's wrong")
    return last_message(asked)


async def test_a_correction_changes_picks_and_can_be_undone(room: Room) -> None:
    """Less shoegaze means less shoegaze in what comes next, and undoing it gives the same picks as before."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:4], town.loud[:1])
    for number in range(4):
        await town.fan(f"friend{number}", [*town.quiet, *town.loud])
    before, many = await quiet_chances(room, ann), await quiet_picks(town, ann)
    menu = await wrong(room, ann)
    values = [option["value"] for row in menu.components for item in row["components"] for option in item["options"]]
    assert "less tag:shoegaze" in values
    said = await ann.select(menu, ["less tag:shoegaze"])
    assert "Noted: less shoegaze" in last_words(said)
    after = await quiet_chances(room, ann)
    assert before
    assert [track for track in before if 1 - after[track] < 4 * (1 - before[track])] == [], (before, after)
    fewer = await quiet_picks(town, ann)
    assert fewer <= many - 2
    result = await ann.slash(room.channel, "taste")
    assert "You told me: less shoegaze" in (embed_of(result).description or "")
    undone = await ann.click(last_message(said), label="Undo")
    assert "Forgotten" in last_words(undone)
    assert await quiet_chances(room, ann) == before
    assert await quiet_picks(town, ann) == many


async def quiet_picks(town: Town, member: simcord.MemberActor) -> int:
    """Return how many of the six picks of a member's next list are quiet."""
    room = town.room
    picks = await room.services.picker.picks_for(await _key(room, member), [room.guild.id], 6, "2026-W03")
    quiet = {town.ids[number] for number in town.quiet}
    return sum(pick.track.id in quiet for pick in picks)


async def quiet_chances(room: Room, member: simcord.MemberActor) -> dict[int, float]:
    """Return how likely a member is thought to like the quiet tracks they have not met."""
    storage = room.services.storage
    person = await storage.people.by_discord_id(member.id)
    assert person is not None
    async with room.services.picker.knowledge([]) as knowledge:
        terms = knowledge.tagged.terms
        ids = [track for row, track in enumerate(terms.track_ids.tolist()) if "shoegaze" in terms.of(row)]
        met = knowledge.dataset.opinions_of(person.id)
        wanted = np.array([track for track in ids if track not in met])
        return dict(zip(wanted.tolist(), knowledge.score(person.id, wanted)[0].tolist(), strict=True))


async def test_a_side_can_be_corrected_too(room: Room) -> None:
    """More energy: loud tracks rise."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:8])
    menu = await wrong(room, ann)
    said = await ann.select(menu, ["more side:energy"])
    assert "Noted: more energy" in last_words(said)
    (kept,) = await room.services.storage.corrections.of(await _key(room, ann))
    assert (kept.subject, int(kept.way)) == ("side:energy", 1)


async def _key(room: Room, member: simcord.MemberActor) -> int:
    person = await room.services.storage.people.by_discord_id(member.id)
    assert person is not None
    return person.id


async def test_buttons_work_after_a_restart(room: Room) -> None:
    """All they need stands in their ids."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:8])
    menu = await wrong(room, ann)
    await room.leave()
    await room.come_back()
    (menu_id,) = custom_ids(menu)
    said = await ann.select(menu, ["less tag:shoegaze"], custom_id=menu_id)
    assert "Noted" in last_words(said)
    assert list(await room.services.storage.corrections.all()) == [await _key(room, ann)]


async def test_somebody_elses_buttons_change_nothing(room: Room) -> None:
    """Nor does a subject that somebody made up, sent by whoever the menu is for."""
    town = await settle(room)
    ann, bea = await town.fan("ann", town.quiet[:8]), await town.fan("bea", town.loud[:8])
    await room.services.storage.corrections.correct(Author(ann.id, "ann"), "tag:techno", Way.LESS)
    made_up = ["less tag:shoegaze", "less tag:SHOE gaze", "less side:nothing", "undo tag:techno", "more fish"]
    view = discord.ui.View(timeout=None)
    view.add_item(CorrectionMenu(ann.id, [discord.SelectOption(label=each, value=each) for each in made_up]))
    view.add_item(WrongButton(ann.id)).add_item(TakeBackButton(ann.id, "tag:techno"))
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("forged", view=view)
    (message,) = room.said()
    for each in made_up:
        assert last_words(await bea.select(message, [each])) == NOT_YOURS
    for label in ("That's wrong", "Undo"):
        assert last_words(await bea.click(message, label=label)) == NOT_YOURS
    for each in made_up[1:3] + made_up[4:]:
        assert last_words(await ann.select(message, [each])) == NO_SUCH
    assert await room.services.storage.corrections.all() == {await _key(room, ann): {"tag:techno": -1}}


async def test_who_opted_out_keeps_no_correction(room: Room) -> None:
    """From the opt-out on nothing is recorded, and nothing is read."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:8])
    menu = await wrong(room, ann)
    await room.services.storage.people.set_opted_out(ann.id, "ann", True)
    said = await ann.select(menu, ["less tag:shoegaze"])
    assert "not kept" in last_words(said)
    assert await room.services.storage.corrections.all() == {}


async def test_a_dislike_is_no_tag_of_yours(room: Room) -> None:
    """Tags of what somebody mostly dislikes are not said to be liked."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:5])
    await town.react(ann, town.loud[:3], DISLIKE)
    await town.react(ann, town.loud[3:4])
    text = embed_of(await ann.slash(room.channel, "taste")).description or ""
    assert "shoegaze" in text
    assert "techno" not in text
