"""Tracks: each once, found by any of its refs, merged when two prove to be one."""

from datetime import timedelta

import numpy as np

from catalog.models import Artist, Pick, Service, Track, TrackRef
from sandbox.clock import FastClock
from storage.drops import Owner
from storage.misses import track_key
from storage.proposals import Proposal, Seed, SeedKind
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, CAT, SERVER, make_track, saved_ids, share, spotify_ref


def deezer_ref(number: int) -> TrackRef:
    """Return the ref of an imagined Deezer track."""
    return TrackRef(Service.DEEZER, str(number))


async def test_a_saved_track_reads_as_it_was(storage: Storage) -> None:
    """Every field, the artists in order and the refs in order come back."""
    artists = (Artist("Zoë"), Artist("AC/DC", "17"), Artist("Beatrix"))
    track = make_track(
        1, artists=artists, refs=(spotify_ref(1), deezer_ref(1)), album="Album", year=1999, explicit=False
    )
    saved = await storage.tracks.save(track)
    assert saved.id is not None
    assert (saved.title, saved.refs, saved.album, saved.year, saved.explicit, saved.isrc, saved.duration_ms) == (
        track.title,
        track.refs,
        "Album",
        1999,
        False,
        track.isrc,
        track.duration_ms,
    )
    assert [(one.name, one.deezer_id) for one in saved.artists] == [("Zoë", None), ("AC/DC", "17"), ("Beatrix", None)]
    assert await storage.tracks.by_ref(deezer_ref(1)) == saved
    assert await storage.tracks.get([saved.id, 404]) == {saved.id: saved}


async def test_saving_again_fills_only_what_is_unknown(storage: Storage) -> None:
    """A second source adds refs and missing fields, and overwrites nothing."""
    first = await storage.tracks.save(make_track(1, isrc=None, album=None))
    second = make_track(1, title="Other Title", isrc="XXNEW", album="Album", refs=(spotify_ref(1), deezer_ref(9)))
    saved = await storage.tracks.save(second)
    assert (saved.id, saved.title, saved.isrc, saved.album) == (first.id, "Title 1", "XXNEW", "Album")
    assert saved.refs == (spotify_ref(1), deezer_ref(9))


async def test_the_same_isrc_is_the_same_track(storage: Storage) -> None:
    """The single and the album version of one recording, two ids on Spotify, are one track."""
    single = await storage.tracks.save(make_track(1))
    album = await storage.tracks.save(make_track(1, refs=(spotify_ref(99),)))
    assert album.id == single.id
    assert album.refs == (spotify_ref(1), spotify_ref(99))


async def test_a_ref_outweighs_a_different_isrc(storage: Storage) -> None:
    """A known track keeps its ISRC, and is not merged with the one that has the other."""
    one, two = await storage.tracks.save(make_track(1)), await storage.tracks.save(make_track(2))
    again = await storage.tracks.save(make_track(1, isrc=two.isrc))
    assert (again.id, again.isrc) == (one.id, one.isrc)
    assert len(await storage.tracks.all_ids()) == 2


async def test_artists_are_one_by_deezer_id_else_by_name(storage: Storage) -> None:
    """Namesakes with different Deezer ids stay apart; who has none is told apart by name."""
    plain = await storage.tracks.save(make_track(1, artists=(Artist("Nova"),)))
    told = await storage.tracks.save(make_track(2, artists=(Artist("NOVA", "5"),)))
    other = await storage.tracks.save(make_track(3, artists=(Artist("Nova", "6"),)))
    renamed = await storage.tracks.save(make_track(4, artists=(Artist("Nova (band)", "5"),)))
    assert plain.artists[0].id == told.artists[0].id == renamed.artists[0].id
    assert other.artists[0].id != plain.artists[0].id
    taught = (await storage.tracks.get([plain.id or 0]))[plain.id or 0]
    assert taught.artists[0].deezer_id == "5"


