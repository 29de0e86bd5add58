"""When a drop comes, where it is told of, and how adventurous it is, as members ask for it."""

from datetime import UTC, datetime

import discord
import pytest

from bot.apologies import Sentence
from bot.schedules import ScheduleWish, read_wish, suggested_zones, zone_of
from scheduler.planning import Planner
from scheduler.weeks import Slot, next_due
from storage.owners import Owner
from storage.people import Author
from tests.fixtures.bot import LIKE, OpenRoom, Room
from tests.test_bot_commands import answer_of, buttons_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("friday 18 Europe/Berlin", ScheduleWish("friday", 18, "Europe/Berlin")),
        ("Fri at 18:00 berlin", ScheduleWish("friday", 18, "Europe/Berlin")),
        ("pause", ScheduleWish(what="pause")),
        ("resume dm", ScheduleWish(what="resume", where="dm")),
        ("utc", ScheduleWish(timezone="UTC")),
        ("0", ScheduleWish(hour=0)),
        ("", ScheduleWish()),
    ],
)
def test_words_in_any_order_are_a_schedule(typed: str, wish: ScheduleWish) -> None:
    """Each part may be left out."""
    assert read_wish(typed.split(), "how") == wish


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("25", "no hour"), ("18:30", "no hour"), ("Atlantis", "no time zone"), ("?", "how")],
)
def test_a_word_that_says_nothing_is_named(typed: str, answer: str) -> None:
    """The sentence says what to write instead."""
    with pytest.raises(Sentence, match=answer):
        read_wish([typed], "how")


def test_a_time_zone_is_suggested_by_its_city_first() -> None:
    """With the time there, at most as many as Discord shows."""
    shown, name = suggested_zones("berl", NOW)[0]
    assert name == "Europe/Berlin"
    assert shown == "Europe/Berlin (now 13:00)"
    assert len(suggested_zones("", NOW)) == 25
    assert zone_of("new york") == "America/New_York"


def test_the_next_drop_is_not_in_a_week_that_has_one() -> None:
    """Who moves to a later day of the week gets no second drop in it."""
    slot = Slot("friday", 18, "Europe/Berlin")
    assert next_due(NOW, slot) == datetime(2026, 1, 2, 17, tzinfo=UTC)
    assert next_due(NOW, slot, ("2026-W01",)) == datetime(2026, 1, 9, 17, tzinfo=UTC)


def shown(message: discord.Message) -> str:
    """Return all that is written on the one card of a message."""
    (embed,) = message.embeds
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


async def test_schedule_says_when_the_next_drop_comes(room: Room) -> None:
    """As a slash command it is seen by its member alone, with the instant on their own clocks."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "schedule", weekday="friday", hour=18, timezone="Europe/Berlin")
    assert result.ephemeral
    assert result.response is not None
    text = shown(result.response.message)
    assert "Your drop comes on Friday at 18:00" in text
    assert "Europe/Berlin\n**Next:** <t:1767373200:F>" in text
    assert room.said() == []


async def test_a_typed_schedule_is_answered_by_direct_message(room: Room) -> None:
    """In the channel there is nothing but a sign below the command."""
    ann = room.member("ann")
    await ann.send(room.channel, "!schedule sunday 7 tokyo")
    assert room.said() == []
    (letter,) = ann.user.dm_channel.history()
    assert "Sunday at 07:00" in shown(letter)
    assert [str(reaction.emoji) for reaction in room.channel.history()[-1].reactions] == ["📬"]


async def test_mistakes_in_a_private_command_are_told_in_private(open_room: OpenRoom) -> None:
    """What somebody typed wrong is nobody else's business."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        await ann.send(room.channel, "!schedule friday 18:30")
        assert room.said() == []
        (letter,) = ann.user.dm_channel.history()
        assert "no hour" in letter.content


async def test_autocomplete_offers_time_zones(room: Room) -> None:
    """By the letters typed so far."""
    choices = await room.member("ann").autocomplete(room.channel, "schedule", "timezone", "lond")
    assert choices[0]["value"] == "Europe/London"


async def test_buttons_pause_and_resume_also_after_a_restart(room: Room) -> None:
    """Who paused gets no drop, whoever else presses changes nothing."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.send(room.channel, room.link(0))
    await ann.send(room.channel, "!schedule")
    (letter,) = ann.user.dm_channel.history()
    await room.leave()
    await room.come_back()
    pause = next(button for button in buttons_of(letter) if button.label == "Pause")
    await ann.user.click(letter, custom_id=pause.custom_id or "")
    assert "paused" in shown(ann.user.dm_channel.history()[-1])
    planner = Planner(room.services.storage, room.services.settings.schedule)
    owners = {one.owner.kind for one in await planner.this_week(room.product.clock.now())}
    assert owners == {"server"}
    resumed = await ann.slash(room.channel, "schedule", what="resume")
    assert "Your drop comes on Monday at 09:00" in shown(resumed.response.message)  # type: ignore[union-attr]
    foreign = await bea.slash(room.channel, "schedule")
    assert foreign.response is not None
    assert "as for everybody here" in shown(foreign.response.message)


async def test_only_the_asker_may_press(room: Room) -> None:
    """A forged button of somebody else's schedule changes nothing."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.slash(room.channel, "schedule", hour=3)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=f"tb:wish:pause:{ann.id}"))
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    forged = await channel.send("forged", view=view)
    result = await bea.click(forged, custom_id=f"tb:wish:pause:{ann.id}")
    assert "somebody else's" in answer_of(result)
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    assert not person.paused


async def test_where_to_be_told_is_kept(room: Room) -> None:
    """By direct message only: no announcement names them."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "schedule", where="dm")
    assert "no server's announcement names you" in shown(result.response.message)  # type: ignore[union-attr]
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    assert (person.by_dm, person.hushed) == (True, True)


async def test_the_dial_turns_and_stays_where_it_was_put(room: Room) -> None:
    """From familiar to adventurous, by number or by button."""
    ann = room.member("ann")
    first = await ann.slash(room.channel, "dial")
    assert first.response is not None
    assert "stands at 5" in shown(first.response.message)
    second = await ann.slash(room.channel, "dial", value=9)
    assert second.response is not None
    assert "stands at 9" in shown(second.response.message)
    await ann.click(second.response.message, custom_id=f"tb:wish:dial-10:{ann.id}")
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    assert person.dial == 10


async def test_a_drop_comes_at_the_hour_that_was_asked_for(room: Room) -> None:
    """What a member says is what the weekly run goes by."""
    ann = room.member("ann")
    message = await ann.send(room.channel, room.link(0))
    await ann.react(message, LIKE)
    await ann.slash(room.channel, "schedule", weekday="friday", hour=18, timezone="Europe/Berlin")
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    planner = Planner(room.services.storage, room.services.settings.schedule)
    early = await planner.due(datetime(2026, 1, 2, 16, 59, tzinfo=UTC))
    late = await planner.due(datetime(2026, 1, 2, 17, 0, tzinfo=UTC))
    assert Owner("person", person.id) not in {one.owner for one in early}
    assert Owner("person", person.id) in {one.owner for one in late}


async def test_a_dial_beyond_its_ends_is_refused(room: Room) -> None:
    """In storage too."""
    with pytest.raises(ValueError, match="0 to 10"):
        await room.services.storage.people.set_dial(Author(1, "x"), 11)
