"""Feedback against a simple model, under replayed and reordered events, edits, removals and merges."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from catalog.models import Track
from sandbox.clock import FastClock
from storage.database import StorageSettings
from storage.opinions import Source
from storage.people import Author
from storage.schema import emojis, feedback, people, shares
from storage.stamps import to_ms
from storage.stores import Storage, open_storage
from tests.storage_helpers import make_track, spotify_ref

START = datetime(2026, 1, 5, tzinfo=UTC)
AUTHORS = [Author(100 + number, f"Member {number}") for number in range(3)]
VALUES = {"👍": 1, "👎": -1}
MESSAGES = st.integers(1, 3)
PEOPLE = st.sampled_from(AUTHORS)
EMOJI = st.sampled_from(sorted(VALUES))
TRACKS = 5

Row = tuple[int, int, int, int, str, int, int, int]


@dataclass
class Message:
    """What a message says in the model, and who stands on it: (person, emoji) -> instant."""

    author: Author
    tracks: list[int]
    at: int
    standing: dict[tuple[int, str], int] = field(default_factory=dict)


class Model:
    """What should stand, kept in the plainest way."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.ratings: dict[tuple[int, int, Source], tuple[int, int]] = {}

    def rows(self) -> set[Row]:
        """Return the rows that should be in the table: person, track, source, message, emoji, value, among, at."""
        found: set[Row] = set()
        for message_id, message in self.messages.items():
            among = len(message.tracks)
            for track in message.tracks:
                found.add((message.author.discord_id, track, Source.SHARE, message_id, "", 1, among, message.at))
                for (person, emoji), at in message.standing.items():
                    found.add((person, track, Source.REACTION, message_id, emoji, VALUES[emoji], among, at))
        for (person, track, source), (value, at) in self.ratings.items():
            found.add((person, track, source, 0, "", value, 1, at))
        return found

    def merge(self, kept: int, gone: int) -> None:
        """Let one track be the other."""
        for message in self.messages.values():
            message.tracks = list(dict.fromkeys(kept if track == gone else track for track in message.tracks))
        for person, track, source in [key for key in self.ratings if key[1] == gone]:
            old, new = self.ratings.pop((person, track, source)), self.ratings.get((person, kept, source))
            self.ratings[person, kept, source] = old if new is None or old[1] > new[1] else new