async def test_a_match_teaches_the_artists_their_deezer_ids(storage: Storage) -> None:
    """When Deezer knows the track, its artists' ids there are kept with the credits that stand."""
    saved = await storage.tracks.save(make_track(1, artists=(Artist("Björk"), Artist("Someone"))))
    matched = await storage.tracks.save(make_track(1, artists=(Artist("bjork", "31"),), refs=(deezer_ref(1),)))
    assert [(one.name, one.deezer_id) for one in matched.artists] == [("Björk", "31"), ("Someone", None)]
    assert [one.id for one in matched.artists] == [one.id for one in saved.artists]


async def test_a_placeholder_becomes_the_track(storage: Storage) -> None:
    """A placeholder that resolves to something new keeps its id and gets its fields."""
    kept = await storage.tracks.placeholder(spotify_ref(1))
    assert kept.is_placeholder
    assert await storage.tracks.placeholder(spotify_ref(1)) == kept
    assert await storage.tracks.unresolved(10) == [kept]
    saved = await storage.tracks.save(make_track(1))
    assert (saved.id, saved.title) == (kept.id, "Title 1")
    assert await storage.tracks.unresolved(10) == []


async def test_everything_follows_a_merged_track(storage: Storage, clock: FastClock) -> None:
    """Feedback, shares, refs, blocks, picks, provenance and old ids lead to the track that stays."""
    (known,) = await saved_ids(storage, 1)
    gone = (await storage.tracks.placeholder(spotify_ref(2))).id or 0
    artist_id = (await storage.tracks.get([known]))[known].artists[0].id or 0
    await share(storage, 1, [known, gone])
    await share(storage, 2, [gone], author=BOB)
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.feedback.rate(CAT, known, 1)
    await storage.feedback.rate(CAT, gone, -1)
    await storage.features.save(gone, "audio", "1", np.array([1.0, 2.0]))
    await storage.features.refuse(gone, "deezer", clock.now() + timedelta(days=1))
    near = Seed(SeedKind.ARTIST, artist_id)
    await storage.proposals.record("related", {near: [gone]})
    drop = await storage.drops.plan("2026-W02", Owner("person", 1), clock.now())
    await storage.drops.record_picks(drop.id, [Pick((await storage.tracks.get([gone]))[gone], 0.5)])

    merged = await storage.tracks.save(make_track(1, refs=(spotify_ref(2),)))

    assert merged.id == known
    assert await storage.tracks.all_ids() == [known]
    assert merged.refs == (spotify_ref(1), spotify_ref(2))
    assert (await storage.tracks.get([gone]))[gone] == merged
    rows = await storage.feedback.opinions()
    assert set(rows.track_id.tolist()) == {known}
    assert sorted(rows.weight.tolist()) == [1.0] * 4, "the double share weighs whole again"
    cat = await storage.people.by_discord_id(CAT.discord_id)
    assert await storage.feedback.opinion_of(cat.id if cat else 0, known) == -1, "the newer rating stands"
    both = [await storage.shares.by_message(message_id) for message_id in (1, 2)]
    assert [one.track_ids for one in both if one] == [(known,), (known,)]
    assert (await storage.features.load("audio", "1"))[0].tolist() == [known]
    assert await storage.features.wanting("deezer", "1", 9) == []
    assert await storage.proposals.by_track() == {known: [Proposal("related", near)]}
    assert await storage.drops.dropped_since(Owner("person", 1), clock.now()) == {known}
    assert (await storage.drops.picks(drop.id))[0].track.id == known
    assert await storage.feedback.rate(CAT, gone, 1), "a button on an old message still works"


