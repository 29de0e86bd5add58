"""Two people beside each other: `compare`, `twin` and `opposite`."""

from datetime import timedelta

import pytest

from bot.cogs.taste import CANNOT_COMPARE, NO_TWIN, YOURSELF
from tests.fixtures.bot import OpenRoom, Room
from tests.fixtures.society import Town, alt_of, buttons_of, embed_of, last_message, settle

ELSEWHERE = 777_000


async def test_compare_shows_what_both_love_and_where_they_part(room: Room) -> None:
    """In the channel, as a picture with its words."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:6], [12])
    ben = await town.fan("ben", [0, 1, 12, 13, 14, 15])
    await ann.send(room.channel, f"!compare {ben.mention}")
    (message,) = room.said()
    alt = alt_of(message)
    assert "ann and ben are" in alt
    assert "Both like 2 tracks" in alt
    assert "only one of them 4 and 4" in alt
    assert town.title(0) in alt
    assert f"They part over {town.title(12)}" in alt
    assert "liked by ben" in alt
    assert "% alike" in (message.embeds[0].title or "")


async def test_only_who_asked_or_is_shown_may_take_it_back(room: Room) -> None:
    """Also after a restart."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:6])
    ben = await town.fan("ben", town.quiet[2:9])
    cat = room.member("cat")
    await ann.send(room.channel, f"!compare {ben.mention}")
    (message,) = room.said()
    await room.leave()
    await room.come_back()
    (button,) = buttons_of(message)
    refused = await cat.click(message, custom_id=button)
    assert refused.ephemeral
    assert len(room.said()) == 1
    await ben.click(message, custom_id=button)
    assert room.said() == []


async def test_words_of_another_server_are_not_told(room: Room) -> None:
    """Neither a track that was liked there, nor that they liked it, is in the picture or the figures."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:6])
    ben = await town.fan("ben", town.loud[:6])
    before = await _asked(room, ann, ben)
    other = await town_elsewhere(room, town)
    for member in (ann, ben):
        await other.react(member, town.quiet[6:12])
    assert await _asked(room, ann, ben) == before
    assert "Both like 0 tracks" in before


async def _asked(room: Room, one: object, other: object) -> str:
    await one.send(room.channel, f"!compare {other.mention}")  # type: ignore[attr-defined]
    return alt_of(room.said()[-1])


async def town_elsewhere(room: Room, town: Town) -> Town:
    """Share the same tracks in another server too."""
    other = Town(room, town.ids, town.sources, {})
    await other.share(room.member("stranger"), range(len(town.ids)), ELSEWHERE)
    return other


@pytest.mark.parametrize("why", ["opted out", "little", "unknown"])
async def test_who_cannot_be_compared_is_not_told_why(open_room: OpenRoom, why: str) -> None:
    """The same sentence, whatever the reason."""
    async with open_room(check_errors=False) as room:
        town = await settle(room)
        ann = await town.fan("ann", town.quiet[:6])
        ben = await town.fan("ben", town.quiet[:6] if why == "opted out" else town.quiet[:2] if why == "little" else [])
        if why == "opted out":
            await room.services.storage.people.set_opted_out(ben.id, "ben", True)
        await ann.send(room.channel, f"!compare {ben.mention}")
        assert room.said()[-1].content == CANNOT_COMPARE


async def test_oneself_is_no_comparison(open_room: OpenRoom) -> None:
    """A sentence says so."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        await ann.send(room.channel, f"!compare {ann.mention}")
        assert room.said()[-1].content == YOURSELF


async def test_twin_and_opposite_are_found_in_private(room: Room) -> None:
    """The nearest and the farthest of those who may be compared; nobody else sees it."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:6], town.loud[:3])
    await town.fan("near", town.quiet[3:10])
    await town.fan("far", town.loud[:7], town.quiet[:3])
    await town.fan("gone", town.quiet[:6], town.loud[:3])
    await room.services.storage.people.set_opted_out((await _member(room, "gone")), "gone", True)
    twin = await ann.slash(room.channel, "twin")
    assert twin.ephemeral
    assert "near" in (embed_of(twin).title or "")
    assert "both love" in alt_of(last_message(twin)).lower()
    opposite = await ann.slash(room.channel, "opposite")
    assert opposite.ephemeral
    assert "far" in (embed_of(opposite).title or "")
    await ann.send(room.channel, "!twin")
    assert room.said() == []
    assert "near" in (ann.user.dm_channel.history()[-1].embeds[0].title or "")


async def _member(room: Room, name: str) -> int:
    (person,) = await room.services.storage.people.named(name)
    return person.discord_id


async def test_nobody_is_a_twin_where_nobody_said_enough(open_room: OpenRoom) -> None:
    """Nor where the others have been silent for long, or speak elsewhere."""
    async with open_room(check_errors=False) as room:
        town = await settle(room)
        ann = await town.fan("ann", town.quiet[:6])
        await room.services.storage.people.set_opted_out(await _member(room, "founder"), "founder", True)
        old = room.member("old")
        await town.react(old, town.quiet[:6], at=room.services.clock.now() - timedelta(days=200))
        other = await town_elsewhere(room, town)
        await other.react(room.member("away"), town.quiet[:6])
        result = await ann.slash(room.channel, "twin")
        assert last_message(result).content == NO_TWIN


async def test_hostile_names_stay_names(room: Room) -> None:
    """No formatting, no mention, no broken picture."""
    town = await settle(room)
    ann = await town.fan("**@everyone**", town.quiet[:6])
    ben = await town.fan("[x](http://y.z) " + "n" * 10, town.quiet[2:9])
    await ann.send(room.channel, f"!compare {ben.mention}")
    (message,) = room.said()
    title = message.embeds[0].title or ""
    assert "@everyone" not in title
    assert "\\[x" in title
    assert "both like" in alt_of(message).lower()
