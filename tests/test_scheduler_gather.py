"""Gathering candidates: every source brings its own, bounded, in turns, with where it came from; each fails alone."""

import logging
from datetime import timedelta

import pytest

from catalog.models import Service, Track
from recommender.candidates import (
    HEARD_ARTIST,
    HEARD_TRACK,
    RADIO,
    RECOMMENDED,
    RELATED_ARTIST,
    SIMILAR_TRACK,
    TOP_OF_ARTIST,
)
from sandbox.records import SandboxTrack
from scheduler.settings import ScheduleSettings
from storage.proposals import Seed, SeedKind
from tests.fixtures.scheduler import SERVER, House, OpenHouse, as_track, author, by_distinct_artists

FEW = ScheduleSettings(drop_size=10, gather_artists=2, gather_related=2, gather_tracks=3, gather_near=5)
MANY = ScheduleSettings(drop_size=10, gather_artists=8, gather_near=8, gather_limit=1_000)
DEEZER = {RELATED_ARTIST, TOP_OF_ARTIST, RADIO}
EVERY = {*DEEZER, RECOMMENDED, HEARD_ARTIST, HEARD_TRACK, SIMILAR_TRACK}


def chosen(house: House, genre: str, count: int) -> list[SandboxTrack]:
    """Return tracks of distinct artists of a genre that all services know."""
    known = house.sandbox.knowledge.known
    found: dict[str, SandboxTrack] = {}
    for track in by_distinct_artists(house.sandbox, genre):
        here = known[track.index]
        everywhere = here.linked and here.reccobeats and here.lastfm
        if track.on_deezer and everywhere and track.artist.deezer_id in house.sandbox.knowledge.linked_artists:
            found.setdefault(track.artist.name, track)
    return list(found.values())[:count]


def genres(house: House) -> list[str]:
    """Return the two genres of which the services know the most artists."""
    every = sorted({track.genre for track in house.sandbox.catalogue.shareable})
    return sorted(every, key=lambda genre: -len(chosen(house, genre, 99)))[:2]


async def enriched(house: House, count: int = 3) -> None:
    """Let two people like a few artists each of their own genre, known to Deezer."""
    for number, genre in enumerate(genres(house)):
        await house.share(author(number), *chosen(house, genre, count))
    await house.enricher.run(20)


async def origins(house: House) -> dict[str, set[int]]:
    """Return what each source proposed."""
    found: dict[str, set[int]] = {}
    for track_id, proposals in (await house.storage.proposals.by_track()).items():
        for proposal in proposals:
            found.setdefault(proposal.source, set()).add(track_id)
    return found


async def asked(house: House, source: str) -> set[Seed]:
    """Return what a source was asked about."""
    return set(await house.storage.proposals.asked(source))


async def test_deezer_tracks_are_saved_with_where_they_came_from(open_house: OpenHouse) -> None:
    """One search takes a few artists, one of each person, and keeps their tracks as candidates."""
    async with open_house(FEW) as house:
        await enriched(house)
        before = set(await house.storage.tracks.all_ids())
        calls = house.sandbox.calls.count("deezer")
        report = await house.gatherer.run()
        assert report.asked == 2 * len(DEEZER)
        assert report.refused == ()
        # related and radio of each artist, and top of the artist and its two neighbours, each asked for once
        assert house.sandbox.calls.count("deezer") - calls <= 2 * (2 + 3)
        found = await origins(house)
        assert set(found) == DEEZER
        assert report.saved == len(set(await house.storage.tracks.all_ids()) - before) > 0
        tracks = await house.storage.tracks.get(sorted(before))
        theirs = []
        for number in range(2):
            person = await house.storage.people.by_discord_id(5_000 + number)
            assert person is not None
            rows = await house.storage.feedback.of_person(person.id, 10)
            theirs.append({Seed(SeedKind.ARTIST, tracks[row.track_id].artists[0].id or 0) for row in rows})
        for source in DEEZER:
            assert [len(await asked(house, source) & artists) for artists in theirs] == [1, 1]


