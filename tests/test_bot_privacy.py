"""What a person may do about their data: have it, have it forgotten, be left alone."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import select

from bot.my_data import WORDS, pack
from catalog.models import Pick
from sandbox.records import SandboxTrack
from storage.owners import Owner
from storage.personal import personal_tables
from storage.schema_all import metadata
from tests.fixtures.bot import LIKE, OpenRoom, Room
from tests.test_bot_commands import answer_of, buttons_of, write_list


def opinions(tracks: Sequence[SandboxTrack]) -> bytes:
    """Return a CSV in which each of these tracks is liked."""
    return "\n".join(["link,opinion", *(f"{track.spotify_url},like" for track in tracks), ""]).encode()


async def live_a_little(room: Room, name: str = "Annabel Lee") -> simcord.MemberActor:
    """Let somebody share, react, rate, import, wish, and get a drop."""
    ann, bea = room.member(name), room.member("bea")
    shared = await bea.send(room.channel, room.link(30))
    await ann.react(shared, LIKE)
    await write_list(room, ann, count=4)
    await ann.send(room.channel, f"a word of mine {room.link(5)}")
    await ann.slash(room.channel, "rate", track=room.link(6), opinion="like")
    await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[8:10])))
    await room.services.importer.run()
    await ann.slash(room.channel, "schedule", weekday="friday", hour=7, timezone="Europe/Berlin")
    await ann.slash(room.channel, "dial", value=8)
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    drop = await room.services.storage.drops.plan("2026-W01", Owner("server", room.guild.id), room.product.clock.now())
    track = (await room.services.storage.tracks.get([1]))[1]
    pick = Pick(track, 0.5, (f"liked by {name}", f"shared by {name} and bea"), shared_by=(ann.id, bea.id))
    await room.services.storage.drops.record_picks(drop.id, [pick])
    return ann


async def traces(room: Room, needles: list[str]) -> list[str]:
    """Return every cell of the database that holds one of these words or numbers."""
    found = []
    async with room.services.storage.db.read() as conn:
        for table in metadata.sorted_tables:
            for row in (await conn.execute(select(table))).mappings():
                for column, value in row.items():
                    text = value.decode("latin-1") if isinstance(value, bytes) else json.dumps(value, default=str)
                    found += [f"{table.name}.{column}: {text[:80]}" for needle in needles if needle in text]
    return found


async def press_forget(room: Room, ann: simcord.MemberActor, label: str = "Forget me for good") -> discord.Message:
    """Ask to be forgotten and press the button; return the question."""
    asked = await ann.slash(room.channel, "forget-me")
    assert asked.ephemeral
    assert asked.response is not None
    message = asked.response.message
    button = next(each for each in buttons_of(message) if each.label == label)
    await ann.click(message, custom_id=button.custom_id or "")
    return message


async def get_a_drop(room: Room) -> simcord.MemberActor:
    """Let somebody get a drop that is written and announced."""
    ann, bea = room.member("Annabel Lee"), room.member("bea")
    for number in range(8):
        shared = await bea.send(room.channel, room.link(number))
        if number < 2:
            await ann.react(shared, LIKE)
    await room.services.weekly.bring_forward(room.product.clock.now())
    await room.services.weekly.run()
    return ann


async def unpack(room: Room, ann: simcord.MemberActor) -> dict[str, bytes]:
    """Return the files that somebody is given."""
    result = await ann.slash(room.channel, "my-data")
    assert result.ephemeral
    assert result.response is not None
    (file,) = result.response.message.attachments
    with room.env._bot_scope():
        packed = await file.read()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_my_data_has_every_row_of_every_table_with_a_person(room: Room) -> None:
    """Compared with the database table by table: what has the person's key or number is in the file."""
    ann = await live_a_little(room)
    files = await unpack(room, ann)
    data = json.loads(files["data.json"])
    assert set(data) == {table.name for table in personal_tables()}
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    async with room.services.storage.db.read() as conn:
        for table in metadata.sorted_tables:
            keys = [column for column in table.c if column.name in {"person_id", "discord_id", "asker_id"}]
            for column in keys:
                wanted = person.id if column.name == "person_id" else ann.id
                count = len((await conn.execute(select(column).where(column == wanted))).all())
                assert len(data[table.name]) == count, table.name
    told = {name for name, rows in data.items() if rows}
    assert {"feedback", "shares", "picks", "drops", "imports", "import_lines", "people", "playlists"} <= told
    assert any(row["track"] == room.tracks[6].title for row in data["feedback"])
    assert data["people"][0]["timezone"] == "Europe/Berlin"
    for name, rows in data.items():
        lines = list(csv.DictReader(io.StringIO(files[f"csv/{name}.csv"].decode())))
        assert len(lines) == len(rows)


def test_every_table_of_persons_has_words() -> None:
    """The read-me says of each file what it holds."""
    assert {table.name for table in personal_tables()} <= set(WORDS)


