"""Gathering related tracks: bounded, in turns, remembered with where they came from."""

from datetime import timedelta

from scheduler.settings import ScheduleSettings
from tests.fixtures.scheduler import House, OpenHouse, author, by_distinct_artists

FEW = ScheduleSettings(drop_size=10, gather_artists=2, gather_related=2, gather_tracks=3)


async def enriched(house: House) -> None:
    """Let two people like three artists each of their own genre, known to Deezer."""
    genres = sorted({track.genre for track in house.sandbox.catalogue.shareable})[:2]
    for number, genre in enumerate(genres):
        artists: dict[str, object] = {}
        for track in by_distinct_artists(house.sandbox, genre):
            if track.on_deezer and track.artist.name not in artists and len(artists) < 3:
                artists[track.artist.name] = track
                await house.share(author(number), track)
    await house.enricher.run(20)


async def test_related_tracks_are_saved_with_where_they_came_from(open_house: OpenHouse) -> None:
    """One search takes a few artists, one of each person, and keeps their tracks as candidates."""
    async with open_house(FEW) as house:
        await enriched(house)
        before = set(await house.storage.tracks.all_ids())
        calls = house.sandbox.calls.count("deezer")
        report = await house.gatherer.run()
        assert report.artists == 2
        assert not report.refused
        assert house.sandbox.calls.count("deezer") - calls <= 2 * (1 + 3)  # related, and top of three artists
        related = await house.storage.related.by_track()
        assert len(related) >= 2 * 3
        assert set(related) - before
        asked = {artist for artists in related.values() for artist in artists}
        tracks = await house.storage.tracks.get(sorted(before))
        by_person = []
        for number in range(2):
            person = await house.storage.people.by_discord_id(5_000 + number)
            assert person is not None
            rows = await house.storage.feedback.of_person(person.id, 10)
            by_person.append({tracks[row.track_id].artists[0].id for row in rows})
        assert [len(asked & theirs) for theirs in by_person] == [1, 1]


async def test_the_next_search_goes_on_with_other_artists(open_house: OpenHouse) -> None:
    """Artists asked about are not asked about again for a month, in a new process either."""
    async with open_house(FEW) as house:
        await enriched(house)
        assert not await house.storage.related.by_track()
        assert await house.gatherer.is_due(house.clock.now())
        await house.gatherer.run()
        assert not await house.gatherer.is_due(house.clock.now())
        first = await house.storage.related.asked(house.clock.now())
        house.clock.advance(timedelta(days=1))
    async with open_house(FEW) as house:
        assert await house.gatherer.is_due(house.clock.now())
        await house.gatherer.run()
        second = await house.storage.related.asked(house.clock.now())
        assert len(first) == len(second) == 2
        assert not first & second
        await house.gatherer.run()
        assert (await house.gatherer.run()).artists == 0


async def test_a_refusal_is_remembered_as_none(open_house: OpenHouse) -> None:
    """While Deezer fails no artist counts as asked about."""
    async with open_house(FEW) as house:
        await enriched(house)
        house.sandbox.faults.inject("server_error", "deezer", "/artist/*", times=None)
        assert (await house.gatherer.run()).refused
        house.sandbox.faults.clear()
        assert (await house.gatherer.run()).artists == 2


async def test_gathered_tracks_fill_a_drop(open_house: OpenHouse) -> None:
    """Two people who have heard all of each other still get new tracks, related to what they like."""
    async with open_house(FEW) as house:
        await enriched(house)
        await house.gatherer.run()
        await house.picker.refit()
        person = await house.storage.people.by_discord_id(5_000)
        assert person is not None
        picks = await house.picker.picks_for(person.id, [100], 10, "2026-W02")
        related = await house.storage.related.by_track()
        assert len(picks) == 10
        assert any(pick.track.id in related for pick in picks)
        assert any("related" in pick.origins for pick in picks)


async def test_switched_off(open_house: OpenHouse) -> None:
    """Zero hours means never."""
    async with open_house(ScheduleSettings(gather_hours=0)) as house:
        assert not await house.gatherer.is_due(house.clock.now())
