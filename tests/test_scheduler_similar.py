"""Similar tracks: who may see what, and that tags come and stay in the table of features."""

from datetime import timedelta

import numpy as np
import pytest

from catalog.models import Track
from catalog.tags import TrackTag
from recommender.tags import TOPICS
from recommender.taste import TASTE_MODEL, TasteModel
from sandbox.records import SandboxTrack
from scheduler.knowledge import load_features, load_tracks, model_version
from scheduler.similar import PER_ARTIST, Near, Similar
from scheduler.tagged import TAG_SPACE
from storage.proposals import Seed, SeedKind
from storage.stores import Storage
from tests.fixtures.scheduler import SERVER, House, OpenHouse, author, settle_community

ELSEWHERE = SERVER + 1


@pytest.fixture
def similar(house: House) -> Similar:
    """Return what looks around a track."""
    return Similar(house.storage, house.picker)


async def tag(storage: Storage, track_id: int, *names: str, level: str = "track") -> None:
    """Let MusicBrainz say this of a track."""
    rows = [TrackTag(name, 3.0, level, "musicbrainz", False) for name in names]
    await storage.tags.save(track_id, "musicbrainz", rows)


async def stored(house: House, source: SandboxTrack, *names: str) -> Track:
    """Save a track with these tags and return it."""
    track_id = await house.track(source)
    await tag(house.storage, track_id, *names)
    return (await house.storage.tracks.get([track_id]))[track_id]


def by_others(house: House, count: int) -> list[SandboxTrack]:
    """Return tracks of so many artists and albums."""
    found = {track.artist: track for track in house.sandbox.catalogue.shareable}
    return list(found.values())[:count]


def named(near: tuple[Near, ...]) -> list[int | None]:
    """Return the ids of near tracks."""
    return [each.track.id for each in near]


async def test_the_nearest_of_the_server_come_with_their_ties(house: House, similar: Similar) -> None:
    """In words that people gave to both."""
    sources = house.sandbox.catalogue.shareable[:3]
    await house.share(author(0), *sources)
    one = await stored(house, sources[0], "shoegaze", "Dream-Pop", "seen live")
    two = await stored(house, sources[1], "shoegazing", "dream pop", "my favourites")
    await stored(house, sources[2], "bebop")
    around = await similar.around(one, 5, [SERVER])
    assert set(around.tags) == {"shoegaze", "dream pop"}
    assert named(around.near)[0] == two.id
    assert set(around.near[0].ties) == {"shoegaze", "dream pop"}
    assert around.near[0].likeness > 0.5


async def test_a_share_never_crosses_servers(house: House, similar: Similar) -> None:
    """What another server shared is no neighbour here, unless a source proposed it to everybody."""
    here, there, found, loose = by_others(house, 4)
    await house.share(author(0), here)
    await house.share(author(1), there, server_id=ELSEWHERE)
    one = await stored(house, here, "shoegaze")
    secret = await stored(house, there, "shoegaze")
    gathered = await stored(house, found, "shoegaze")
    await stored(house, loose, "shoegaze")
    await house.storage.proposals.record("related", {Seed(SeedKind.ARTIST, 1): [gathered.id or 0]})
    assert named((await similar.around(one, 9, [SERVER])).near) == [gathered.id]
    assert secret.id in named((await similar.around(one, 9, [SERVER, ELSEWHERE])).near)
    assert len((await similar.around(one, 9, None)).near) == 3


async def test_what_was_said_elsewhere_is_shown_nowhere(house: House, similar: Similar) -> None:
    """Words bring tracks together; no tag, tie or reason repeats them."""
    sources = house.sandbox.catalogue.shareable[:2]
    for number, source in enumerate(sources):
        track_id = await house.track(source)
        await house.storage.shares.record(
            SERVER, SERVER + 1, 50 + number, author(0), [track_id], house.clock.now(), "velvet shoegaze secret"
        )
    one = await stored(house, sources[0], "bebop")
    await stored(house, sources[1], "bebop")
    around = await similar.around(one, 5, [SERVER])
    assert around.near
    assert not any(word in repr(around) for word in ("velvet", "shoegaze", "secret"))


