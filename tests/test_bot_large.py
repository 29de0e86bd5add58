"""A community of 5,000 tracks and 500 people: whatever takes long comes after the answer was promised."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from discord.ext import commands

from bot.apologies import Sentence
from catalog.models import Pick, Service
from storage.opinions import Source
from storage.owners import Owner
from storage.people import Author, ensure_all, touch_all
from storage.schema import artists, feedback, refs, share_tracks, shares, track_artists, tracks
from storage.schema_base import NO_EMOJI
from storage.stamps import to_ms
from storage.upsert import chunks, insert
from tests.fixtures.bot import Room
from tests.test_bot_settings import manager

TRACKS, PEOPLE, EACH = 5_000, 500, 20
BEN = "the member called ben"
HEAVY: list[tuple[str, dict[str, Any]]] = [
    ("discover", {"count": 5}),
    ("discover", {"like": "surprise"}),
    ("playlist", {}),
    ("week", {"week": "52"}),
    ("hit-rate", {}),
    ("second-chance", {}),
    ("ratings", {}),
    ("preview", {}),
    ("reroll", {}),
    ("rate", {"track": "Number 7", "opinion": "like"}),
    ("similar", {"track": "Number 7"}),
    ("import", {}),
    ("taste", {}),
    ("compare", {"member": BEN}),
    ("twin", {}),
    ("opposite", {}),
    ("bridge", {"member": BEN}),
    ("blend", {"first": BEN}),
    ("server", {}),
    ("tastemakers", {}),
    ("recap", {"period": "year"}),
    ("schedule", {}),
    ("my-data", {}),
    ("not-my-taste", {"what": "week"}),
    ("not-my-taste", {"what": "list"}),
]
"""What may take long: each is promised before the database or a model is asked."""

QUICK: list[tuple[str, dict[str, Any]]] = [
    ("help", {}),
    ("dial", {}),
    ("dial", {"value": 3}),
    ("link", {}),
    ("unlink", {}),
    ("forget-me", {}),
    ("opt-out", {}),
    ("opt-in", {}),
    ("settings", {}),
    ("doctor", {}),
]
"""What answers at once, from a row or two."""

MOST_ROWS = 4
"""Statements before such an answer."""

EVERYBODY = {"compare", "bridge", "blend", "server", "tastemakers", "recap"}
"""Answered in the channel, for all to see."""

SEARCHED = [("rate", "track", "Number 7"), ("similar", "track", "Number 49")]


async def catalogue(conn: Any) -> list[int]:
    """Write imagined tracks with ids, five by an artist, row by row: saving each as one does would take a minute."""
    ids = range(1, TRACKS + 1)
    names = [(n, f"Number {n}", f"number {n}") for n in ids]
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (artists, [{"id": n, "name": f"Band {n}", "search": f"band {n}"} for n in range(1, TRACKS // 5 + 1)]),
        (
            tracks,
            [
                {"id": n, "title": title, "search": search, "recording": search, "isrc": f"XX00{n:08d}"}
                | {"duration_ms": 180_000 + n}
                for n, title, search in names
            ],
        ),
        (track_artists, [{"track_id": n, "position": 0, "artist_id": (n - 1) // 5 + 1} for n in ids]),
        (refs, [{"service": Service.SPOTIFY.value, "ref": f"{n:022d}", "track_id": n} for n in ids]),
    ]
    for table, all_rows in rows:
        for chunk in chunks(all_rows, 2_000):
            await conn.execute(insert(conn, table), chunk)
    return list(ids)


async def crowd(room: Room, *members: simcord.MemberActor) -> None:
    """Fill the database: everybody shares, rates and reacts; the first member has two written lists."""
    storage, now = room.services.storage, room.product.clock.now()
    ids = await storage.db.write(catalogue)
    authors = [Author(each.id, each.name) for each in members]
    authors += [Author(10_000 + n, f"Person {n}") for n in range(PEOPLE - len(members))]
    at = to_ms(now - timedelta(days=1))
    await storage.servers.ensure(room.guild.id, "The Listening Room")

    async def fill(conn: Any) -> None:
        known = await ensure_all(conn, authors)
        people = [known[author.discord_id].id for author in authors]
        rows = [
            {"id": n + 1, "message_id": 10**17 + n, "server_id": room.guild.id, "channel_id": room.channel.id}
            | {"person_id": people[n % PEOPLE], "at": at}
            for n in range(TRACKS)
        ]
        stands = [{"share_id": n + 1, "track_id": ids[n], "position": 0} for n in range(TRACKS)]
        said = [
            {"share_id": place + 1 if reacts else 0, "track_id": ids[place], "person_id": person, "at": at + n}
            | {"source": (Source.REACTION if reacts else Source.RATING).value, "emoji_id": NO_EMOJI}
            | {"value": 1 if n % 3 else -1, "among": 1}
            for p, person in enumerate(people)
            for n in range(EACH)
            for reacts in (n % 2 == 1,)
            for place in ((37 * p + 251 * n) % TRACKS,)
        ]
        for table, all_rows in ((shares, rows), (share_tracks, stands), (feedback, said)):
            for chunk in chunks(all_rows, 2_000):
                await conn.execute(insert(conn, table), chunk)
        await touch_all(conn, ((person, room.guild.id, at) for person in people))

    await storage.db.write(fill)
    person = await storage.people.by_discord_id(members[0].id)
    assert person is not None
    known = await storage.tracks.get(ids[-60:])
    for week, start in (("2025-W51", 0), ("2025-W52", 30)):
        drop = await storage.drops.plan(week, Owner("person", person.id), now - timedelta(days=3))
        picks = [Pick(known[each], 0.5, ("because",)) for each in ids[-60:][start : start + 30]]
        await storage.drops.record_picks(drop.id, picks)
        await storage.drops.mark_written(drop.id)
    await storage.feedback.rate(authors[0], ids[0], 1, server_id=room.guild.id)
    room.product.clock.advance(timedelta(days=5, hours=12))


class Watch:
    """What a command asks of the database before it has answered or promised to."""

    def __init__(self) -> None:
        self.answered = True
        self.promised = False
        self.early: list[str] = []

    def begin(self) -> None:
        """Expect the next command."""
        self.answered, self.promised, self.early = False, False, []

    def over(self, owner: type, name: str) -> Callable[..., Any]:
        """Return a method of the database that tells on who calls it too early."""
        real: Callable[..., Any] = getattr(owner, name)

        def watching(*args: Any, **kwargs: Any) -> Any:
            if not self.answered:
                self.early.append(name)
            return real(*args, **kwargs)

        return watching

    def heard(self, name: str) -> Callable[..., Awaitable[Any]]:
        """Return the way of answering that tells when it was gone."""
        real: Callable[..., Awaitable[Any]] = getattr(discord.InteractionResponse, name)

        async def answering(*args: Any, **kwargs: Any) -> Any:
            found = await real(*args, **kwargs)
            if not self.answered:
                self.answered, self.promised = True, name == "defer"
            return found

        return answering


@pytest.fixture
def watch(room: Room, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watch the database and the answers."""
    watch = Watch()
    db = type(room.services.storage.db)
    for name in ("read", "write", "submit"):
        monkeypatch.setattr(db, name, watch.over(db, name))
    for name in ("defer", "send_message"):
        monkeypatch.setattr(discord.InteractionResponse, name, watch.heard(name))
    return watch