class FeedbackMachine(RuleBasedStateMachine):
    """Do to the storage and to the model what Discord and the members may do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FastClock(START)
        self.exits = AsyncExitStack()
        self.model = Model()
        self.ids: dict[int, int] = {}

    @initialize()
    def open(self) -> None:
        """Open a new database with a few tracks in it, the last two of them placeholders."""
        there = StorageSettings(url=f"sqlite:///{self.folder / 'x.db'}", key_file=str(self.folder / "key"))
        self.storage: Storage = self.runner.run(self.exits.enter_async_context(open_storage(there, self.clock)))
        for number in range(1, TRACKS + 1):
            track = make_track(number) if number <= TRACKS - 2 else Track("", refs=(spotify_ref(number),))
            self.ids[number] = self.runner.run(self.storage.tracks.save(track)).id or 0

    def teardown(self) -> None:
        """Close and remove everything."""
        self.runner.run(self.exits.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def now(self) -> datetime:
        """Return an instant later than all before."""
        self.clock.advance(timedelta(seconds=1))
        return self.clock.now()

    @rule(message_id=MESSAGES, author=PEOPLE, numbers=st.lists(st.integers(1, TRACKS), max_size=3))
    def share_or_edit(self, message_id: int, author: Author, numbers: list[int]) -> None:
        """Send a message with these tracks, or edit it so that it has them, or has none."""
        at = self.now()
        known = self.model.messages.get(message_id)
        author = known.author if known else author
        given = [self.ids[number] for number in numbers]
        recorded = self.runner.run(self.storage.shares.record(1, 2, message_id, author, given, at))
        assert list(recorded.track_ids) == list(dict.fromkeys(given))
        if not given:
            self.model.messages.pop(message_id, None)
        elif known:
            known.tracks = list(dict.fromkeys(given))
        else:
            self.model.messages[message_id] = Message(author, list(dict.fromkeys(given)), to_ms(at))

    @rule(message_id=MESSAGES, author=PEOPLE, emoji=EMOJI)
    def react(self, message_id: int, author: Author, emoji: str) -> None:
        """React, or hear of the same reaction again."""
        at = self.now()
        known = self.runner.run(self.storage.feedback.react(message_id, author, emoji, VALUES[emoji]))
        message = self.model.messages.get(message_id)
        assert known == (message is not None)
        if message:
            message.standing.setdefault((author.discord_id, emoji), to_ms(at))

    @rule(message_id=MESSAGES, author=PEOPLE, emoji=EMOJI)
    def unreact(self, message_id: int, author: Author, emoji: str) -> None:
        """Take a reaction away, or hear of it again, or before it was made."""
        stood = self.runner.run(self.storage.feedback.unreact(message_id, author.discord_id, emoji))
        message = self.model.messages.get(message_id)
        assert stood == bool(message and message.standing.pop((author.discord_id, emoji), None))

    @rule(message_id=MESSAGES, emoji=st.none() | EMOJI)
    def clear(self, message_id: int, emoji: str | None) -> None:
        """Let a moderator take reactions off."""
        self.runner.run(self.storage.feedback.clear(message_id, emoji))
        if message := self.model.messages.get(message_id):
            message.standing = {
                key: at for key, at in message.standing.items() if emoji is not None and key[1] != emoji
            }

    @rule(message_id=MESSAGES, emoji=EMOJI, authors=st.lists(PEOPLE, unique=True))
    def settle(self, message_id: int, emoji: str, authors: list[Author]) -> None:
        """Catch up with who stands on an emoji."""
        at = self.now()
        counted = self.runner.run(self.storage.feedback.settle(message_id, emoji, VALUES[emoji], authors, at))
        message = self.model.messages.get(message_id)
        if message is None:
            assert counted == (0, 0)
            return
        before = {person for person, stood_on in message.standing if stood_on == emoji}
        after = {author.discord_id for author in authors}
        assert counted == (len(after - before), len(before - after))
        for person in before - after:
            del message.standing[person, emoji]
        for person in after - before:
            message.standing[person, emoji] = to_ms(at)

    @rule(message_ids=st.sets(MESSAGES))
    def remove(self, message_ids: set[int]) -> None:
        """Delete messages."""
        gone = self.runner.run(self.storage.shares.remove(message_ids))
        assert gone == len([self.model.messages.pop(one) for one in message_ids & self.model.messages.keys()])

    @rule(
        author=PEOPLE,
        number=st.integers(1, TRACKS),
        value=st.sampled_from([1, -1, None]),
        source=st.sampled_from([Source.RATING, Source.BUTTON]),
    )
    def rate(self, author: Author, number: int, value: int | None, source: Source) -> None:
        """Rate, rate again, or take it back."""
        at = self.now()
        track = self.ids[number]
        assert self.runner.run(self.storage.feedback.rate(author, track, value, source))
        if value is None:
            for one in (Source.RATING, Source.BUTTON):
                self.model.ratings.pop((author.discord_id, track, one), None)
        else:
            self.model.ratings[author.discord_id, track, source] = (value, to_ms(at))

    @rule(number=st.integers(TRACKS - 1, TRACKS), same=st.integers(1, TRACKS - 2))
    def resolve(self, number: int, same: int) -> None:
        """Learn that a placeholder is one of the known tracks."""
        found = replace(make_track(same), refs=(spotify_ref(number),))
        kept = self.runner.run(self.storage.tracks.save(found)).id
        gone = self.ids[number]
        if gone >= self.ids[TRACKS - 1] and kept != gone:
            assert kept == self.ids[same]
            self.model.merge(self.ids[same], gone)
            self.ids = {name: self.ids[same] if track == gone else track for name, track in self.ids.items()}

    @invariant()
    def same_as_model(self) -> None:
        """Find in the table exactly what should stand."""
        if self.ids:
            assert self.runner.run(self.read_rows()) == self.model.rows()

    @invariant()
    def same_counts(self) -> None:
        """Find the counts that catch-up compares as the model has them."""
        for message_id, message in self.model.messages.items():
            said = [emoji for _, emoji in message.standing]
            counts = {emoji: said.count(emoji) for emoji in said}
            assert self.runner.run(self.storage.feedback.counts(message_id)) == counts

    async def read_rows(self) -> set[Row]:
        """Return what is in the table, in the model's words."""
        query = (
            select(
                people.c.discord_id,
                feedback.c.track_id,
                feedback.c.source,
                shares.c.message_id,
                emojis.c.text,
                feedback.c.value,
                feedback.c.among,
                feedback.c.at,
            )
            .select_from(feedback)
            .join(people, people.c.id == feedback.c.person_id)
            .outerjoin(shares, shares.c.id == feedback.c.share_id)
            .outerjoin(emojis, emojis.c.id == feedback.c.emoji_id)
        )
        async with self.storage.db.read() as conn:
            rows = (await conn.execute(query)).all()
        found = {(*row[:3], row[3] or 0, row[4] or "", *row[5:]) for row in rows}
        assert len(found) == len(rows)
        return found


FeedbackMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
TestFeedbackModel = FeedbackMachine.TestCase
