"""What the sources tell of tracks: whose tags at which level, in which numbers, how often asked."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from catalog.audio_features import read_features
from catalog.models import Service
from catalog.tags import TagLevel, TagSource
from recommender.features import RECCOBEATS_BLOCK, RECCOBEATS_NAMES, measured_of
from sandbox import itunes
from sandbox.measured import measure
from scheduler.tagging import LEAST_COUNT
from scheduler.tellers import MOST_TAGS
from tests.fixtures.knowing import OpenStudy, Study, apple_ref, distinct, matched
from tests.fixtures.scheduler import as_track, author

DAY = timedelta(days=1)


async def run_out(study: Study, limit: int = 40, passes: int = 60) -> None:
    """Let pass after pass be made, with time between them, until nothing is left to ask."""
    for _ in range(passes):
        counts = await study.knower.run(limit)
        study.clock.advance(timedelta(minutes=61))
        if not sum(counts.values()):
            return
    raise AssertionError("There is no end of it.")


async def test_every_source_tells_its_part(study: Study) -> None:
    """A track that all of them know has numbers, and tags of itself, its artist and its album."""
    source = distinct(study.sandbox, lambda _, known: all((known.linked, known.reccobeats, known.lastfm, known.itunes)))
    track = next(each for each in source if study.sandbox.knowledge.track_tags(each))
    track_id = await study.add(track)
    await study.services.storage.tracks.add_ref(track_id, apple_ref(itunes.track_id(track)))
    await run_out(study)
    knowledge, storage = study.sandbox.knowledge, study.services.storage
    of_track = {name for name, count in knowledge.track_tags(track).items() if count > 0}
    of_artist = {name for artist in track.artists for name in knowledge.artist_tags(artist)}
    assert await study.names(track_id, TagSource.LISTENBRAINZ, TagLevel.TRACK) == of_track
    assert await study.names(track_id, TagSource.LISTENBRAINZ, TagLevel.ARTIST) == of_artist
    assert await study.names(track_id, TagSource.LISTENBRAINZ, TagLevel.ALBUM)
    assert await study.names(track_id, TagSource.LASTFM, TagLevel.ARTIST)
    genre = study.sandbox.catalogue.genres[track.album.genre].deezer_genre[1]
    assert await study.names(track_id, TagSource.DEEZER, TagLevel.ALBUM) == {genre}
    assert await study.names(track_id, TagSource.ITUNES, TagLevel.TRACK)
    ids, numbers = await storage.features.load(RECCOBEATS_BLOCK, "1")
    assert (ids.tolist(), numbers.shape) == ([track_id], (1, len(RECCOBEATS_NAMES)))
    tags = await storage.tags.of(track_id)
    assert any(tag.genre for tag in tags if tag.source == TagSource.LISTENBRAINZ)
    assert len(await storage.tags.load()) == len(tags)


async def test_rows_in_any_order_find_their_tracks(keyless: Study) -> None:
    """Answers that come shuffled and with holes: each track has its own numbers and tags, the others are misses."""
    tracks = {await keyless.add(source): source for source in distinct(keyless.sandbox)[:60]}
    await run_out(keyless)
    knowledge = keyless.sandbox.knowledge
    ids, numbers = await keyless.services.storage.features.load(RECCOBEATS_BLOCK, "1")
    assert set(ids.tolist()) == {each for each, source in tracks.items() if knowledge.known[source.index].reccobeats}
    for track_id, row in zip(ids.tolist(), numbers, strict=True):
        features = read_features(measure(tracks[track_id]))
        assert features is not None
        np.testing.assert_allclose(row, measured_of(features), rtol=1e-5)
    for track_id, source in tracks.items():
        wanted = {name for artist in source.artists[:2] for name in knowledge.artist_tags(artist)}
        named = await keyless.names(track_id, TagSource.LISTENBRAINZ, TagLevel.ARTIST)
        assert named <= wanted
        if knowledge.known[source.index].linked:
            assert named
            assert await keyless.names(track_id, TagSource.LISTENBRAINZ, TagLevel.TRACK) == set(
                knowledge.track_tags(source)
            )
    assert 0 < len(await keyless.asked("listenbrainz")) < len(tracks)
    assert not await keyless.open_questions("listenbrainz")
    assert not keyless.calls("lastfm")
    assert not keyless.calls("listenbrainz", "*/lookup/")


async def test_an_isrc_finds_what_no_link_does(keyless: Study) -> None:
    """A recording that nobody linked is found by its code, and its tags come with the answer."""
    source = distinct(keyless.sandbox, lambda _, known: known.musicbrainz and not known.linked)[0]
    track_id = await keyless.add(source)
    await run_out(keyless)
    names = await keyless.names(track_id, TagSource.MUSICBRAINZ, TagLevel.TRACK)
    assert names == set(keyless.sandbox.knowledge.track_tags(source))
    assert await keyless.names(track_id, TagSource.MUSICBRAINZ, TagLevel.ARTIST)
    assert await keyless.asked("listenbrainz") == {track_id}


async def test_a_code_of_another_recording_is_not_believed(keyless: Study) -> None:
    """Codes were seen to name another mix: title, artist and length must not all differ."""
    wrong, source = distinct(keyless.sandbox, lambda _, known: known.musicbrainz and not known.linked)[:2]

    false = replace(matched(source), isrc=wrong.isrc, duration_ms=wrong.duration_ms + 60_000)
    saved = await keyless.services.storage.tracks.save(false)
    await run_out(keyless)
    assert saved.id is not None
    assert keyless.calls("musicbrainz", f"*/isrc/{wrong.isrc}")
    assert not await keyless.names(saved.id, TagSource.MUSICBRAINZ, TagLevel.TRACK)


async def test_artists_stand_in_for_unknown_recordings(keyless: Study) -> None:
    """Three tracks of four are not at MusicBrainz, but most of their artists are."""
    linked = keyless.sandbox.knowledge.linked_artists
    source = next(
        each
        for each in distinct(keyless.sandbox, lambda _, known: not known.musicbrainz)
        if each.artist.deezer_id in linked and len(each.artists) == 1
    )
    track_id = await keyless.add(source)
    await run_out(keyless)
    wanted = set(keyless.sandbox.knowledge.artist_tags(source.artist))
    assert await keyless.names(track_id, TagSource.LISTENBRAINZ, TagLevel.ARTIST) == wanted
    assert not await keyless.names(track_id, TagSource.LISTENBRAINZ, TagLevel.TRACK)


async def test_a_token_finds_recordings_by_name(study: Study) -> None:
    """With one, ListenBrainz need not wait for MusicBrainz, which is asked one code at a time."""
    study.sandbox.faults.inject("server_error", "musicbrainz", times=None)
    sources = distinct(study.sandbox, lambda _, known: known.musicbrainz)[:5]
    ids = {await study.add(source) for source in sources}
    await study.knower.run(40)
    assert await study.asked("listenbrainz") == ids
    assert len(study.calls("listenbrainz", "*/lookup/")) == 1


async def test_without_listenbrainz_musicbrainz_is_asked_for_tags(open_study: OpenStudy) -> None:
    """Recording by recording, and artist by artist where the recording is unknown."""
    async with open_study(keyless=True, off="listenbrainz") as study:
        known = distinct(study.sandbox, lambda _, known: known.linked)[0]
        linked = study.sandbox.knowledge.linked_artists
        unknown = next(
            each
            for each in distinct(study.sandbox, lambda _, known: not known.musicbrainz)
            if each.artist.deezer_id in linked
        )
        one, other = await study.add(known), await study.add(unknown)
        await run_out(study)
        assert await study.names(one, TagSource.MUSICBRAINZ, TagLevel.ARTIST)
        assert await study.names(other, TagSource.MUSICBRAINZ, TagLevel.ARTIST)
        assert len(study.calls("musicbrainz", "*/recording/*")) == 1


async def test_what_is_behind_a_token_musicbrainz_tells(keyless: Study) -> None:
    """ListenBrainz has put what was open behind tokens before: then tags come from MusicBrainz itself."""
    keyless.sandbox.listenbrainz.locked = True
    first, second = distinct(keyless.sandbox, lambda _, known: known.linked)[:2]
    await keyless.add(first)
    await keyless.knower.run(40)
    keyless.clock.advance(2 * timedelta(hours=1))
    track_id = await keyless.add(second)
    await keyless.knower.run(40)
    assert await keyless.names(track_id, TagSource.MUSICBRAINZ, TagLevel.ARTIST)
    assert not await keyless.asked("listenbrainz")
    keyless.sandbox.listenbrainz.locked = False
    keyless.clock.advance(DAY)
    await keyless.knower.run(40)
    assert track_id in await keyless.asked("listenbrainz")


async def test_the_newest_shares_come_first(study: Study) -> None:
    """One by one a pass asks about half of its tracks: those that were shared last, then mere candidates."""
    sources = distinct(study.sandbox, lambda _, known: known.lastfm)[:6]
    candidates = {await study.add(source, shared=False) for source in sources[:2]}
    shared = []
    for source in sources[2:]:
        study.clock.advance(timedelta(minutes=1))
        shared.append(await study.add(source))
    await study.knower.run(4)
    assert await study.asked("lastfm") == set(shared[2:])
    await study.knower.run(4)
    assert await study.asked("lastfm") == set(shared)
    await study.knower.run(4)
    assert await study.asked("lastfm") == set(shared) | candidates


async def test_tracks_that_trickle_in_wait_for_each_other(keyless: Study) -> None:
    """The first is asked about at once, those of the hour after it together; a full batch never waits."""
    sources = iter(distinct(keyless.sandbox, lambda _, known: known.reccobeats))
    for _ in range(5):
        await keyless.add(next(sources))
        await keyless.knower.run(40)
        keyless.clock.advance(timedelta(minutes=5))
    assert len(keyless.calls("reccobeats")) == 1
    keyless.clock.advance(timedelta(hours=1))
    await keyless.knower.run(40)
    assert [len(call.query["ids"].split(",")) for call in keyless.calls("reccobeats")] == [1, 4]
    for _ in range(40):
        await keyless.add(next(sources))
    await keyless.knower.run(40)
    assert len(keyless.calls("reccobeats")[2].query["ids"].split(",")) == 40


async def test_merged_tracks_keep_what_was_told(study: Study) -> None:
    """Two entries that turn out to be one recording: tags and numbers of either stay with it."""
    one, other = distinct(study.sandbox, lambda _, known: known.reccobeats and known.lastfm)[:2]
    kept, gone = await study.add(one), await study.add(other)
    await run_out(study)
    before = await study.services.storage.tags.of(kept)
    ref = next(ref for ref in (await study.services.storage.tracks.get([gone]))[gone].refs)
    await study.services.storage.tracks.add_ref(kept, ref)
    assert await study.services.storage.tags.of(kept) == before
    assert await study.asked("reccobeats") == {kept}
    asked = len(study.sandbox.calls.calls)
    await run_out(study)
    assert len(study.sandbox.calls.calls) == asked


async def test_what_nobody_knows_yet_waits_for_its_artist(keyless: Study) -> None:
    """A track without its match on Deezer is no miss for MusicBrainz: its artist's page may tell tomorrow."""
    linked = keyless.sandbox.knowledge.linked_artists
    source = next(
        each
        for each in distinct(keyless.sandbox, lambda _, known: not known.musicbrainz)
        if each.artist.deezer_id in linked
    )
    from tests.fixtures.scheduler import as_track

    storage = keyless.services.storage
    track_id = (await storage.tracks.save(as_track(source))).id
    assert track_id is not None
    await keyless.knower.run(40)
    await storage.tracks.save(matched(source))
    keyless.clock.advance(DAY)
    await keyless.knower.run(40)
    assert await keyless.asked("listenbrainz") == {track_id}