async def test_every_command_answers_or_promises_at_once(room: Room, watch: Watch) -> None:
    """What is heavy is promised before the database or a model is asked; what is not reads a few rows."""
    ann, ben, boss = room.member("ann"), room.member("ben"), manager(room)
    await crowd(room, ann, ben)
    for command, options in (*HEAVY, *QUICK):
        who = boss if command == "settings" else ann
        watch.begin()
        result = await who.slash(room.channel, command, **{k: ben if v == BEN else v for k, v in options.items()})
        heavy = (command, options) in HEAVY
        assert (command, watch.answered, watch.promised) == (command, True, heavy)
        assert len(watch.early) <= (0 if heavy else MOST_ROWS), command
        refusals = [
            error for error in room.env.errors if not isinstance(cause_of(error), (Sentence, commands.CheckFailure))
        ]
        assert (command, refusals) == (command, [])
        assert result.response is not None or result.followups
        assert result.ephemeral == (command not in EVERYBODY), command


def cause_of(error: BaseException) -> BaseException:
    """Return what a command really raised."""
    while isinstance(inner := getattr(error, "original", None), BaseException):
        error = inner
    return error


def test_no_command_is_left_out(room: Room) -> None:
    """A new command says here whether it is heavy."""
    assert {command.name for command in room.bot.tree.get_commands(type=discord.AppCommandType.chat_input)} == {
        name for name, _ in (*HEAVY, *QUICK)
    }


async def test_what_is_typed_is_completed_among_very_many(room: Room) -> None:
    """Suggestions cannot be promised, so they take no more than Discord's most."""
    ann, ben = room.member("ann"), room.member("ben")
    await crowd(room, ann, ben)
    for command, option, words in SEARCHED:
        assert 0 < len(await ann.autocomplete(room.channel, command, option, words)) <= 25
