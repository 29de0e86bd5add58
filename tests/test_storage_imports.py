"""Imports as rows: what counts, what is taken back, and what is nobody else's."""

import numpy as np
import pytest
from sqlalchemy import func, select

from catalog.imports import ImportKind, ImportLine, Problem, Understood
from catalog.models import Artist, Service, Track, TrackRef
from sandbox.clock import FastClock
from storage.import_rows import WaitingLine
from storage.imports import Import, ImportState, NotImported
from storage.opinions import Source
from storage.people import Author
from storage.schema import feedback
from storage.schema_asked import import_lines, imports
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, SERVER, make_track, saved_ids, share


def brought(*numbers: int, value: int = 1, **more: object) -> Understood:
    """Return what a file with the tracks of these numbers comes to."""
    lines = [ImportLine(f"Title {number}", f"Artist {number}", value=value, **more) for number in numbers]  # type: ignore[arg-type]
    return Understood(ImportKind.CSV, tuple(lines), len(lines), {"heard once only": 2}, (Problem("line 3", "why"),), 1)


async def bring(storage: Storage, author: Author, understood: Understood, digest: str = "a") -> Import:
    """Import and resolve everything that is stored."""
    begun = await storage.imports.begin(author, f"{digest}.csv", digest, understood, SERVER)
    waiting = await storage.imports.waiting(1_000)
    found = await storage.imports.known(waiting)
    await storage.imports.resolve(found, [line for line in waiting if line not in found])
    return await storage.imports.get(begun.id) or begun


async def opinion(storage: Storage, author: Author, track_id: int) -> float | None:
    """Return what somebody thinks of a track."""
    person = await storage.people.by_discord_id(author.discord_id)
    assert person is not None
    return await storage.feedback.opinion_of(person.id, track_id)


async def test_lines_become_weak_feedback_of_their_own_source(storage: Storage, clock: FastClock) -> None:
    """Said at the instant of the import, at the weight that the line has."""
    (track_id,) = await saved_ids(storage, 1)
    done = await bring(storage, ANN, brought(1, value=-1, among=4))
    assert (done.state, done.resolved, done.missed, done.total) == (ImportState.DONE, 1, 0, 1)
    rows = await storage.feedback.opinions()
    assert (rows.track_id.tolist(), rows.source.tolist(), rows.value.tolist()) == ([track_id], [Source.IMPORT], [-1])
    assert np.allclose(rows.weight, 0.25)
    assert rows.at[0] == round(clock.now().timestamp() * 1000)
    assert await opinion(storage, ANN, track_id) == -0.5


async def test_undoing_one_import_leaves_another_on_the_same_track(storage: Storage) -> None:
    """Each takes away exactly its own, whatever the order, and so it is with what was said out loud."""
    one, two, three = await saved_ids(storage, 3)
    first = await bring(storage, ANN, brought(1, 2), "first")
    second = await bring(storage, ANN, brought(2, 3), "second")
    await bring(storage, BOB, brought(1, 2, 3), "first")
    await storage.feedback.rate(ANN, one, -1)

    assert await storage.imports.undo(first.id, ANN.discord_id) == 2
    assert [await opinion(storage, ANN, each) for each in (one, two, three)] == [-1, 0.5, 0.5]
    assert await storage.imports.undo(second.id, ANN.discord_id) == 2
    assert [await opinion(storage, ANN, each) for each in (one, two, three)] == [-1, None, None]
    assert [await opinion(storage, BOB, each) for each in (one, two, three)] == [0.5, 0.5, 0.5]


async def test_only_its_owner_undoes_an_import_and_once(storage: Storage) -> None:
    """Anybody can forge a button."""
    await saved_ids(storage, 1)
    done = await bring(storage, ANN, brought(1))
    await bring(storage, BOB, brought(1))
    assert await storage.imports.undo(done.id, BOB.discord_id) is None
    assert await storage.imports.undo(done.id, 999) is None
    assert await storage.imports.undo(done.id, ANN.discord_id) == 1
    assert await storage.imports.undo(done.id, ANN.discord_id) is None


async def test_an_undone_import_keeps_nothing_of_what_was_heard(storage: Storage) -> None:
    """Its row stays, so that its button says so; its lines and report go."""
    await saved_ids(storage, 1)
    done = await bring(storage, ANN, brought(1, 7))
    await storage.imports.undo(done.id, ANN.discord_id)
    gone = await storage.imports.get(done.id)
    assert gone is not None
    assert (gone.state, gone.report, gone.settled) == (ImportState.UNDONE, {}, 0)
    async with storage.db.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(import_lines)) == 0


