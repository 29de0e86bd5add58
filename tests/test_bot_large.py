"""A community of 5,000 tracks and 500 people: whatever takes long comes after the answer was promised."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord

from catalog.models import Pick, Service
from storage.opinions import Source
from storage.owners import Owner
from storage.people import Author, ensure_all, touch_all
from storage.schema import artists, feedback, refs, share_tracks, shares, track_artists, tracks
from storage.schema_base import NO_EMOJI
from storage.stamps import to_ms
from storage.upsert import chunks, insert
from tests.fixtures.bot import Room

TRACKS, PEOPLE, EACH = 5_000, 500, 20
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("discover", {"count": 5}),
    ("discover", {"like": "surprise"}),
    ("playlist", {}),
    ("week", {"week": "52"}),
    ("hit-rate", {}),
    ("second-chance", {}),
    ("ratings", {}),
    ("preview", {}),
    ("not-my-taste", {"what": "week"}),
    ("not-my-taste", {"what": "list"}),
]


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


async def crowd(room: Room, member: simcord.MemberActor) -> None:
    """Fill the database: everybody shares and rates; the member has two written lists."""
    storage, now = room.services.storage, room.product.clock.now()
    ids = await storage.db.write(catalogue)
    authors = [Author(member.id, member.name), *(Author(10_000 + n, f"Person {n}") for n in range(PEOPLE - 1))]
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
            {"share_id": 0, "track_id": ids[(37 * p + 251 * n) % TRACKS], "person_id": person, "at": at + n}
            | {"source": Source.RATING.value, "emoji_id": NO_EMOJI, "value": 1 if n % 3 else -1, "among": 1}
            for p, person in enumerate(people)
            for n in range(EACH)
        ]
        for table, all_rows in ((shares, rows), (share_tracks, stands), (feedback, said)):
            for chunk in chunks(all_rows, 2_000):
                await conn.execute(insert(conn, table), chunk)
        await touch_all(conn, ((person, room.guild.id, at) for person in people))

    await storage.db.write(fill)
    person = await storage.people.by_discord_id(member.id)
    assert person is not None
    known = await storage.tracks.get(ids[-60:])
    for week, start in (("2025-W51", 0), ("2025-W52", 30)):
        drop = await storage.drops.plan(week, Owner("person", person.id), now - timedelta(days=3))
        picks = [Pick(known[each], 0.5, ("because",)) for each in ids[-60:][start : start + 30]]
        await storage.drops.record_picks(drop.id, picks)
        await storage.drops.mark_written(drop.id)
    await storage.feedback.rate(authors[0], ids[0], 1, server_id=room.guild.id)
    room.product.clock.advance(timedelta(days=5, hours=12))


async def test_heavy_work_comes_after_the_promise(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command defers before it asks the database or the models, and then answers."""
    ann = room.member("ann")
    await crowd(room, ann)
    deferred: list[bool] = []
    early: list[str] = []
    db = type(room.services.storage.db)

    def watched(name: str) -> None:
        real: Callable[..., Any] = getattr(db, name)

        def watching(*args: Any, **kwargs: Any) -> Any:
            if deferred and not deferred[-1]:
                early.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(db, name, watching)

    promise: Callable[..., Awaitable[Any]] = discord.InteractionResponse.defer

    async def promised(*args: Any, **kwargs: Any) -> Any:
        answer = await promise(*args, **kwargs)
        if deferred:
            deferred[-1] = True
        return answer

    monkeypatch.setattr(discord.InteractionResponse, "defer", promised)
    for name in ("read", "write", "submit"):
        watched(name)
    for command, options in COMMANDS:
        deferred.append(False)
        result = await ann.slash(room.channel, command, **options)
        assert (command, deferred[-1], result.ephemeral) == (command, True, True)
        assert result.response is not None or result.followups
    assert early == []
