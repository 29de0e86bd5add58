"""Ids last: in batches that Spotify need not answer, believed where something confirms them, then by search."""

from dataclasses import replace

from catalog.models import Pick, Service, Track, TrackRef
from catalog.sources import Sources
from sandbox.records import SandboxTrack
from scheduler.filling import Filler, Filling
from scheduler.linking import Linker
from scheduler.placing import Placer
from scheduler.settings import ScheduleSettings
from tests.fixtures.scheduler import House, OpenHouse

SETTINGS = ScheduleSettings(drop_size=20, gather_hours=0)


def known_to(house: House, count: int, *, labs: bool, reccobeats: bool) -> list[SandboxTrack]:
    """Return recordings on both services that the laboratory and ReccoBeats know, or do not."""
    found: dict[tuple[str, str], SandboxTrack] = {}
    for track in house.sandbox.catalogue.shareable:
        here = house.sandbox.knowledge.known[track.index]
        plain = track.on_deezer and track.isrc == track.deezer_isrc and len(track.artists) == 1
        if plain and (here.labs, here.reccobeats) == (labs, reccobeats):
            found.setdefault((track.artist.name, track.full_title), track)
    return list(found.values())[:count]


async def picks_of(house: House, sources: list[SandboxTrack]) -> list[Pick]:
    """Save tracks as they come from Deezer and return them as picks."""
    ids = [await house.track(source, on_spotify=False) for source in sources]
    tracks = await house.storage.tracks.get(ids)
    return [Pick(track=tracks[each], score=0.5) for each in ids]


async def fill(house: House, picks: list[Pick], sources: Sources | None = None) -> Filling:
    """Fill a list of twenty from picks."""
    filler = Filler(house.storage, house.resolver, house.clock, 100, house.sources if sources is None else sources)
    filler.begin(1)
    filling = await filler.empty(20)
    await filler.fill(filling, picks)
    return filling


async def test_one_call_gives_the_ids_of_a_whole_list(open_house: OpenHouse) -> None:
    """What the laboratory knows and ReccoBeats confirms costs one call each, none of Spotify, and never again."""
    async with open_house(SETTINGS, knowing=True) as house:
        sources = known_to(house, 20, labs=True, reccobeats=True)
        filling = await fill(house, await picks_of(house, sources))
        assert [pick.track.spotify_id for pick in filling.picks] == [source.spotify_id for source in sources]
        assert house.sandbox.calls.count("labs") == 1
        assert house.sandbox.calls.count("reccobeats") == 1
        assert house.sandbox.calls.count("spotify") == 0
        again = await fill(house, await picks_of(house, sources))
        assert len(again.picks) == 20
        assert house.sandbox.calls.count("labs") == 1


async def test_what_nobody_else_knows_is_searched_for(open_house: OpenHouse) -> None:
    """The rest costs a search by ISRC each, and the order of the list stays."""
    async with open_house(SETTINGS, knowing=True) as house:
        known = known_to(house, 12, labs=True, reccobeats=True)
        unknown = known_to(house, 8, labs=False, reccobeats=True)
        sources = [track for pair in zip(known, unknown, strict=False) for track in pair] + known[8:]
        filling = await fill(house, await picks_of(house, sources))
        assert [pick.track.spotify_id for pick in filling.picks] == [source.spotify_id for source in sources]
        assert house.sandbox.calls.count("spotify", path="/v1/search") == len(unknown)


async def test_a_laboratory_that_is_down_costs_searches_alone(open_house: OpenHouse) -> None:
    """The list is as full without it."""
    async with open_house(SETTINGS, knowing=True) as house:
        house.sandbox.faults.inject("server_error", "labs", times=None)
        sources = known_to(house, 20, labs=True, reccobeats=True)
        filling = await fill(house, await picks_of(house, sources))
        assert len(filling.picks) == 20
        assert house.sandbox.calls.count("spotify", path="/v1/search") == 20


async def test_an_id_that_nothing_confirms_is_for_the_list_alone(open_house: OpenHouse) -> None:
    """A name is not enough to say that two rows are one track: such an id is written, and not kept."""
    async with open_house(SETTINGS, knowing=True) as house:
        sources = known_to(house, 5, labs=True, reccobeats=False)
        for told in (house.sources, replace(house.sources, reccobeats=None)):
            filling = await fill(house, await picks_of(house, sources), told)
            assert [pick.track.spotify_id for pick in filling.picks] == [source.spotify_id for source in sources]
            for source in sources:
                assert await house.storage.tracks.by_ref(TrackRef(Service.SPOTIFY, source.spotify_id)) is None
        assert house.sandbox.calls.count("spotify") == 0


async def test_an_id_of_another_recording_is_not_believed(open_house: OpenHouse) -> None:
    """Two recordings of one name: the id that is known as the longer one's is not given to the shorter."""
    async with open_house(SETTINGS, knowing=True) as house:
        (source,) = known_to(house, 1, labs=True, reccobeats=True)
        other = Track(
            source.full_title,
            (await picks_of(house, [source]))[0].track.artists,
            (TrackRef(Service.DEEZER, "99999999"),),
            duration_ms=source.duration_ms + 90_000,
        )
        saved = await house.storage.tracks.save(other)
        for kept in (False, True):
            if kept:
                await house.track(source)
            (pick,) = await Placer(house.storage, house.sources).placed([Pick(saved, 0.5)])
            assert pick.track.spotify_id is None
        assert len(await house.storage.tracks.all_ids()) == 2


async def test_picks_in_a_chat_have_the_ids_that_were_asked_for_before(open_house: OpenHouse) -> None:
    """Whoever discovers waits for no other service: what the laboratory told after a search for candidates will do."""
    async with open_house(SETTINGS, knowing=True) as house:
        sources = known_to(house, 5, labs=True, reccobeats=True)
        picks = await picks_of(house, sources)
        linker = Linker(house.storage, house.resolver, house.clock, 0, house.sources)
        assert await linker.link(picks) == picks
        assert house.sandbox.calls.count() == 0
        await Placer(house.storage, house.sources).foresee([pick.track for pick in picks])
        linked = await linker.link(picks)
        assert [pick.track.spotify_id for pick in linked] == [source.spotify_id for source in sources]
        assert house.sandbox.calls.count() == house.sandbox.calls.count("labs") == 1


async def test_a_wildcard_without_an_id_gives_way_to_the_next(open_house: OpenHouse) -> None:
    """However many wildcards Spotify lacks, a list has as many as it was ranked with, while there are any."""
    async with open_house(SETTINGS, knowing=True) as house:
        here = known_to(house, 34, labs=True, reccobeats=True)
        gone = next(
            track
            for track in house.sandbox.catalogue.shareable
            if track.on_deezer and not any(track.artist.name == one.artist.name for one in here)
        )
        picks = await picks_of(house, here)
        lost = replace((await picks_of(house, [gone]))[0], explores=True)
        lost = replace(lost, track=replace(lost.track, title="Not there", refs=(), isrc=None, id=None))
        wild = [replace(pick, explores=True) for pick in picks[30:34]]
        ranked = [*picks[:5], lost, *picks[5:14], wild[0], *picks[14:24], wild[1], *picks[24:30], *wild[2:]]
        filling = await fill(house, ranked)
        assert [pick.explores for pick in filling.picks].count(True) == 2
        assert len(filling.picks) == 20
        assert filling.picks[:5] == [pick for pick in filling.picks[:5] if not pick.explores]
        none_left = await fill(house, [*picks[:5], lost, *picks[5:30]])
        assert len(none_left.picks) == 20