async def test_every_source_brings_its_own(open_house: OpenHouse) -> None:
    """All seven propose tracks, with the kind of seed that each is asked about; none asks Spotify."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house, 4)
        report = await house.gatherer.run()
        assert report.refused == ()
        found = await origins(house)
        assert set(found) == EVERY
        kinds = {name: {seed.kind for seed in await asked(house, name)} for name in EVERY}
        assert kinds == {
            **{key: {SeedKind.ARTIST} for key in (*DEEZER, HEARD_ARTIST)},
            **{key: {SeedKind.TRACK} for key in (HEARD_TRACK, SIMILAR_TRACK)},
            RECOMMENDED: {SeedKind.PERSON},
        }
        tracks = await house.storage.tracks.get(sorted(set().union(*found.values())))
        assert all(tracks[each].spotify_id for each in found[RECOMMENDED])
        assert any(tracks[each].spotify_id for each in found[HEARD_TRACK]), "ids come with what ReccoBeats confirms"
        assert all(tracks[each].title and tracks[each].artists for each in tracks)
        assert house.sandbox.calls.count("spotify") == 0


async def test_dislikes_are_seeds_to_stay_away_from(open_house: OpenHouse) -> None:
    """ReccoBeats is told up to five likes and five dislikes, in several draws, of one person at a time."""
    async with open_house(MANY, knowing=True) as house:
        liked, disliked = (chosen(house, genre, 7) for genre in genres(house))
        for track in liked:
            await house.rate(author(0), track, 1)
        for track in disliked:
            await house.rate(author(0), track, -1)
        await house.gatherer.run()
        draws = [call.query for call in house.sandbox.calls.find("reccobeats", path="*/recommendation")]
        assert len(draws) == MANY.gather_draws
        assert len({draw["seeds"] for draw in draws}) == len(draws)
        for draw in draws:
            seeds, away = draw["seeds"].split(","), draw["negativeSeeds"].split(",")
            assert len(set(seeds)) == len(set(away)) == 5
            assert set(seeds) <= {track.spotify_id for track in liked}
            assert set(away) <= {track.spotify_id for track in disliked}


@pytest.mark.parametrize(
    ("service", "own"),
    [
        ("deezer", {*DEEZER, HEARD_ARTIST}),
        ("reccobeats", {RECOMMENDED}),
        ("labs", {HEARD_ARTIST, HEARD_TRACK}),
        ("musicbrainz", {HEARD_ARTIST, HEARD_TRACK}),
        ("lastfm", {SIMILAR_TRACK}),
    ],
)
@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "malformed"])
async def test_a_source_that_fails_changes_nothing_for_the_others(
    open_house: OpenHouse, service: str, own: set[str], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Down, refusing or talking nonsense: the others bring all they have, and an hour later it is asked again."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house, 2)
        house.sandbox.faults.inject(kind, service, times=None, retry_after=7_200)
        with caplog.at_level(logging.WARNING):
            report = await house.gatherer.run()
        failed = set(report.refused)
        assert failed <= own
        assert failed, "it was asked, and said so"
        # What ReccoBeats confirms comes with an id, what it does not with a name: none of its silence is an error.
        assert set(await origins(house)) >= EVERY - own
        assert not set().union(*[await asked(house, name) for name in failed])
        assert not await house.gatherer.is_due(house.clock.now())
        house.sandbox.faults.clear()
        house.clock.advance(timedelta(hours=3))
        again = await house.gatherer.run()
        assert again.refused == ()
        assert again.asked > 0
        assert not failed & {name for name in EVERY if await house.storage.proposals.last_asked(name) is None}


async def test_a_seed_that_a_source_chokes_on_holds_up_no_other(open_house: OpenHouse) -> None:
    """One artist's page is broken for good: the next time the source begins with another."""
    async with open_house(FEW) as house:
        await enriched(house)
        await house.gatherer.run()
        (first, _) = house.sandbox.calls.find("deezer", path="/artist/*/related")
    async with open_house(FEW) as house:
        house.clock.advance(timedelta(days=31))
        await house.share(author(0), by_distinct_artists(house.sandbox, genres(house)[0])[0])
        house.sandbox.faults.inject("malformed", "deezer", first.path, times=None)
        for _ in range(3):
            await house.gatherer.run()
            house.clock.advance(timedelta(hours=25))
        related = await house.storage.proposals.asked(RELATED_ARTIST)
        fresh = [seed for seed, at in related.items() if house.clock.now() - at < timedelta(days=10)]
        assert len(fresh) >= 3


async def test_the_next_search_goes_on_with_other_seeds(open_house: OpenHouse) -> None:
    """Seeds asked about are not asked about again for a month, in a new process either."""
    async with open_house(FEW) as house:
        await enriched(house)
        assert not await house.storage.proposals.by_track()
        assert await house.gatherer.is_due(house.clock.now())
        await house.gatherer.run()
        assert not await house.gatherer.is_due(house.clock.now())
        first = await asked(house, RELATED_ARTIST)
        house.clock.advance(timedelta(days=1))
    async with open_house(FEW) as house:
        assert await house.gatherer.is_due(house.clock.now())
        await house.gatherer.run()
        second = await asked(house, RELATED_ARTIST) - first
        assert len(first) == len(second) == 2
        house.clock.advance(timedelta(days=1))
        await house.gatherer.run()
        house.clock.advance(timedelta(days=1))
        assert (await house.gatherer.run()).asked == 0
        house.clock.advance(timedelta(days=28))
        assert (await house.gatherer.run()).asked == 2 * len(DEEZER), "a month later they are asked about again"