def test_every_table_that_may_name_a_person_is_known() -> None:
    """Columns that look like somebody's are somebody's: a new table is not forgotten by its name."""
    known = {table.name for table in personal_tables()} | {"accounts"}  # the bot's own account at Spotify
    for table in metadata.sorted_tables:
        names = [column.name for column in table.c]
        suspects = [name for name in names if any(word in name for word in ("person", "discord", "asker", "member_id"))]
        suspects += [name for name in names if name in {"user_id", "author_id", "owner_id", "seed_id", "place_id"}]
        assert not suspects or table.name in known, (table.name, suspects)


def test_no_cell_is_a_formula() -> None:
    """A track called =HYPERLINK(..) stays a title, also behind spaces; numbers stay numbers."""
    import datetime as dt

    rows = [{"title": "=1+1", "other": " @x", "name": "+4", "value": -1}]
    packed = pack("ann", {"feedback": rows}, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("csv/feedback.csv").decode()))
        assert json.loads(archive.read("data.json"))["feedback"] == rows
    assert row == {"title": "'=1+1", "other": "' @x", "name": "'+4", "value": "-1"}


async def test_my_data_by_typed_command_goes_by_direct_message(room: Room) -> None:
    """Nothing of it in the channel."""
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    await ann.send(room.channel, "!my-data")
    assert room.said() == []
    (letter,) = ann.user.dm_channel.history()
    assert letter.attachments[0].filename == "tastebud-my-data.zip"


async def test_a_stranger_has_no_data(open_room: OpenRoom) -> None:
    """And becomes nobody known by asking."""
    async with open_room(check_errors=False) as room:
        result = await room.member("ann").slash(room.channel, "my-data")
        assert "I know nothing of you" in answer_of(result)
        assert await room.services.storage.people.get(range(10)) == {}


async def test_forget_me_leaves_no_trace_in_any_table(room: Room) -> None:
    """Neither key nor number nor name; the shares stay without them, and their words go."""
    ann = await live_a_little(room)
    shares = await room.services.storage.shares.count()
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    await room.services.picker.refit()
    assert await traces(room, [str(ann.id), "Annabel Lee", "a word of mine"])
    question = await press_forget(room, ann)
    assert await traces(room, [str(ann.id), "Annabel Lee", "a word of mine"]) == []
    async with room.services.storage.db.read() as conn:
        for table in personal_tables():
            for column in table.c:
                if column.name == "person_id" and table.name != "shares":
                    assert (await conn.execute(select(column).where(column == person.id))).all() == [], table.name
    assert await room.services.storage.shares.count() == shares
    assert {share.discord_id for share in await room.services.storage.shares.recent()} == {0, bea_of(room)}
    assert "I know nothing of you any more" in (refreshed(room, question).embeds[0].description or "")


def bea_of(room: Room) -> int:
    """Return the number of the other member."""
    return next(message.author.id for message in room.channel.history() if message.author.name == "bea")


def refreshed(room: Room, message: discord.Message) -> discord.Message:
    """Return a message as it is now."""
    from simcord.results import to_discord_message

    return to_discord_message(room.env, room.env.backend.get_message(message.channel.id, message.id))


async def test_the_button_works_once_and_for_its_owner_alone(open_room: OpenRoom) -> None:
    """Pressed again, also after a restart, it forgets nobody who came back since."""
    async with open_room(check_errors=False) as room:
        ann = await live_a_little(room)
        asked = await ann.slash(room.channel, "forget-me")
        assert asked.response is not None
        button = buttons_of(asked.response.message)[0].custom_id or ""
        channel = room.bot.get_channel(room.channel.id)
        assert isinstance(channel, discord.TextChannel)
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="x", custom_id=button))
        copy = await channel.send("a copy of the button", view=view)
        stranger = await room.member("eve").click(copy, custom_id=button)
        assert "Only who asked" in answer_of(stranger)
        await ann.click(asked.response.message, custom_id=button)
        await ann.slash(room.channel, "rate", track=room.link(6), opinion="like")
        await room.leave()
        await room.come_back()
        again = await ann.click(copy, custom_id=button)
        assert "already" in again.followups[-1].content
        assert await room.opinion(ann, 6) == 1


async def test_an_old_question_is_not_answered(open_room: OpenRoom) -> None:
    """After a quarter of an hour it is to be asked again."""
    async with open_room(check_errors=False) as room:
        ann = await live_a_little(room)
        asked = await ann.slash(room.channel, "forget-me")
        assert asked.response is not None
        room.product.clock.move_to(room.product.clock.now() + timedelta(minutes=16))
        result = await ann.click(asked.response.message, label="Forget me for good")
        assert "ask again" in result.followups[-1].content
        assert await room.opinion(ann, 6) == 1


async def test_keep_everything_keeps_everything(room: Room) -> None:
    """The question goes, the data stays."""
    ann = await live_a_little(room)
    question = await press_forget(room, ann, "Keep everything")
    assert "Nothing was forgotten" in (refreshed(room, question).embeds[0].description or "")
    assert await room.opinion(ann, 6) == 1


