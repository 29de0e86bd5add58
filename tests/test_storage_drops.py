"""The ledger of drops, runs, playlists and announcements."""

from datetime import timedelta

import pytest

from catalog.models import Artist, Pick, Track
from sandbox.clock import FastClock
from storage.announcements import AnnouncementState
from storage.drops import DropState, Owner
from storage.stores import Storage
from tests.storage_helpers import make_track, saved_ids

WEEK = "2026-W02"
ANN, SERVER = Owner("person", 1), Owner("server", 900)


async def picks_of(storage: Storage, count: int) -> list[Pick]:
    """Return picks of saved tracks, with everything a pick can hold."""
    found = await storage.tracks.get(await saved_ids(storage, count))
    return [
        Pick(track, 0.25, ("Bob shared it.", "It is near Jóga."), ("shared",), explores=True, shared_by=(11, 2**60))
        for track in found.values()
    ]


async def test_planning_is_done_once(storage: Storage, clock: FastClock) -> None:
    """A drop has one row an owner and week, and keeps its first hour; owners of both kinds stand apart."""
    drop = await storage.drops.plan(WEEK, ANN, clock.now())
    assert (drop.week, drop.owner, drop.state, drop.due_at) == (WEEK, ANN, DropState.PLANNED, clock.now())
    assert await storage.drops.plan(WEEK, ANN, clock.now() + timedelta(days=1)) == drop
    other = await storage.drops.plan(WEEK, Owner("server", 1), clock.now())
    assert other.id != drop.id
    assert await storage.drops.of_week(WEEK) == [drop, other]
    assert await storage.drops.get(WEEK, ANN) == drop
    assert await storage.drops.get("2026-W03", ANN) is None


async def test_a_drop_goes_through_its_states(storage: Storage, clock: FastClock) -> None:
    """Planned, picked, written, announced: each step stamped, and unfinished until the last."""
    drop = await storage.drops.plan(WEEK, ANN, clock.now())
    late = await storage.drops.plan(WEEK, SERVER, clock.now() + timedelta(hours=3))
    assert await storage.drops.unfinished(clock.now()) == [drop]
    await storage.drops.record_picks(drop.id, await picks_of(storage, 2), "fewer than asked")
    assert await storage.drops.latest(ANN) is None
    clock.advance(timedelta(minutes=1))
    await storage.drops.mark_written(drop.id)
    written = await storage.drops.latest(ANN)
    assert written is not None
    assert (written.state, written.note, written.written_at) == (DropState.WRITTEN, "fewer than asked", clock.now())
    assert written.picked_at == clock.now() - timedelta(minutes=1)
    assert [one.id for one in await storage.drops.unfinished(clock.now())] == [drop.id]
    await storage.drops.mark_announced([drop.id, late.id])
    done = await storage.drops.get(WEEK, ANN)
    assert done is not None
    assert (done.state, done.announced_at) == (DropState.ANNOUNCED, clock.now())
    assert await storage.drops.unfinished(clock.now()) == []
    assert await storage.drops.unfinished(late.due_at) == [late], "what was not written was not announced"


async def test_steps_out_of_turn_change_nothing(storage: Storage, clock: FastClock) -> None:
    """A repeated or misplaced step neither moves a drop back nor forward."""
    drop = await storage.drops.plan(WEEK, ANN, clock.now())
    await storage.drops.mark_written(drop.id)
    assert await storage.drops.get(WEEK, ANN) == drop
    await storage.drops.record_picks(drop.id, await picks_of(storage, 1))
    await storage.drops.mark_written(drop.id)
    await storage.drops.mark_announced([drop.id])
    done = await storage.drops.get(WEEK, ANN)
    clock.advance(timedelta(days=1))
    await storage.drops.mark_written(drop.id)
    await storage.drops.mark_announced([drop.id])
    await storage.drops.skip(drop.id, "too late")
    assert await storage.drops.get(WEEK, ANN) == done


async def test_picks_are_kept_whole_and_once(storage: Storage, clock: FastClock) -> None:
    """Picks read back as they were chosen, whatever the track becomes; a second choice changes nothing."""
    chosen = await picks_of(storage, 3)
    drop = await storage.drops.plan(WEEK, ANN, clock.now())
    assert await storage.drops.record_picks(drop.id, chosen) == chosen
    assert await storage.drops.record_picks(drop.id, chosen[:1], "again") == chosen
    await storage.tracks.save(make_track(1, album="Found later", artists=(Artist("Artist 1", "77"),)))
    assert await storage.drops.picks(drop.id) == chosen
    assert await storage.drops.dropped_since(ANN, clock.now()) == {pick.track.id for pick in chosen}
    assert await storage.drops.dropped_since(ANN, clock.now() + timedelta(seconds=1)) == set()
    assert await storage.drops.dropped_since(SERVER, clock.now()) == set()


