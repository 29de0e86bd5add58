"""Two rows that prove to be one track: what people said of either is what they said of it."""

from collections.abc import Mapping, Sequence

import pytest

from catalog.models import Artist
from storage.opinions import Source
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, CAT, make_track, saved_ids, share, spotify_ref

# What Bob does with the tracks a and b: shares them (or Ann does) in a message, reacts to the message, rates, clicks.
Step = tuple[str, str | int, str | int]
STORIES: dict[str, list[Step]] = {
    "likes both where they stand": [("ann", 0, "a"), ("ann", 1, "b"), ("react", 0, 1), ("react", 1, 1)],
    "says otherwise elsewhere": [("ann", 0, "a"), ("ann", 1, "b"), ("react", 0, -1), ("react", 1, 1)],
    "likes both in one message": [("ann", 0, "ab"), ("react", 0, 1)],
    "likes one and dislikes both": [("ann", 0, "a"), ("ann", 1, "ab"), ("react", 0, 1), ("react", 1, -1)],
    "rates one, then the other": [("rate", "a", 1), ("rate", "b", -1)],
    "rates the other, then the one": [("rate", "b", -1), ("rate", "a", 1)],
    "rates one, clicks at the other": [("rate", "a", 1), ("click", "b", -1)],
    "clicks at one, rates the other": [("click", "b", -1), ("rate", "a", 1)],
    "shares one, dislikes the other": [("bob", 0, "a"), ("rate", "b", -1)],
    "shares both": [("bob", 0, "a"), ("bob", 1, "b")],
}


async def tell(storage: Storage, story: Sequence[Step], tracks: Mapping[str, int], message: int) -> None:
    """Let a story happen, in messages from that number on."""
    for verb, where, what in story:
        if verb in ("ann", "bob"):
            among = list(dict.fromkeys(tracks[name] for name in str(what)))
            await share(storage, message + int(where), among, author={"ann": ANN, "bob": BOB}[verb])
        elif verb == "react":
            await storage.feedback.react(message + int(where), BOB, {1: "👍", -1: "👎"}[int(what)], int(what))
        else:
            source = Source.RATING if verb == "rate" else Source.BUTTON
            await storage.feedback.rate(BOB, tracks[str(where)], int(what), source)


async def said_of(storage: Storage, track_id: int) -> list[tuple[int, int, int, float]]:
    """Return what stands about a track: who, how, what and how much it weighs, in the order it was said."""
    rows = await storage.feedback.opinions()
    found = zip(rows.at, rows.person_id, rows.source, rows.value, rows.weight, rows.track_id, strict=True)
    return [(int(who), int(how), int(what), float(much)) for _, who, how, what, much, track in sorted(found)
            if track == track_id]  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("turned", [False, True], ids=["older first", "newer first"])
async def test_it_is_as_if_it_had_been_one_track_always(storage: Storage, story: str, turned: bool) -> None:
    """One person's words on both rows are what they would be had both been said of one."""
    one, two, always = await saved_ids(storage, 3)
    first, other = (two, one) if turned else (one, two)
    await tell(storage, STORIES[story], {"a": first, "b": other}, 10)
    await tell(storage, STORIES[story], {"a": always, "b": always}, 20)
    merged = await storage.tracks.add_ref(one, spotify_ref(2))
    assert merged.id == one
    assert await said_of(storage, two) == []
    assert await said_of(storage, one) == await said_of(storage, always) != []
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None
    assert await storage.feedback.opinion_of(bob.id, one) == await storage.feedback.opinion_of(bob.id, always)


async def test_reactions_go_on_working_after_a_merge(storage: Storage) -> None:
    """Taken back, cleared or given on the old message, they are about the track that stays."""
    one, two = await saved_ids(storage, 2)
    await share(storage, 1, [two], author=ANN)
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.tracks.add_ref(one, spotify_ref(2))
    await storage.feedback.react(1, CAT, "👎", -1)
    assert {row[2] for row in await said_of(storage, one)} == {1, -1}
    await storage.feedback.unreact(1, BOB.discord_id, "👍")
    await storage.feedback.clear(1, None)
    assert [row[1] for row in await said_of(storage, one)] == [Source.SHARE]


async def test_a_remaster_joins_the_track_it_is(storage: Storage) -> None:
    """Shared on Spotify under either id, with an ISRC each, it is one track; a live take is another."""
    fields = {"artists": (Artist("David Bowie"),), "duration_ms": 371_000}
    old = await storage.tracks.save(make_track(1, title="Heroes", **fields))
    new = await storage.tracks.save(make_track(2, title="Heroes - 2017 Remaster", **fields))
    live = await storage.tracks.save(make_track(3, title="Heroes - Live", **fields))
    assert new.id == old.id != live.id
    assert (new.title, new.isrc, new.refs) == ("Heroes", old.isrc, (spotify_ref(1), spotify_ref(2)))
    await share(
        storage, 1, [(await storage.tracks.save(make_track(2, title="Heroes - 2017 Remaster", **fields))).id or 0]
    )
    assert [row[1] for row in await said_of(storage, old.id or 0)] == [Source.SHARE]
