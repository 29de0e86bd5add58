"""Choosing: all sources take their turns, exclusions hold by recording, and the cap on artists stays."""

from collections import Counter
from dataclasses import replace

from catalog.tags import TagLevel, TagSource, TrackTag
from scheduler.alike import neighbours
from scheduler.choosing import Wish, choose_for_person
from scheduler.knowledge import Knowledge
from storage.proposals import Seed, SeedKind
from tests.fixtures.scheduler import SERVER, House, as_track, author, by_distinct_artists, settle_community

ME = 5_000


async def knowledge_of(house: House, proposed: dict[str, list[int]]) -> Knowledge:
    """Return what is known once these tracks were proposed, by a seed that nobody likes."""
    for source, ids in proposed.items():
        await house.storage.proposals.record(source, {Seed(SeedKind.ARTIST, 10**6): ids})
    await house.picker.refit()
    return await house.picker._learner.last()


async def test_each_pick_keeps_all_that_proposed_it(house: House) -> None:
    """A track shared here and proposed by two sources names all three; what only others shared is none."""
    await settle_community(house, people=2)
    genre = by_distinct_artists(house.sandbox, house.sandbox.catalogue.shareable[-1].genre)
    elsewhere, proposed = genre[0], genre[1:21]
    await house.share(author(9), elsewhere, server_id=200)
    ids = [await house.track(source, on_spotify=False) for source in proposed]
    shared = next(iter(await house.storage.tracks.pool([SERVER])))
    await knowledge_of(house, {"radio": [*ids[:12], shared], "lastfm": [*ids[8:], shared]})
    picks = await house.picker.discover(77, SERVER, 40)
    origins = {pick.track.id: set(pick.origins) for pick in picks}
    assert origins[shared] >= {"shared", "radio", "lastfm"}
    assert origins[ids[0]] == {"radio"}
    assert origins[ids[10]] == {"radio", "lastfm"}
    assert origins[ids[19]] == {"lastfm"}
    assert await house.track(elsewhere) not in origins


async def test_a_share_of_another_server_comes_only_if_it_was_proposed(house: House) -> None:
    """What a service proposes is public; what a server shares is not, and nobody of it is named elsewhere."""
    await settle_community(house, people=2)
    stranger = author(9)
    sources = by_distinct_artists(house.sandbox, house.sandbox.catalogue.shareable[-1].genre)[:2]
    for source in sources:
        await house.share(stranger, source, server_id=200)
    private, public = [await house.track(source) for source in sources]
    await knowledge_of(house, {"top": [public]})
    picks = {pick.track.id: pick for pick in await house.picker.discover(ME, SERVER, 60)}
    assert private not in picks
    assert picks[public].origins == ("top",)
    assert stranger.name not in " ".join(reason for pick in picks.values() for reason in pick.reasons)
    assert not picks[public].shared_by


async def test_what_was_rated_does_not_come_under_another_name(house: House) -> None:
    """A proposal that is the recording of a rated track stays out, whichever source brings it."""
    await settle_community(house, people=2)
    rated = next(each for each in house.sandbox.catalogue.shareable if each.on_deezer and each.isrc is None)
    await house.rate(author(0), rated, 1)
    twin = replace(
        as_track(rated, on_spotify=False), isrc=None, album="Another edition", duration_ms=rated.duration_ms + 2_500
    )
    saved = await house.storage.tracks.save(replace(twin, artists=(*twin.artists, as_track(rated).artists[0])))
    knowledge = await knowledge_of(house, {"related": [saved.id or 0], "lastfm": [saved.id or 0]})
    picks = await house.picker.discover(ME, SERVER, 60)
    assert saved.id in knowledge.proposals
    assert saved.id not in {pick.track.id for pick in picks}


async def test_a_list_holds_two_of_an_artist_whatever_the_sources(house: House) -> None:
    """Sources that bring an artist's whole work do not fill a list with it."""
    await settle_community(house, people=2)
    catalogue = house.sandbox.catalogue
    busiest, _ = Counter(track.artist for track in catalogue.shareable if track.on_deezer).most_common(1)[0]
    work = list({track.recording: track for track in catalogue.tracks_of(busiest) if track.on_deezer}.values())
    others = by_distinct_artists(house.sandbox, catalogue.shareable[-1].genre)[:20]
    ids = [await house.track(source, on_spotify=False) for source in (*work, *others)]
    await knowledge_of(house, dict.fromkeys(("top", "radio", "labs-artists"), ids))
    picks = await house.picker.discover(ME, SERVER, 10)
    names = Counter(pick.track.artists[0].name for pick in picks)
    assert len(work) > 2
    assert max(names.values()) <= 2


async def test_neighbours_are_near_what_is_liked(house: House) -> None:
    """Tracks near a liked one name it as what led to them; without likes there are none."""
    await settle_community(house, people=2)
    pool = sorted(await house.storage.tracks.pool([SERVER]))
    fresh = by_distinct_artists(house.sandbox, house.sandbox.catalogue.shareable[-1].genre)[:12]
    ids = [await house.track(source, on_spotify=False) for source in fresh]
    for place, track_id in enumerate([*pool, *ids]):
        names = ("shoegaze", "dream pop") if place % 2 else ("bluegrass", "banjo")
        tags = [TrackTag(name, 80.0, TagLevel.TRACK, TagSource.LASTFM, genre=True) for name in names]
        await house.storage.tags.save(track_id, TagSource.LASTFM, tags)
    knowledge = await knowledge_of(house, {"radio": ids})
    person = await house.storage.people.by_discord_id(ME)
    assert person is not None
    opinions = knowledge.dataset.opinions_of(person.id)
    liked = [track_id for track_id, value in opinions.items() if value > 0.5]
    wish = Wish(ME, "a day", 12, (), knowledge.known(opinions), opinions)
    near = neighbours(knowledge, knowledge.features.track_ids, liked)
    assert near
    assert set(near.values()) <= set(liked)
    assert neighbours(knowledge, knowledge.features.track_ids, []) == {}
    chosen = choose_for_person(knowledge, person.id, opinions, wish, house.picker._ranking)
    led = [one for one in chosen if "neighbours" in one.ranked.candidate.origins]
    assert led
    for one in led:
        (lead,) = [lead for lead in one.leads if lead.origin == "neighbours"]
        assert lead.seed == knowledge.tracks[near[one.track_id]]