async def test_reactions_that_still_stand_are_not_read_back(room: Room) -> None:
    """A sweep sees them on Discord and leaves them; what the person does from now on counts."""
    ann, bea = room.member("ann"), room.member("bea")
    old = await bea.send(room.channel, room.link(0))
    mine = await ann.send(room.channel, f"hello {room.link(1)}")
    await ann.react(old, LIKE)
    await bea.react(mine, LIKE)
    room.product.clock.move_to(room.env.now() + timedelta(minutes=1))
    await press_forget(room, ann)
    await room.leave()
    await room.come_back()
    assert await room.services.storage.people.by_discord_id(ann.id) is None
    assert await room.standing(old) == set()
    assert await room.standing(mine) == {(bea.id, LIKE, 1)}
    assert await traces(room, ["hello"]) == []
    await ann.unreact(old, LIKE)
    await ann.react(old, LIKE)
    assert await room.standing(old) == {(ann.id, LIKE, 1)}
    await room.leave()
    await room.come_back()
    assert await room.standing(old) == {(ann.id, LIKE, 1)}


async def test_the_playlist_is_emptied_and_renamed(room: Room) -> None:
    """Later, if Spotify is away just now; nobody's name is on it then."""
    ann = await get_a_drop(room)
    books = room.product.sandbox.spotify.playlists
    (book,) = [each for each in books.all() if each.name.startswith("Annabel")]
    room.product.sandbox.faults.inject("server_error", service="spotify", times=None)
    await press_forget(room, ann)
    assert book.track_ids
    room.product.sandbox.faults.clear()
    for chore in room.services.chores:
        await chore()
    (left,) = [each for each in books.all() if each.id == book.id]
    assert left.track_ids == []
    assert left.name == "A Tastebud playlist of nobody"
    assert await room.services.storage.forgetting.left_playlists() == []


async def test_the_announcement_names_them_no_more(room: Room) -> None:
    """It is written anew without them."""
    ann = await get_a_drop(room)
    announced = next(message for message in room.said() if message.embeds)
    assert "Annabel Lee" in str(announced.embeds[0].to_dict())
    await press_forget(room, ann)
    announced = next(message for message in room.said() if message.embeds)
    assert "Annabel Lee" not in str([embed.to_dict() for embed in announced.embeds])


async def test_who_opted_out_is_not_recorded_by_any_way_in(open_room: OpenRoom) -> None:
    """Share, reaction, rating, button, import, and what is read back after a restart."""
    async with open_room(check_errors=False) as room:
        ann, bea = room.member("ann"), room.member("bea")
        result = await ann.slash(room.channel, "opt-out")
        assert result.ephemeral
        shared = await ann.send(room.channel, f"a word of mine {room.link(0)}")
        other = await bea.send(room.channel, room.link(1))
        await ann.react(other, LIKE)
        await ann.send(room.channel, f"!rate {room.link(1)} like")
        await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[8:10])))
        await room.services.importer.run()
        await room.leave()
        await ann.react(shared, LIKE)
        await room.come_back()
        person = await room.services.storage.people.by_discord_id(ann.id)
        assert person is not None
        assert await room.services.storage.feedback.of_person(person.id, 100) == []
        assert await room.services.storage.imports.of(ann.id) == []
        assert {share.discord_id for share in await room.services.storage.shares.recent()} == {0, bea.id}
        assert await traces(room, ["a word of mine"]) == []


async def test_opting_in_counts_from_then_on(room: Room) -> None:
    """What was said meanwhile is never read back, what was said before stands again."""
    ann, bea = room.member("ann"), room.member("bea")
    first, second = [await bea.send(room.channel, room.link(number)) for number in (0, 1)]
    await ann.react(first, LIKE)
    await ann.slash(room.channel, "opt-out")
    await ann.react(second, LIKE)
    room.product.clock.move_to(room.env.now() + timedelta(minutes=1))
    await ann.slash(room.channel, "opt-in")
    await room.leave()
    await room.come_back()
    assert await room.standing(first) == {(ann.id, LIKE, 1)}
    assert await room.standing(second) == set()
    third = await bea.send(room.channel, room.link(2))
    await ann.react(third, LIKE)
    assert await room.opinion(ann, 2) == 1


@pytest.mark.parametrize("out", [True, False])
async def test_forgotten_after_an_opt_out_stays_left_alone(room: Room, out: bool) -> None:
    """A bare number is all that is kept, and the person is told so."""
    ann = await live_a_little(room)
    if out:
        await ann.slash(room.channel, "opt-out")
    question = await press_forget(room, ann)
    text: Any = refreshed(room, question).embeds[0].description
    assert ("that alone" in text) is out
    found = await room.services.storage.people.by_discord_id(ann.id)
    assert (found is not None and found.opted_out and not found.name) is out
    assert (found is None) is not out