async def test_the_same_recording_is_one_track(storage: Storage) -> None:
    """A share of another service without ISRC meets the track it is, and what people said of either counts for one."""
    first = await storage.tracks.save(make_track(1, title="Heroes - 2017 Remaster", duration_ms=371_000))
    kept = (await storage.tracks.placeholder(TrackRef(Service.TIDAL, "9"))).id or 0
    await share(storage, 1, [kept])
    await storage.feedback.react(1, BOB, "👍", 1)
    tidal = make_track(1, title="“Heroes”", isrc=None, duration_ms=369_500, refs=(TrackRef(Service.TIDAL, "9"),))
    merged = await storage.tracks.save(tidal)
    assert (merged.id, merged.title, merged.refs) == (
        first.id,
        first.title,
        (spotify_ref(1), TrackRef(Service.TIDAL, "9")),
    )
    assert set((await storage.feedback.opinions()).track_id.tolist()) == {first.id}
    assert (await storage.tracks.get([kept]))[kept].id == first.id


async def test_recordings_in_doubt_stay_apart(storage: Storage) -> None:
    """Another ISRC, another version, another length or an unknown one: no merge."""
    same = {"title": "Hurt", "artists": (Artist("Johnny Cash"),), "duration_ms": 216_000}
    await storage.tracks.save(make_track(1, **same))
    others = [
        make_track(2, **same),
        make_track(3, **{**same, "isrc": None, "title": "Hurt - Live"}),
        make_track(4, **{**same, "isrc": None, "duration_ms": 220_000}),
        make_track(5, **{**same, "isrc": None, "duration_ms": None}),
        make_track(6, **{**same, "isrc": None, "artists": (Artist("Nine Inch Nails"),)}),
    ]
    for other in others:
        await storage.tracks.save(other)
    assert len(await storage.tracks.all_ids()) == 6


async def test_of_several_recordings_the_nearest_in_length_is_it(storage: Storage) -> None:
    """One without ISRC joins one of two re-issues; these are not merged with each other."""
    same = {"title": "Hurt", "artists": (Artist("Johnny Cash"),)}
    await storage.tracks.save(make_track(1, **same, duration_ms=216_000))
    near = await storage.tracks.save(make_track(2, **same, duration_ms=218_000))
    joined = await storage.tracks.save(make_track(3, **same, duration_ms=218_500, isrc=None))
    assert joined.id == near.id
    assert len(await storage.tracks.all_ids()) == 2


async def test_a_track_merges_once_enough_is_known_of_it(storage: Storage) -> None:
    """A length learnt later shows that two tracks are one."""
    known = await storage.tracks.save(make_track(1))
    late = await storage.tracks.save(make_track(1, isrc=None, duration_ms=None, refs=(deezer_ref(4),)))
    assert late.id != known.id
    learnt = make_track(1, title="", artists=(), isrc=None, refs=(deezer_ref(4),))
    assert (await storage.tracks.save(learnt)).id == known.id
    assert len(await storage.tracks.all_ids()) == 1


async def test_hearsay_gives_way_to_a_service_that_knows(storage: Storage) -> None:
    """What a page alone called a track is replaced once it is known which one it is; its ref stays."""
    page = TrackRef(Service.BANDCAMP, "band/demo")
    heard = Track("Demo", (Artist("Somebody"),), (page,), 100_000)
    first = await storage.tracks.save(heard)
    known = await storage.tracks.save(make_track(1, refs=(spotify_ref(1), page)))
    assert (known.id, known.title, known.byline) == (first.id, "Title 1", "Artist 1")
    assert (known.duration_ms, known.refs) == (200_001, (page, spotify_ref(1)))
    again = await storage.tracks.save(heard)
    assert (again.title, again.byline) == ("Title 1", "Artist 1")
    assert await storage.tracks.find("demo", 5) == []


async def test_merging_keeps_what_the_kept_track_has(storage: Storage) -> None:
    """Where both rows had numbers, those of the track that stays are kept."""
    one, two = await saved_ids(storage, 2)
    await storage.features.save(one, "audio", "1", np.array([1.0]))
    await storage.features.save(two, "audio", "1", np.array([2.0]))
    merged = await storage.tracks.add_ref(one, spotify_ref(2))
    assert (merged.id, merged.isrc) == (one, "XX0000000001")
    ids, numbers = await storage.features.load("audio", "1")
    assert (ids.tolist(), numbers.tolist()) == ([one], [[1.0]])


