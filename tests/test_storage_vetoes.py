"""What members take back: vetoes, ratings undone, what is not their taste, and what became of picks."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.models import Pick
from sandbox.clock import FastClock
from storage.database import Database, StorageSettings
from storage.feedback import Source
from storage.mutes import Scope
from storage.outcomes import Verdict
from storage.owners import Owner
from storage.ratings import Undone
from storage.stores import Storage
from storage.vetoes import Vetoed
from tests.storage_helpers import ANN, BOB, CHANNEL, make_track, saved_ids, share, spotify_ref

WEEK = "2026-W03"


async def ann(storage: Storage) -> Owner:
    """Return Ann as an owner of drops."""
    await storage.people.set_opted_out(ANN.discord_id, ANN.name, False)
    person = await storage.people.by_discord_id(ANN.discord_id)
    assert person is not None
    return Owner("person", person.id)


async def picks(storage: Storage, count: int, wild: int = 0) -> list[Pick]:
    """Return picks of saved tracks, the last of them wildcards."""
    ids = await saved_ids(storage, count)
    tracks = await storage.tracks.get(ids)
    return [Pick(tracks[track_id], 0.5, explores=number >= count - wild) for number, track_id in enumerate(ids)]


async def test_three_vetoes_a_week_that_never_come(storage: Storage, clock: FastClock) -> None:
    """A fourth is too many, the same again is none; what is vetoed meanwhile is not recorded."""
    owner, chosen = await ann(storage), await picks(storage, 6)
    ids = [pick.track.id or 0 for pick in chosen]
    assert await storage.vetoes.veto(owner.id, WEEK, ids[:2]) is Vetoed.DONE
    assert await storage.vetoes.veto(owner.id, WEEK, ids[1:4]) is Vetoed.TOO_MANY
    assert await storage.vetoes.veto(owner.id, WEEK, ids[:3]) is Vetoed.DONE
    assert await storage.vetoes.kept_out(owner.id) == set(ids[:3])
    drop = await storage.drops.plan(WEEK, owner, clock.now())
    recorded = await storage.drops.record_picks(drop.id, chosen)
    assert [pick.track.id for pick in recorded] == ids[3:]
    assert await storage.vetoes.veto(owner.id, WEEK, ids[3:4]) is Vetoed.TOO_LATE
    assert await storage.vetoes.take_back(owner.id, WEEK) is None


async def test_vetoes_follow_a_merge(storage: Storage) -> None:
    """Two rows that turn out to be one track stay vetoed as one."""
    owner = await ann(storage)
    one = await storage.tracks.save(make_track(1, isrc=None))
    other = await storage.tracks.save(make_track(2))
    assert one.id
    assert other.id
    await storage.vetoes.veto(owner.id, WEEK, [one.id, other.id])
    kept = await storage.tracks.save(make_track(2, refs=(spotify_ref(1), spotify_ref(2))))
    assert await storage.vetoes.kept_out(owner.id) == {kept.id}


async def test_undo_is_exact_and_in_order(storage: Storage) -> None:
    """Each act goes back to the rows that it found, to the millisecond."""
    owner, (track,) = await ann(storage), await saved_ids(storage, 1)
    stood = []
    for value, source in ((1, Source.RATING), (-1, Source.BUTTON), (None, Source.RATING), (1, Source.BUTTON)):
        stood.append(await storage.feedback.of_person(owner.id, 10))
        await storage.feedback.rate(ANN, track, value, source)
    acts = await storage.ratings.of_person(owner.id, 10)
    assert [act.newest for act in acts] == [True, False, False, False]
    assert (await storage.ratings.undo(acts[1].id, ANN.discord_id))[0] is Undone.NEWER
    assert (await storage.ratings.undo(acts[0].id, BOB.discord_id))[0] is Undone.NOT_THERE
    for act, before in zip(acts, reversed(stood), strict=True):
        assert (await storage.ratings.undo(act.id, ANN.discord_id))[0] is Undone.DONE
        assert await storage.feedback.of_person(owner.id, 10) == before
    assert await storage.ratings.count(owner.id) == 0


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (Scope(message_id=1), {2, 3, 4}),
        (Scope(message_id=2, track_id=2), {1, 3, 4}),
        (Scope(channel_id=CHANNEL), {4}),
        (Scope(channel_id=CHANNEL + 1), {1, 2, 3, 4}),
        (Scope(track_id=4), {1, 2, 3}),
    ],
)
async def test_what_a_scope_leaves_out(storage: Storage, scope: Scope, left: set[int]) -> None:
    """All of that person's feedback that meets it, of nobody else's; undone, everything is as it was."""
    ids = await saved_ids(storage, 4)
    await share(storage, 1, ids[:1])
    await share(storage, 2, ids[1:3])
    await storage.feedback.rate(ANN, ids[3], 1)
    await share(storage, 3, ids, BOB)
    owner = await ann(storage)
    before = await storage.feedback.of_person(owner.id, 10)
    mute = await storage.mutes.add(ANN, scope)
    assert mute is not None
    assert await storage.mutes.add(ANN, scope) == mute
    opinions = await storage.feedback.opinions()
    expected = {ids[number - 1] for number in left}
    assert set(opinions.track_id[opinions.person_id == owner.id].tolist()) == expected
    assert {row.track_id for row in await storage.feedback.of_person(owner.id, 10)} == expected
    assert len(opinions) == await storage.feedback.count() == 4 + len(left)
    assert await storage.vetoes.kept_out(owner.id) == set(ids) - expected
    assert await storage.feedback.of_person(owner.id, 10, with_muted=True) == before
    assert await storage.mutes.undo(mute.id, BOB.discord_id) is None
    assert await storage.mutes.undo(mute.id, ANN.discord_id) is not None
    assert await storage.feedback.of_person(owner.id, 10) == before


async def test_a_mute_of_everything_is_refused(storage: Storage) -> None:
    """A scope without conditions would mean all that somebody ever said."""
    with pytest.raises(ValueError, match="condition"):
        await storage.mutes.add(ANN, Scope(server_id=1))


async def test_outcomes_count_words_after_the_drop_alone(storage: Storage, clock: FastClock) -> None:
    """Liked, disliked or ignored; imports and what was said before do not count, nor what others say."""
    owner, chosen = await ann(storage), await picks(storage, 5, wild=1)
    ids = [pick.track.id or 0 for pick in chosen]
    await storage.feedback.rate(ANN, ids[0], 1)
    clock.advance(timedelta(hours=1))
    drop = await storage.drops.plan(WEEK, owner, clock.now())
    await storage.drops.record_picks(drop.id, chosen)
    await storage.drops.mark_written(drop.id)
    clock.advance(timedelta(hours=1))
    await storage.feedback.rate(ANN, ids[1], 1)
    await storage.feedback.rate(ANN, ids[2], 1)
    await storage.feedback.rate(ANN, ids[2], -1)
    await storage.feedback.rate(BOB, ids[3], 1)
    outcomes = await storage.outcomes.of([owner])
    assert [one.verdict for one in outcomes] == [
        Verdict.IGNORED,
        Verdict.LIKED,
        Verdict.DISLIKED,
        Verdict.IGNORED,
        Verdict.IGNORED,
    ]
    assert [one.explores for one in outcomes] == [False] * 4 + [True]
    assert await storage.outcomes.of([owner], clock.now()) == []
    assert await storage.outcomes.all() == outcomes
    assert await storage.outcomes.of([]) == []


async def test_ratings_of_before_get_a_history(storage_settings: StorageSettings) -> None:
    """What was rated before there was a history can be undone too."""
    from alembic import command
    from alembic.config import Config

    from storage.migrate import SCRIPTS
    from storage.ratings import Ratings

    def move(connection: Connection, where: str) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        (command.upgrade if where == "head" else command.downgrade)(config, where)

    async with Database.open(storage_settings) as db:

        async def back(conn: AsyncConnection) -> None:
            await conn.run_sync(move, "0009")
            await conn.execute(text("INSERT INTO people (id, discord_id, name, opted_out) VALUES (1, 10, 'Ann', 0)"))
            await conn.execute(text("INSERT INTO tracks (id, title, search) VALUES (7, 'T', 't')"))
            for source, value, at in ((3, 1, 1000), (4, -1, 2000)):
                await conn.execute(
                    text(
                        "INSERT INTO feedback (share_id, track_id, person_id, source, emoji_id, value, among, at) "
                        "VALUES (0, 7, 1, :source, 0, :value, 1, :at)"
                    ),
                    {"source": source, "value": value, "at": at},
                )
            await conn.run_sync(move, "head")

        await db.write(back)
        ratings = Ratings(db)
        found = await ratings.of_person(1, 10)
        assert [(act.value, act.before) for act in found] == [(-1, 1), (1, 0)]
        assert (await ratings.undo(found[0].id, 10))[0] is Undone.DONE
        assert (await ratings.undo(found[1].id, 10))[0] is Undone.DONE
        async with db.read() as conn:
            assert await conn.scalar(text("SELECT count(*) FROM feedback")) == 0