async def test_a_person_is_drawn_from_every_week(open_house: OpenHouse) -> None:
    """Recommendations come anew each week, from another draw; neighbours of artists stay a month."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house)
        await house.gatherer.run()
        house.clock.advance(timedelta(days=6))
        await house.gatherer.run()
        before = house.sandbox.calls.count("reccobeats", path="*/recommendation")
        assert before == 2 * MANY.gather_draws
        house.clock.advance(timedelta(days=1, minutes=1))
        await house.gatherer.run()
        assert house.sandbox.calls.count("reccobeats", path="*/recommendation") == 2 * before


async def test_new_tracks_are_bounded_and_shared_among_the_sources(open_house: OpenHouse) -> None:
    """A search brings no more new tracks than one answer above its limit, and no source takes all of it."""
    settings = ScheduleSettings(drop_size=10, gather_limit=28, gather_near=4, gather_tracks=2, gather_related=2)
    async with open_house(settings, knowing=True) as house:
        await enriched(house, 5)
        report = await house.gatherer.run()
        largest_answer = max(settings.gather_near * settings.gather_draws, settings.gather_related * 2)
        assert 0 < report.saved <= 28 + largest_answer
        assert len(await origins(house)) >= 5


async def test_a_name_alone_waits_until_a_service_has_told_what_it_is(open_house: OpenHouse) -> None:
    """What Last.fm names is no candidate before Deezer has matched it, and is one row with what was there already."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house)
        await house.gatherer.run()
        named = (await origins(house))[SIMILAR_TRACK]
        bare = [each for each, track in (await house.storage.tracks.get(sorted(named))).items() if not track.refs]
        assert bare
        await house.picker.refit()
        person = await house.storage.people.by_discord_id(5_000)
        assert person is not None
        picks = await house.picker.picks_for(person.id, [SERVER], 500, "2026-W02")
        assert picks
        assert not {pick.track.id for pick in picks} & set(bare)
        await house.enricher.run(500)
        kept = await house.storage.tracks.get(bare)
        assert any(track.ref(Service.DEEZER) for track in kept.values())
        await house.picker.refit()
        after = await house.picker.picks_for(person.id, [SERVER], 500, "2026-W02")
        assert {pick.track.id for pick in after} & {track.id for track in kept.values() if track.refs}


async def test_what_is_known_is_not_saved_again(open_house: OpenHouse) -> None:
    """The services name one track in their own ways; it stays one row, and gathers all that led to it."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house)
        await house.gatherer.run()
        await house.enricher.run(500)
        tracks = await house.storage.tracks.get(await house.storage.tracks.all_ids())
        seen: dict[tuple[str, str, int | None], Track] = {}
        for track in tracks.values():
            seen.setdefault((track.title, track.byline, track.duration_ms), track)
        assert len(seen) == len(tracks)
        found = await house.storage.proposals.by_track()
        assert any(len({proposal.source for proposal in each}) > 1 for each in found.values())


async def test_gathered_tracks_fill_a_drop_and_say_why(open_house: OpenHouse) -> None:
    """Two people who have heard all of each other still get new tracks, found near what they like."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house)
        await house.gatherer.run()
        await house.enricher.run(300)
        await house.picker.refit()
        person = await house.storage.people.by_discord_id(5_000)
        assert person is not None
        picks = await house.picker.picks_for(person.id, [SERVER], 30, "2026-W02")
        proposed = await house.storage.proposals.by_track()
        assert len(picks) == 30
        from_elsewhere = [pick for pick in picks if pick.track.id in proposed]
        assert len({origin for pick in from_elsewhere for origin in pick.origins}) >= 4
        for pick in from_elsewhere:
            sources = {proposal.source for proposal in proposed[pick.track.id or 0]}
            assert sources <= set(pick.origins), "all that proposed it is kept with the pick"
        text = " / ".join(reason for pick in picks for reason in pick.reasons)
        assert any(word in text for word in ("heard beside", "heard by those who hear", "related to", "played beside"))


async def test_nobody_is_told_what_led_others_to_a_track(open_house: OpenHouse) -> None:
    """A gathered track may come to everybody; the like that led to it is named to whoever has it alone."""
    async with open_house(MANY, knowing=True) as house:
        await enriched(house)
        stranger = author(9)
        other = by_distinct_artists(house.sandbox, genres(house)[1])[-1]
        await house.share(stranger, other, server_id=200)
        await house.gatherer.run()
        await house.picker.refit()
        seeds = await house.storage.tracks.get(sorted(set(await house.storage.tracks.pool([SERVER]))))
        person = await house.storage.people.by_discord_id(stranger.discord_id)
        assert person is not None
        picks = await house.picker.picks_for(person.id, [200], 60, "2026-W02")
        assert any(set(pick.origins) & EVERY for pick in picks)
        assert not any(pick.track.id in seeds and pick.origins == ("shared",) for pick in picks)
        text = " ".join(reason for pick in picks for reason in pick.reasons)
        mine = as_track(other).byline
        for seed in seeds.values():
            if seed.byline != mine:
                assert f"{seed.title} by" not in text
                assert f"{seed.byline}, whom" not in text


async def test_switched_off(open_house: OpenHouse) -> None:
    """Zero hours means never."""
    async with open_house(ScheduleSettings(gather_hours=0), knowing=True) as house:
        await enriched(house)
        assert not await house.gatherer.is_due(house.clock.now())
        assert (await house.gatherer.run()).asked == 0
        assert await house.storage.proposals.by_track() == {}