async def test_what_is_undone_meanwhile_does_not_come_back(storage: Storage) -> None:
    """A look-up that was under way when its import was undone writes nothing."""
    (track_id,) = await saved_ids(storage, 1)
    begun = await storage.imports.begin(ANN, "a.csv", "a", brought(1))
    waiting = await storage.imports.waiting(10)
    await storage.imports.undo(begun.id, ANN.discord_id)
    assert await storage.imports.resolve(dict.fromkeys(waiting, track_id)) == 0
    assert await opinion(storage, ANN, track_id) is None


async def test_a_word_said_out_loud_overrules_an_import(storage: Storage) -> None:
    """Whichever came first; taking it back lets the import count again."""
    (track_id,) = await saved_ids(storage, 1)
    await storage.feedback.rate(ANN, track_id, -1)
    await bring(storage, ANN, brought(1))
    assert await opinion(storage, ANN, track_id) == -1
    await storage.feedback.rate(ANN, track_id, None)
    assert await opinion(storage, ANN, track_id) == 0.5


async def test_nobody_else_learns_of_an_import(storage: Storage) -> None:
    """It never shows as a like in any server, and last among what a person said."""
    (track_id,) = await saved_ids(storage, 1)
    await share(storage, 1, [track_id], BOB)
    await bring(storage, ANN, brought(1))
    await storage.feedback.rate(ANN, track_id, 1)
    liked = await storage.feedback.likers([track_id], [SERVER])
    assert [author.discord_id for author in liked[track_id]] == [BOB.discord_id]
    ann = await storage.people.by_discord_id(ANN.discord_id)
    assert ann is not None
    sources = [row.source for row in await storage.feedback.of_person(ann.id, 10)]
    assert sources == [Source.RATING, Source.IMPORT]


async def test_the_same_file_twice_is_refused_until_it_is_undone(storage: Storage) -> None:
    """It would count twice; another person's is theirs."""
    first = await bring(storage, ANN, brought(1))
    with pytest.raises(NotImported, match="that very file"):
        await storage.imports.begin(ANN, "b.csv", "a", brought(1))
    await bring(storage, BOB, brought(1))
    await storage.imports.undo(first.id, ANN.discord_id)
    assert (await bring(storage, ANN, brought(1))).id != first.id


async def test_one_import_at_a_time(storage: Storage) -> None:
    """Nobody fills the queue of look-ups for the others."""
    await storage.imports.begin(ANN, "a.csv", "a", brought(1))
    with pytest.raises(NotImported, match="still looking up"):
        await storage.imports.begin(ANN, "b.csv", "b", brought(2))


async def test_who_opted_out_imports_nothing(storage: Storage) -> None:
    """Neither from then on, nor what was waiting, and nothing of them is kept."""
    (track_id,) = await saved_ids(storage, 1)
    await storage.imports.begin(ANN, "a.csv", "a", brought(1))
    waiting = await storage.imports.waiting(10)
    await storage.people.set_opted_out(ANN.discord_id, "Ann", True)
    assert await storage.imports.waiting(10) == []
    assert await storage.imports.resolve(dict.fromkeys(waiting, track_id)) == 0
    with pytest.raises(NotImported, match="leave you alone"):
        await storage.imports.begin(ANN, "b.csv", "b", brought(2))
    assert await storage.feedback.count() == 0


async def test_imports_go_with_their_person(storage: Storage) -> None:
    """Rows, lines and feedback; another's stay."""
    await saved_ids(storage, 1)
    done = await bring(storage, ANN, brought(1))
    await bring(storage, BOB, brought(1))
    assert await storage.imports.forget(done.person_id) == 1
    assert await storage.imports.of(ANN.discord_id) == []
    async with storage.db.read() as conn:
        for table in (imports, import_lines):
            assert await conn.scalar(select(func.count()).select_from(table)) == 1
        assert (await conn.scalars(select(feedback.c.source))).all() == [Source.IMPORT]


