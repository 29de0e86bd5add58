"""What was shown: kept with each drop and each look, followed through merges, forgotten when asked."""

from datetime import timedelta

import numpy as np
import pytest

from catalog.models import Artist, Pick, Service, Slot, Track, TrackRef
from sandbox.clock import FastClock
from storage.owners import Owner
from storage.people import Author
from storage.showings import DISCOVER
from storage.stores import Storage

ME = Author(5_000, "Mia")
WEEK = "2026-W05"


async def saved(storage: Storage, number: int, isrc: str | None = None) -> Track:
    """Save a track by number."""
    ref = TrackRef(Service.SPOTIFY, f"{number:022d}")
    return await storage.tracks.save(
        Track(f"Title {number}", (Artist(f"Artist {number}"),), (ref,), 200_000 + 10_000 * number, isrc)
    )


async def person(storage: Storage, author: Author = ME) -> int:
    """Make a member known and return their id."""
    await storage.people.set_schedule(author.discord_id, author.name, None, None, None)
    known = await storage.people.by_discord_id(author.discord_id)
    assert known is not None
    return known.id


def pick(track: Track, slot: Slot = Slot.BEST, propensity: float = 1.0, score: float = 0.7) -> Pick:
    """Return a pick of that track."""
    wild = slot is Slot.WILDCARD
    return Pick(track, score, ("close to it",), ("radio",), wild, std=0.1, propensity=propensity, slot=slot)


async def test_a_look_is_kept_whole(storage: Storage, clock: FastClock) -> None:
    """When, on what occasion, where it stood, how sure we were, by what chance, and why."""
    me = await person(storage)
    one, other = await saved(storage, 1), await saved(storage, 2)
    await storage.showings.record(me, DISCOVER, [pick(one), pick(other, Slot.WILDCARD, 0.05, 0.4)])
    assert one.id is not None
    assert other.id is not None
    shown = await storage.showings.last(me, other.id)
    assert shown is not None
    assert (shown.at, shown.occasion, shown.position) == (clock.now(), DISCOVER, 1)
    assert (shown.score, shown.std, shown.propensity) == (0.4, 0.1, 0.05)
    assert (shown.slot, shown.explores, shown.reasons) == (Slot.WILDCARD, True, ("close to it",))
    assert await storage.showings.last(me + 1, other.id) is None
    assert [each.track_id for each in await storage.showings.of(me)] == [one.id, other.id]


async def test_what_was_shown_lately_is_told_from_what_was_shown_before(storage: Storage, clock: FastClock) -> None:
    """Each person and occasion by itself, from an instant on."""
    me, you = await person(storage), await person(storage, Author(6_000, "Tom"))
    one, other = await saved(storage, 1), await saved(storage, 2)
    await storage.showings.record(me, DISCOVER, [pick(one)])
    later = clock.now() + timedelta(days=2)
    clock.advance(timedelta(days=3))
    await storage.showings.record(me, WEEK, [pick(other)])
    since = later - timedelta(days=9)
    assert await storage.showings.shown_since(me, since) == {one.id, other.id}
    assert await storage.showings.shown_since(me, later) == {other.id}
    assert await storage.showings.shown_since(me, since, DISCOVER) == {one.id}
    assert await storage.showings.shown_since(you, since) == set()
    assert [each.track_id for each in await storage.showings.all_since(later)] == [other.id]
    assert len(await storage.showings.all_since()) == 2


async def test_columns_are_for_judging(storage: Storage) -> None:
    """All showings at once, with what was drawn by chance and by which."""
    assert len(await storage.showings.columns()) == 0
    me = await person(storage)
    tracks = [await saved(storage, number) for number in range(3)]
    await storage.showings.record(
        me, WEEK, [pick(tracks[0]), pick(tracks[1], Slot.WILDCARD, 0.25), pick(tracks[2], Slot.NEW)]
    )
    columns = await storage.showings.columns()
    assert columns.track_id.tolist() == [track.id for track in tracks]
    assert columns.explores.tolist() == [False, True, False]
    assert columns.propensity.tolist() == [1.0, 0.25, 1.0]
    assert columns.position.dtype == np.int64
    assert columns.occasion == [WEEK] * 3


@pytest.mark.parametrize("kind", ["person", "server"])
async def test_a_drop_of_a_person_is_shown_once(storage: Storage, clock: FastClock, kind: str) -> None:
    """Recording picks records what was shown, in the same transaction and not twice; a server is nobody."""
    me = await person(storage)
    owner = Owner("person", me) if kind == "person" else Owner("server", 100)
    track = await saved(storage, 1)
    drop = await storage.drops.plan(WEEK, owner, clock.now())
    chosen = [pick(track, Slot.WILDCARD, 0.1)]
    for _ in range(2):
        assert [each.slot for each in await storage.drops.record_picks(drop.id, chosen)] == [Slot.WILDCARD]
    shown = await storage.showings.all_since()
    assert [(each.person_id, each.occasion, each.propensity) for each in shown] == (
        [(me, WEEK, 0.1)] if kind == "person" else []
    )
    assert track.id is not None
    assert await storage.drops.last_dropped(owner) == {track.id: clock.now()}


async def test_showings_follow_a_merge(storage: Storage) -> None:
    """A track that turns out to be another was shown all the same."""
    me = await person(storage)
    one = await storage.tracks.save(
        Track("Neon Tides", (Artist("Ana Vale"),), (TrackRef(Service.SPOTIFY, "1" * 22),), 200_000)
    )
    other = await storage.tracks.save(
        Track("Neon Tides (Live)", (Artist("Ana Vale"),), (TrackRef(Service.DEEZER, "7"),), 260_000)
    )
    assert one.id != other.id
    await storage.showings.record(me, DISCOVER, [pick(other)])
    assert one.id is not None
    assert other.id is not None
    kept, gone = one.id, other.id
    from storage.merging import merge

    await storage.db.write(lambda conn: merge(conn, kept, gone))
    assert await storage.showings.shown_since(me, (await storage.showings.of(me))[0].at) == {one.id}
    await storage.showings.record(me, DISCOVER, [pick(other)])
    assert {each.track_id for each in await storage.showings.of(me)} == {one.id}


async def test_nothing_is_kept_of_who_wants_to_be_left_alone(storage: Storage) -> None:
    """Who opted out, and who we do not know, leaves no trace; who asks to be forgotten is."""
    me, you = await person(storage), await person(storage, Author(6_000, "Tom"))
    track = await saved(storage, 1)
    for one in (me, you, 999_999):
        await storage.showings.record(one, DISCOVER, [pick(track)])
    await storage.people.set_opted_out(ME.discord_id, ME.name, True)
    await storage.showings.record(me, DISCOVER, [pick(track)])
    assert len(await storage.showings.all_since()) == 2
    assert await storage.showings.forget(me) == 1
    assert {each.person_id for each in await storage.showings.all_since()} == {you}