async def test_an_unsaved_track_cannot_be_picked(storage: Storage, clock: FastClock) -> None:
    """A pick whose track has no id is refused whole, and the drop stays planned."""
    drop = await storage.drops.plan(WEEK, ANN, clock.now())
    with pytest.raises(ValueError, match="must be saved"):
        await storage.drops.record_picks(drop.id, [*await picks_of(storage, 1), Pick(Track("New"), 0.5)])
    assert await storage.drops.get(WEEK, ANN) == drop
    assert await storage.drops.picks(drop.id) == []


async def test_a_skipped_drop_is_done_and_says_why(storage: Storage, clock: FastClock) -> None:
    """A drop that cannot be made is not tried for ever."""
    drop = await storage.drops.plan(WEEK, ANN, clock.now())
    await storage.drops.skip(drop.id, "no candidates")
    skipped = await storage.drops.get(WEEK, ANN)
    assert skipped is not None
    assert (skipped.state, skipped.note) == (DropState.SKIPPED, "no candidates")
    assert await storage.drops.unfinished(clock.now()) == []
    assert await storage.drops.latest(ANN) is None


async def test_latest_is_the_newest_written(storage: Storage, clock: FastClock) -> None:
    """People see the last list that stands on Spotify."""
    for week in ("2026-W02", "2026-W03"):
        drop = await storage.drops.plan(week, ANN, clock.now())
        await storage.drops.record_picks(drop.id, await picks_of(storage, 1))
        await storage.drops.mark_written(drop.id)
        clock.advance(timedelta(days=7))
    await storage.drops.plan("2026-W04", ANN, clock.now())
    latest = await storage.drops.latest(ANN)
    assert latest is not None
    assert latest.week == "2026-W03"


async def test_a_run_is_started_once_and_marked(storage: Storage, clock: FastClock) -> None:
    """A restart in the middle of a week finds how far its run has come."""
    assert await storage.drops.run(WEEK) is None
    started = await storage.drops.start_run(WEEK)
    assert (started.started_at, started.fitted_at, started.finished_at) == (clock.now(), None, None)
    clock.advance(timedelta(minutes=5))
    assert await storage.drops.start_run(WEEK) == started
    await storage.drops.mark_fitted(WEEK)
    await storage.drops.finish_run(WEEK)
    done = await storage.drops.run(WEEK)
    assert done is not None
    assert (done.fitted_at, done.finished_at) == (clock.now(), clock.now())


async def test_a_playlist_is_intended_before_it_is_made(storage: Storage) -> None:
    """The first marker stays until the playlist is found by it; a lost one is counted once."""
    intended = await storage.playlists.intend(ANN, "marker-1")
    assert (intended.spotify_id, intended.marker, intended.recreated) == (None, "marker-1", 0)
    assert await storage.playlists.intend(ANN, "marker-2") == intended
    await storage.playlists.save(ANN, "abc", "https://open.spotify.com/playlist/abc")
    await storage.playlists.mark_written(ANN, WEEK)
    made = await storage.playlists.get(ANN)
    assert made is not None
    assert (made.spotify_id, made.written_week) == ("abc", WEEK)
    for _ in range(2):
        await storage.playlists.lost(ANN)
    lost = await storage.playlists.get(ANN)
    assert lost is not None
    assert (lost.spotify_id, lost.url, lost.written_week, lost.recreated) == (None, None, None, 1)
    await storage.playlists.intend(SERVER, "marker-3")
    assert [one.owner for one in await storage.playlists.all()] == [ANN, SERVER]
    assert await storage.playlists.get(Owner("person", 2)) is None


async def test_an_announcement_is_remembered_before_it_is_sent(storage: Storage) -> None:
    """One an owner and week, with a marker of its own, from planned over sending to sent."""
    planned = await storage.announcements.plan(WEEK, 1)
    assert planned.state is AnnouncementState.PLANNED
    assert await storage.announcements.plan(WEEK, 1) == planned
    others = [await storage.announcements.plan("2026-W03", 1), await storage.announcements.plan(WEEK, 2)]
    assert len({planned.marker, *(one.marker for one in others)}) == 3
    await storage.announcements.sending(WEEK, 1, 55)
    sending = await storage.announcements.get(WEEK, 1)
    assert sending is not None
    assert (sending.state, sending.channel_id, sending.message_id) == (AnnouncementState.SENDING, 55, None)
    await storage.announcements.sent(WEEK, 1, 66)
    await storage.announcements.sending(WEEK, 1, 77)
    sent = await storage.announcements.get(WEEK, 1)
    assert sent is not None
    assert (sent.state, sent.channel_id, sent.message_id) == (AnnouncementState.SENT, 55, 66)
    assert await storage.announcements.of_week(WEEK) == [sent, others[1]]
    assert await storage.announcements.get("2026-W09", 1) is None