async def test_stored_tracks_are_known_by_ref_isrc_and_name(storage: Storage) -> None:
    """No service need be asked; another recording of the title is not taken for it."""
    one = await storage.tracks.save(make_track(1))
    live = await storage.tracks.save(Track("Alison (Live)", (Artist("Slowdive"),), duration_ms=200_000))
    plain = await storage.tracks.save(Track("Alison", (Artist("Slowdive"),), duration_ms=230_000))
    await storage.tracks.placeholder(TrackRef(Service.SPOTIFY, "p" * 22))
    lines = (
        ImportLine(ref=one.refs[0]),
        ImportLine("x", "y", isrc="XX0000000001"),
        ImportLine("ALISON", "slowdive"),
        ImportLine("Alison - Live", "Slowdive"),
        ImportLine("Alison", "Elvis Costello"),
        ImportLine(ref=TrackRef(Service.SPOTIFY, "p" * 22)),
        ImportLine(mbid="x"),
    )
    waiting = [WaitingLine(1, place, 1, line) for place, line in enumerate(lines)]
    found = await storage.imports.known(waiting)
    assert {line.position: track_id for line, track_id in found.items()} == {
        0: one.id,
        1: one.id,
        2: plain.id,
        3: live.id,
    }


async def test_two_lines_that_are_one_track_count_once(storage: Storage) -> None:
    """The stronger one, which comes first."""
    (track_id,) = await saved_ids(storage, 1)
    lines = (ImportLine("Title 1", "Artist 1", value=-1), ImportLine("TITLE 1", "Artist 1", among=4))
    done = await bring(storage, ANN, Understood(ImportKind.CSV, lines))
    assert (done.state, done.resolved) == (ImportState.DONE, 2)
    assert await opinion(storage, ANN, track_id) == -0.5
    assert await storage.feedback.count() == 1


async def test_feedback_of_imports_follows_a_merge(storage: Storage) -> None:
    """And is still undone whole."""
    one, two = await saved_ids(storage, 2)
    first = await bring(storage, ANN, brought(1, 2), "first")
    await storage.tracks.add_ref(one, make_track(2).refs[0])
    assert await opinion(storage, ANN, one) == 0.5
    assert (await storage.tracks.get([two]))[two].id == one
    assert await storage.imports.undo(first.id, ANN.discord_id) == 1
    assert await opinion(storage, ANN, one) is None


async def test_lines_wait_in_turns_over_imports(storage: Storage) -> None:
    """A large import does not hold up a small one; what was put off comes last."""
    await storage.imports.begin(ANN, "a.csv", "a", brought(1, 2, 3))
    await storage.imports.begin(BOB, "b.csv", "b", brought(4, 5))
    first = (await storage.imports.waiting(1))[0]
    await storage.imports.postpone(first)
    waiting = await storage.imports.waiting(10)
    assert [line.line.title for line in waiting] == ["Title 4", "Title 2", "Title 5", "Title 3", "Title 1"]
    assert [line.later for line in waiting] == [False] * 4 + [True]
    await storage.imports.resolve({}, waiting[:-1])
    states = [found.state for author in (ANN, BOB) for found in await storage.imports.of(author.discord_id)]
    assert states == [ImportState.RUNNING, ImportState.DONE]


async def test_an_import_is_activity(storage: Storage, clock: FastClock) -> None:
    """Whoever brings their taste along gets drops, from then on."""
    await saved_ids(storage, 1)
    await bring(storage, ANN, brought(1))
    assert [person.name for person in await storage.people.active(clock.now(), SERVER)] == ["Ann"]


async def test_what_a_file_came_to_is_kept(storage: Storage) -> None:
    """For its owner to look at again."""
    done = await bring(storage, ANN, brought(1, 2))
    assert dict(done.report) == {
        "entries": 2,
        "left_out": {"heard once only": 2},
        "problems": [["line 3", "why"]],
        "problem_count": 1,
        "notes": [],
        "likes": 2,
        "dislikes": 0,
    }
    assert [line.label for line in await storage.imports.missed(done.id, 1)] == ["Artist 1 - Title 1"]


async def test_messages_that_tell_less_than_there_is(storage: Storage) -> None:
    """Until they were written anew, and never after an undo."""
    await saved_ids(storage, 1)
    begun = await storage.imports.begin(ANN, "a.csv", "a", brought(1, 2))
    assert await storage.imports.untold() == []
    await storage.imports.posted(begun.id, 5, 6, 0)
    assert await storage.imports.untold() == []
    waiting = await storage.imports.waiting(10)
    await storage.imports.resolve(await storage.imports.known(waiting))
    assert [found.message_id for found in await storage.imports.untold()] == [6]
    await storage.imports.told(begun.id, 1)
    assert await storage.imports.untold() == []
    await storage.imports.resolve({}, waiting[1:])
    assert len(await storage.imports.untold()) == 1
    await storage.imports.undo(begun.id, ANN.discord_id)
    assert await storage.imports.untold() == []
