"""Lists for several people: `blend` and `bridge`."""

import pytest

from bot.blend_views import NOT_YOURS
from bot.cogs.social import ALONE, CANNOT_BLEND, CANNOT_BRIDGE
from scheduler.blending import BLENDS_A_DAY, BUCKET, LEDGER
from tests.fixtures.bot import OpenRoom, Room
from tests.fixtures.society import Town, buttons_of, last_message, settle


async def two_tastes(room: Room) -> tuple[Town, object, object]:
    """Return a town with a quiet ann and a loud ben."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet[:6], town.loud[:2])
    ben = await town.fan("ben", town.loud[:6], town.quiet[:2])
    for number in range(3):
        await town.fan(f"friend{number}", [*town.quiet, *town.loud][number::2])
    return town, ann, ben


async def test_a_blend_is_for_all_and_says_for_whom(room: Room) -> None:
    """Tracks of both kinds, each with whom it is for, none that both have met."""
    town, ann, ben = await two_tastes(room)
    await ann.send(room.channel, f"!blend {ben.mention}")  # type: ignore[attr-defined]
    (message,) = room.said()
    text = message.embeds[0].description or ""
    assert "A blend for ann and ben" in (message.embeds[0].title or "")
    assert "*for ann*" in text or "*for ann and ben*" in text or "*for ben and ann*" in text
    assert "ben" in text
    titles = {number: town.sources[number].spotify_id in text for number in range(len(town.ids))}
    assert any(titles[number] for number in town.quiet)
    assert any(titles[number] for number in town.loud)
    assert not any(titles[number] for number in (0, 1, 12, 13))


async def test_a_blend_becomes_a_playlist_once(room: Room) -> None:
    """By its button, for who asked alone; pressed again, the same playlist stands there."""
    town, ann, ben = await two_tastes(room)
    await ann.send(room.channel, f"!blend {ben.mention}")  # type: ignore[attr-defined]
    message = room.said()[-1]
    shown = [source.spotify_id for source in town.sources if source.spotify_id in (message.embeds[0].description or "")]
    button = next(each for each in buttons_of(message) if each.startswith("tb:blend:"))
    await room.leave()
    await room.come_back()
    refused = await ben.click(message, custom_id=button)  # type: ignore[attr-defined]
    assert last_message(refused).content == NOT_YOURS
    await ann.click(message, custom_id=button)  # type: ignore[attr-defined]
    (playlist,) = room.product.sandbox.spotify.playlists.all()
    assert sorted(playlist.track_ids) == sorted(shown)
    assert playlist.name == "A Tastebud blend for 2"
    assert "ann" not in playlist.description
    after = room.said()[-1]
    assert (after.embeds[0].url or "").endswith(playlist.id)
    assert not any(each.startswith("tb:blend:") for each in buttons_of(after))
    url = await room.services.society.blender.write(message.id, shown, 2, "2026-W01")
    assert url == after.embeds[0].url
    assert len(room.product.sandbox.spotify.playlists.all()) == 1


async def test_only_so_many_blends_a_day_are_written(open_room: OpenRoom) -> None:
    """A sentence says so; the list itself stays."""
    async with open_room(check_errors=False) as room:
        _, ann, ben = await two_tastes(room)
        await ann.send(room.channel, f"!blend {ben.mention}")  # type: ignore[attr-defined]
        await room.services.storage.quota.spend(LEDGER, BUCKET, BLENDS_A_DAY)
        message = room.said()[-1]
        button = next(each for each in buttons_of(message) if each.startswith("tb:blend:"))
        result = await ann.click(message, custom_id=button)  # type: ignore[attr-defined]
        assert "try again tomorrow" in last_message(result).content
        assert room.product.sandbox.spotify.playlists.all() == []


@pytest.mark.parametrize("command", ["blend", "bridge"])
async def test_who_opted_out_is_in_no_list(open_room: OpenRoom, command: str) -> None:
    """A sentence says that it cannot be, not why."""
    async with open_room(check_errors=False) as room:
        _, ann, ben = await two_tastes(room)
        await room.services.storage.people.set_opted_out(ben.id, "ben", True)  # type: ignore[attr-defined]
        await ann.send(room.channel, f"!{command} {ben.mention}")  # type: ignore[attr-defined]
        assert room.said()[-1].content == (CANNOT_BLEND if command == "blend" else CANNOT_BRIDGE)
        await ann.send(room.channel, f"!blend {ann.mention}")  # type: ignore[attr-defined]
        assert room.said()[-1].content == ALONE


async def test_slash_blend_takes_several_people(room: Room) -> None:
    """Whoever is named is in it, the asker only if they name themselves."""
    _, ann, ben = await two_tastes(room)
    (founder,) = await room.services.storage.people.named("founder")
    cat = room.member("cat")
    result = await cat.slash(room.channel, "blend", first=ann, second=ben)
    assert not result.ephemeral
    assert "A blend for ann and ben" in (last_message(result).embeds[0].title or "")
    assert founder.name not in (last_message(result).embeds[0].title or "")


async def test_a_bridge_begins_at_home_and_ends_at_theirs(room: Room) -> None:
    """From a quiet track of one to a loud one of the other, nothing that either dislikes between."""
    town, ann, ben = await two_tastes(room)
    await ann.send(room.channel, f"!bridge {ben.mention}")  # type: ignore[attr-defined]
    (message,) = room.said()
    lines = [line for line in (message.embeds[0].description or "").splitlines() if line[:1].isdigit()]
    numbers = [next(n for n, source in enumerate(town.sources) if source.spotify_id in line) for line in lines]
    assert numbers[0] in town.quiet[2:6]
    assert numbers[-1] in town.loud[2:6]
    assert len(numbers) >= 2
    assert not set(numbers) & {0, 1, 12, 13}
    assert "where ann is at home" in (message.embeds[0].description or "")
