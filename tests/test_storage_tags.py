"""Tags of tracks on disk: replaced source by source, loaded by column, and kept through merges."""

import numpy as np

from catalog.models import Service, TrackRef
from catalog.tags import TagColumns, TagLevel, TagSource, TrackTag
from recommender.features import RECCOBEATS_BLOCK
from sandbox.clock import FastClock
from storage.stores import Storage
from storage.tags import asked_block
from tests.storage_helpers import make_track, spotify_ref

MB, LASTFM = TagSource.MUSICBRAINZ, TagSource.LASTFM


def tag(name: str, count: float = 1, level: str = TagLevel.TRACK, source: str = MB, *, genre: bool = False) -> TrackTag:
    """Return a tag with defaults."""
    return TrackTag(name, count, level, source, genre)


async def saved(storage: Storage, number: int) -> int:
    """Save a track by number and return its id."""
    track = await storage.tracks.save(make_track(number))
    assert track.id is not None
    return track.id


async def test_tags_come_back_the_most_given_first(storage: Storage) -> None:
    """By source, then by what they were given to; a name that comes twice keeps its higher count."""
    track = await saved(storage, 1)
    await storage.tags.save(track, LASTFM, [tag("shoegaze", 100, source=LASTFM)])
    rows = [tag("rock", 2), tag("dream pop", 5, genre=True), tag("rock", 7), tag("rock", 1, TagLevel.ARTIST)]
    await storage.tags.save(track, MB, rows)
    assert await storage.tags.of(track) == [
        tag("shoegaze", 100, source=LASTFM),
        tag("rock", 1, TagLevel.ARTIST),
        tag("rock", 7),
        tag("dream pop", 5, genre=True),
    ]


async def test_a_source_replaces_its_own_rows_alone(storage: Storage) -> None:
    """What it says no more is gone; what other sources say, and it of other tracks, stands."""
    one, other = await saved(storage, 1), await saved(storage, 2)
    await storage.tags.save_many(MB, {one: [tag("rock"), tag("pop")], other: [tag("pop")]})
    await storage.tags.save(one, LASTFM, [tag("rock", 100, source=LASTFM)])
    await storage.tags.save(one, MB, [tag("jazz")])
    assert [(each.source, each.name) for each in await storage.tags.of(one)] == [(LASTFM, "rock"), (MB, "jazz")]
    assert await storage.tags.of(other) == [tag("pop")]
    await storage.tags.save(one, MB, [])
    assert [each.source for each in await storage.tags.of(one)] == [LASTFM]
    await storage.tags.save_many(MB, {})
    await storage.tags.save(999, MB, [tag("nobody's")])
    assert len(await storage.tags.load()) == 2


async def test_all_tags_load_by_column(storage: Storage) -> None:
    """In the order of the tracks' ids, whatever they were saved in; an empty table has empty columns."""
    empty = await storage.tags.load()
    assert (len(empty), empty.name, empty.count.dtype, empty.track_id.dtype) == (0, (), np.float64, np.int64)
    ids = [await saved(storage, number) for number in range(3)]
    await storage.tags.save(ids[2], MB, [tag("c", 3)])
    await storage.tags.save(ids[0], LASTFM, [tag("a", 1.5, TagLevel.ARTIST, LASTFM)])
    await storage.tags.save(ids[0], MB, [tag("b", 2, genre=True)])
    loaded = await storage.tags.load()
    assert isinstance(loaded, TagColumns)
    assert loaded.track_id.tolist() == [ids[0], ids[0], ids[2]]
    assert loaded.source == (LASTFM, MB, MB)
    assert loaded.level == ("artist", "track", "track")
    assert loaded.name == ("a", "b", "c")
    assert loaded.count.tolist() == [1.5, 2, 3]
    assert loaded.genre.tolist() == [False, True, False]


async def test_the_stamp_changes_with_what_is_told(storage: Storage, clock: FastClock) -> None:
    """New rows change it, and so does a source that told the same number of other tags; other blocks do not."""
    track = await saved(storage, 1)
    stamps = [await storage.tags.stamp()]
    for name in ("one", "other"):
        clock.advance(clock.now() - clock.now().replace(year=clock.now().year - 1))
        await storage.tags.save(track, MB, [tag(name)])
        await storage.features.save(track, asked_block(MB), "1", np.ones(1))
        stamps.append(await storage.tags.stamp())
    assert len(set(stamps)) == 3
    await storage.features.save(track, RECCOBEATS_BLOCK, "1", np.ones(12))
    assert await storage.tags.stamp() == stamps[-1]


async def test_merged_tracks_keep_their_tags(storage: Storage) -> None:
    """Of two tracks that turn out to be one, a source's rows on either are there, those of the kept one first."""
    kept, gone = await saved(storage, 1), await saved(storage, 2)
    await storage.tags.save(kept, MB, [tag("rock")])
    await storage.tags.save(gone, MB, [tag("metal"), tag("loud")])
    await storage.tags.save(gone, LASTFM, [tag("doom", 90, source=LASTFM)])
    await storage.tracks.add_ref(kept, spotify_ref(2))
    assert [(each.source, each.name) for each in await storage.tags.of(kept)] == [(LASTFM, "doom"), (MB, "rock")]
    await storage.tags.save(gone, TagSource.DEEZER, [tag("Rock", source=TagSource.DEEZER)])  # by its old number
    assert len(await storage.tags.of(kept)) == 3
    assert (await storage.tags.load()).track_id.tolist() == [kept] * 3


async def test_numbers_outlive_a_miss_in_a_merge(storage: Storage) -> None:
    """That a source had nothing on the one says nothing where it had something on the other."""
    kept, gone = await saved(storage, 1), await saved(storage, 2)
    await storage.features.save_many(RECCOBEATS_BLOCK, "1", {kept: None, gone: np.arange(12)})
    await storage.features.save_many("deezer", "1", {kept: np.ones(6), gone: None})
    await storage.tracks.add_ref(kept, spotify_ref(2))
    for block, wanted in ((RECCOBEATS_BLOCK, np.arange(12)), ("deezer", np.ones(6))):
        ids, numbers = await storage.features.load(block, "1")
        assert ids.tolist() == [kept]
        np.testing.assert_array_equal(numbers[0], wanted)
    # Answers that were on their way for both ids when they became one.
    await storage.features.save_many(RECCOBEATS_BLOCK, "2", {kept: np.ones(12), gone: None, 999: np.ones(12)})
    assert (await storage.features.load(RECCOBEATS_BLOCK, "2"))[0].tolist() == [kept]


async def test_only_tracks_worth_asking_about_are_wanted(storage: Storage) -> None:
    """Of all tracks those with a ref into the service, and those of which the other block was asked for."""
    ids = [await saved(storage, number) for number in range(4)]
    await storage.tracks.add_ref(ids[1], TrackRef(Service.APPLE, "7"))
    await storage.features.save_many("other", "1", {ids[1]: None, ids[2]: np.ones(1)})
    wanting = storage.features.wanting
    assert set(await wanting("x", "1", 9)) == set(ids)
    assert await wanting("x", "1", 9, service=Service.APPLE) == [ids[1]]
    assert set(await wanting("x", "1", 9, after="other")) == {ids[1], ids[2]}
    assert await wanting("x", "1", 9, service=Service.APPLE, after="another") == []