async def test_few_tags_are_kept_of_each_thing(study: Study) -> None:
    """The table is bounded, however many people wrote."""
    for source in distinct(study.sandbox, lambda _, known: known.linked and known.lastfm)[:10]:
        await study.add(source)
    await run_out(study)
    rows = await study.services.storage.tags.load()
    keys = list(zip(rows.track_id.tolist(), rows.source, rows.level, strict=True))
    assert 0 < max(keys.count(key) for key in set(keys)) <= MOST_TAGS
    assert (rows.count > 0).all()
    assert min(rows.count[[source == TagSource.LASTFM for source in rows.source]]) >= LEAST_COUNT
    assert not any(name != " ".join(name.split()) or not name for name in rows.name)


async def test_the_tick_asks_them(study: Study) -> None:
    """Enrichment matches, numbers and asks the sources in one pass, with one question a track at Deezer."""
    source = distinct(study.sandbox, lambda track, known: track.has_preview and known.linked and known.reccobeats)[0]
    storage = study.services.storage

    saved = await storage.tracks.save(as_track(source))
    assert saved.id is not None
    await storage.servers.ensure(1, "Server")
    await storage.shares.record(1, 2, 3, author(0), [saved.id], study.clock.now())
    report = await study.services.enricher.run(40)
    assert (report.matched, report.described) == (1, 1)
    assert report.told >= 4
    assert [call.path.split("/")[1] for call in study.calls("deezer")] == ["track", "preview", "album"]
    assert (await storage.tracks.get([saved.id]))[saved.id].ref(Service.DEEZER)
    study.clock.advance(timedelta(hours=2))
    asked = len(study.sandbox.calls.calls)
    await study.services.enricher.run(40)
    assert len(study.sandbox.calls.calls) == asked