async def test_one_artist_does_not_fill_the_list(house: House, similar: Similar) -> None:
    """Their tracks often have the same tags, all of them."""
    alone = next(track for track in house.sandbox.catalogue.shareable if len(track.artists) == 1)
    own = [each for each in house.sandbox.catalogue.shareable if each.artists == alone.artists][: PER_ARTIST + 3]
    other = next(each for each in house.sandbox.catalogue.shareable if not set(each.artists) & set(alone.artists))
    await house.share(author(0), *own, other)
    for source in (*own, other):
        await stored(house, source, "shoegaze")
    one = await stored(house, own[0], "shoegaze")
    near = (await similar.around(one, 9, [SERVER])).near
    assert sum(each.track.byline == one.byline for each in near) <= PER_ARTIST
    assert any(each.track.byline == other.artist.name for each in near)


async def test_tags_that_came_a_minute_ago_count(house: House, similar: Similar) -> None:
    """Without a fit in between: they are placed in the space that is there."""
    sources = by_others(house, 2)
    await house.share(author(0), *sources)
    one = await stored(house, sources[0], "shoegaze")
    assert (await similar.around(one, 5, [SERVER])).near == ()
    two = await stored(house, sources[1], "dream pop")
    house.clock.advance(timedelta(minutes=1))
    assert named((await similar.around(one, 5, [SERVER])).near) == [two.id]


async def test_every_block_has_its_columns(house: House) -> None:
    """Present or not, each stands in its place, with NaN where nothing is known."""
    ids = [await house.track(source) for source in house.sandbox.catalogue.shareable[:3]]
    tracks = await load_tracks(house.storage)
    empty, _ = await load_features(house.storage, tracks)
    assert set(empty.groups) == {"audio", "cnn", "deezer", "reccobeats", "tags"}
    assert np.isnan(empty.matrix).all()
    await tag(house.storage, ids[1], "shoegaze")
    table, _ = await load_features(house.storage, tracks)
    assert table.names == empty.names
    known = np.isfinite(table.matrix[:, table.groups["tags"]])
    assert known.shape == (3, TOPICS)
    assert known.all(axis=1).tolist() == [False, True, False]


async def test_what_has_not_changed_is_not_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers come within a second: only a new tag, a new word or a new track costs a look."""
    ids = [await house.track(source) for source in house.sandbox.catalogue.shareable[:2]]
    await tag(house.storage, ids[0], "shoegaze")
    tracks = await load_tracks(house.storage)
    _, tagged = await load_features(house.storage, tracks)
    reads = []
    real = type(house.storage.tags).load

    async def load(tags: object) -> object:
        reads.append(1)
        return await real(tags)  # type: ignore[arg-type]

    monkeypatch.setattr(type(house.storage.tags), "load", load)
    _, again = await load_features(house.storage, tracks, tagged.space, tagged)
    assert again is tagged
    assert not reads
    await tag(house.storage, ids[1], "bebop")
    _, changed = await load_features(house.storage, tracks, tagged.space, tagged)
    assert len(reads) == 1
    assert changed.space is tagged.space
    assert len(changed.block.ids) == 2


async def test_space_and_models_are_kept_together(open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart tags stand where the stored models learned them."""
    async with open_house() as house:
        await settle_community(house, people=2)
        for source in house.sandbox.catalogue.shareable[:20]:
            await stored(house, source, "shoegaze", "bebop")
        await house.picker.refit()
        async with house.picker.knowledge([]) as knowledge:
            before = knowledge.features.matrix[:, knowledge.features.groups["tags"]]
            names = knowledge.tagged.space.names_
    monkeypatch.setattr("scheduler.learning.FITTED_AT_ONCE", 0)  # as in a large community
    monkeypatch.setattr(TasteModel, "fit", None)
    async with open_house() as house, house.picker.knowledge([]) as knowledge:
        assert knowledge.tagged.space.names_ == names
        after = knowledge.features.matrix[:, knowledge.features.groups["tags"]]
        assert np.allclose(before, after, equal_nan=True)


@pytest.mark.parametrize("broken", [TASTE_MODEL, TAG_SPACE])
async def test_either_of_them_broken_costs_a_fit_of_both(open_house: OpenHouse, broken: str) -> None:
    """A model is of no use with tags in other places."""
    async with open_house() as house:
        await settle_community(house, people=2)
        await house.picker.refit()
        version = model_version()
        kept = {name: await house.storage.models.load(name, version) for name in (TASTE_MODEL, TAG_SPACE)}
        await house.storage.models.save(broken, version, b"nonsense")
    async with open_house() as house:
        async with house.picker.knowledge([]):
            pass
        assert {name: await house.storage.models.load(name, version) for name in kept} == kept