async def test_ids_of_merged_tracks_are_never_given_again(storage: Storage) -> None:
    """The next track does not take the id that an old button may still name."""
    one, two = await saved_ids(storage, 2)
    await storage.tracks.add_ref(one, spotify_ref(2))
    three = await storage.tracks.save(make_track(3))
    assert three.id is not None
    assert three.id > two


async def test_find_takes_words_in_any_case_and_accent(storage: Storage) -> None:
    """Words are looked for in title and artists; percent signs are letters like others."""
    track = await storage.tracks.save(make_track(1, title="Jóga 100%", artists=(Artist("Björk"),)))
    await saved_ids(storage, 3)
    assert [one.id for one in await storage.tracks.find("BJORK joga", 5)] == [track.id]
    assert [one.id for one in await storage.tracks.find("100%", 5)] == [track.id]
    assert await storage.tracks.find("%", 5) == [track]
    assert await storage.tracks.find("joga metallica", 5) == []
    assert await storage.tracks.find("  ", 5) == []


async def test_find_stays_in_the_server(storage: Storage) -> None:
    """In a server its own shares come first, then tracks nobody shared, and never another server's."""
    here, elsewhere, nowhere = [
        (await storage.tracks.save(make_track(number, title=f"Night {number}"))).id or 0 for number in (1, 2, 3)
    ]
    await share(storage, 1, [here])
    await share(storage, 2, [elsewhere], server_id=7)
    assert [one.id for one in await storage.tracks.find("night", 9, SERVER)] == [here, nowhere]
    assert {one.id for one in await storage.tracks.find("night", 9)} == {here, elsewhere, nowhere}
    assert len(await storage.tracks.find("night", 1)) == 1


async def test_the_pool_is_what_was_shared_there(storage: Storage) -> None:
    """A server's pool names who shared each track there, latest first; a removed share is out."""
    one, two, three = await saved_ids(storage, 3)
    await share(storage, 1, [one, two], author=ANN)
    await share(storage, 2, [one], author=BOB)
    await share(storage, 3, [three], author=BOB, server_id=7)
    await share(storage, 4, [three], author=BOB)
    await storage.shares.remove([4])
    pool = await storage.tracks.pool([SERVER])
    assert {track: [sharer.name for sharer in sharers] for track, sharers in pool.items()} == {
        one: ["Bob", "Ann"],
        two: ["Ann"],
    }
    assert set(await storage.tracks.pool([SERVER, 7])) == {one, two, three}
    assert await storage.tracks.pool([]) == {}


async def test_unmatched_leaves_out_matches_and_standing_misses(storage: Storage, clock: FastClock) -> None:
    """Tracks to look for on Deezer: newest shared first, not the matched, a miss not for two weeks."""
    one, two, three, four = await saved_ids(storage, 4)
    await storage.tracks.placeholder(spotify_ref(50))
    await share(storage, 1, [one])
    await share(storage, 2, [two])
    await storage.tracks.add_ref(three, deezer_ref(3))
    assert [track.id for track in await storage.tracks.unmatched(9)] == [two, one, four]
    await storage.misses.remember(Service.DEEZER, track_key(two))
    assert [track.id for track in await storage.tracks.unmatched(1)] == [one]
    clock.advance(timedelta(days=15))
    assert [track.id for track in await storage.tracks.unmatched(1)] == [two]


async def test_many_found_tracks_are_kept_once(storage: Storage) -> None:
    """New ones are saved, known ones are left as they are, and the ids come in order without repeats."""
    known = await storage.tracks.save(make_track(1, album=None))
    found = [make_track(2), make_track(1, album="Album"), make_track(3), make_track(2)]
    ids = await storage.tracks.ensure(found)
    assert len(ids) == 3
    assert ids[1] == known.id
    assert await storage.tracks.ensure(found) == ids
    assert (await storage.tracks.get([ids[1]]))[ids[1]] == known
    assert [(await storage.tracks.get(ids))[each].title for each in ids] == ["Title 2", "Title 1", "Title 3"]
