"""Imports resolved in the background: by as few calls as can be, within the quota, whatever is away."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from catalog.imports import ImportKind, ImportLine, Understood
from catalog.imports_account import read_account
from catalog.models import Service, TrackRef
from catalog.spotify_session import LIBRARY_SCOPES
from sandbox.faults import FaultKind
from sandbox.records import SandboxTrack
from scheduler.importing import FAILURES, Importer
from scheduler.picking import Picker
from scheduler.settings import ImportSettings
from storage.imports import Import, ImportState
from storage.people import Author
from tests.fixtures.product import Product

ANN, BOB = Author(10, "Ann"), Author(11, "Bob")
NOWHERE = ImportLine("A title that nobody gave", "An artist who never was")


def importer(product: Product, **changes: int) -> Importer:
    """Return an importer with other settings than the product's."""
    services = product.services
    settings = replace(ImportSettings(), **changes)
    clients = (services.resolver, services.deezer, services.spotify, services.sources)
    return Importer(services.storage, *clients, services.clock, settings)


async def begin(product: Product, *lines: ImportLine, author: Author = ANN) -> Import:
    """Let somebody import these lines."""
    understood = Understood(ImportKind.CSV, lines)
    return await product.services.storage.imports.begin(author, "a.csv", f"{len(lines)}{author.name}", understood)


async def state(product: Product, begun: Import) -> tuple[ImportState, int, int]:
    """Return how far an import is: its state, lines resolved, lines missed."""
    found = await product.services.storage.imports.get(begun.id)
    assert found is not None
    return found.state, found.resolved, found.missed


async def liked(product: Product, author: Author = ANN) -> set[str]:
    """Return the titles that somebody has an opinion of."""
    storage = product.services.storage
    person = await storage.people.by_discord_id(author.discord_id)
    assert person is not None
    rows = await storage.feedback.of_person(person.id, 1_000)
    tracks = await storage.tracks.get([row.track_id for row in rows])
    return {track.title for track in tracks.values()}


def plain(product: Product) -> Sequence[SandboxTrack]:
    """Return tracks that are everywhere and whose titles stand for them alone."""
    catalogue = product.sandbox.catalogue
    titles = [track.title for track in catalogue.tracks]
    known = product.sandbox.knowledge.known
    return [
        track
        for track in catalogue.shareable
        if track.on_deezer
        and not track.version
        and track.isrc == track.deezer_isrc
        and titles.count(track.title) == 1
        and known[track.index].reccobeats
    ]


def spotify_line(entry: SandboxTrack, **more: object) -> ImportLine:
    """Return a line as Spotify's own export has it."""
    ref = TrackRef(Service.SPOTIFY, entry.spotify_id)
    return ImportLine(entry.full_title, entry.artists[0].name, ref=ref, **more)  # type: ignore[arg-type]


def named_line(entry: SandboxTrack, **more: object) -> ImportLine:
    """Return a line that names a track and nothing else."""
    return ImportLine(entry.full_title, entry.artists[0].name, **more)  # type: ignore[arg-type]


async def test_spotify_ids_cost_no_call_to_spotify(product: Product) -> None:
    """ReccoBeats tells of forty at once, and what is told is saved with its ISRC and length."""
    entries = plain(product)[:50]
    begun = await begin(product, *[spotify_line(entry) for entry in entries])
    report = await importer(product, batch=50).run()
    assert (report.resolved, report.missed, report.refused) == (50, 0, False)
    assert await state(product, begun) == (ImportState.DONE, 50, 0)
    calls = product.sandbox.calls
    assert calls.count("spotify") == 0
    assert calls.count("reccobeats") == 2
    assert calls.count("deezer") == 0
    assert await liked(product) == {entry.full_title for entry in entries}


async def test_what_is_stored_costs_no_call_at_all(product: Product) -> None:
    """And needs no batch: a whole import of known tracks is done in one pass."""
    entries = plain(product)[:30]
    await begin(product, *[spotify_line(entry) for entry in entries])
    await importer(product).run()
    product.sandbox.calls.clear()
    begun = await begin(product, *[named_line(entry) for entry in entries], author=BOB)
    assert (await importer(product, batch=10).run()).resolved == 30
    assert await state(product, begun) == (ImportState.DONE, 30, 0)
    assert product.sandbox.calls.count() == 0


async def test_names_and_isrcs_are_found_at_deezer(product: Product) -> None:
    """What Deezer has costs Spotify nothing, and is known under its id there."""
    one, two = plain(product)[:2]
    begun = await begin(product, named_line(one), ImportLine(two.title, two.artists[0].name, isrc=two.isrc))
    await importer(product).run()
    assert await state(product, begun) == (ImportState.DONE, 2, 0)
    assert product.sandbox.calls.count("spotify") == 0
    found = await product.services.storage.tracks.by_ref(TrackRef(Service.DEEZER, str(one.deezer_id)))
    assert found is not None
    assert found.isrc == one.isrc


async def test_what_no_service_knows_is_missed_for_good(product: Product) -> None:
    """It is told of, and not asked for again."""
    begun = await begin(product, NOWHERE)
    report = await importer(product).run()
    assert (report.resolved, report.missed) == (0, 1)
    assert await state(product, begun) == (ImportState.DONE, 0, 1)
    product.sandbox.calls.clear()
    assert (await importer(product).run()).settled == 0
    assert product.sandbox.calls.count() == 0


async def test_a_file_cannot_teach_us_lies(product: Product) -> None:
    """A title claimed for somebody's id on Spotify is not believed: the service says what the id is."""
    entry, other = plain(product)[:2]
    forged = ImportLine("Buy my coins", "A spammer", ref=TrackRef(Service.SPOTIFY, entry.spotify_id))
    unknown = ImportLine("Buy my coins", "A spammer", ref=TrackRef(Service.SPOTIFY, "0" * 22))
    swapped = ImportLine(other.full_title, other.artists[0].name, ref=TrackRef(Service.SPOTIFY, "1" * 22))
    await begin(product, forged, unknown, swapped)
    await importer(product).run()
    storage = product.services.storage
    saved = await storage.tracks.get(await storage.tracks.all_ids())
    assert {track.title for track in saved.values()} == {entry.full_title, other.full_title}
    assert await storage.tracks.by_ref(TrackRef(Service.SPOTIFY, "1" * 22)) is None


async def test_links_alone_are_followed_within_the_budget(product: Product) -> None:
    """A link to Spotify that ReccoBeats does not know costs a look-up; past the share of imports it waits."""
    known = product.sandbox.knowledge.known
    strange = [entry for entry in product.sandbox.catalogue.shareable if not known[entry.index].reccobeats][:3]
    lines = [ImportLine(ref=TrackRef(Service.SPOTIFY, entry.spotify_id)) for entry in strange]
    begun = await begin(product, *lines)
    await importer(product, searches=2).run()
    assert await state(product, begun) == (ImportState.RUNNING, 2, 0)
    assert product.sandbox.calls.count("spotify", path="/v1/tracks/*") == 2
    await product.clock.sleep(86_400)
    await importer(product, searches=2).run()
    assert await state(product, begun) == (ImportState.DONE, 3, 0)


async def test_searches_at_spotify_are_the_last_resort_and_few(product: Product) -> None:
    """Only what Deezer lacks is searched there, and the rest waits for another day without asking Deezer again."""
    titles = [track.full_title for track in product.sandbox.catalogue.tracks]
    only_spotify = [
        entry
        for entry in product.sandbox.catalogue.shareable
        if not entry.on_deezer and titles.count(entry.full_title) == 1
    ][:3]
    begun = await begin(product, *[named_line(entry) for entry in only_spotify])
    await importer(product, searches=2).run()
    assert await state(product, begun) == (ImportState.RUNNING, 2, 0)
    product.sandbox.calls.clear()
    await product.clock.sleep(3_600)
    await importer(product, searches=2).run()
    assert product.sandbox.calls.count() == 0
    await product.clock.sleep(86_400)
    await importer(product, searches=2).run()
    assert await state(product, begun) == (ImportState.DONE, 3, 0)


async def test_spotify_can_be_left_out(product: Product) -> None:
    """Then what Deezer lacks is missed."""
    begun = await begin(product, NOWHERE)
    await importer(product, searches=0).run()
    assert await state(product, begun) == (ImportState.DONE, 0, 1)
    assert product.sandbox.calls.count("spotify") == 0


async def test_one_pass_is_bounded_and_the_next_goes_on(product: Product) -> None:
    """The strongest lines come first; a fresh process goes on where the last one stopped."""
    entries = plain(product)[:25]
    begun = await begin(product, *[named_line(entry) for entry in entries])
    assert (await importer(product, batch=10).run()).resolved == 10
    assert await liked(product) == {entry.full_title for entry in entries[:10]}
    for _ in range(2):
        await importer(product, batch=10).run()
    assert await state(product, begun) == (ImportState.DONE, 25, 0)


async def test_a_service_that_is_away_misses_nothing(product: Product) -> None:
    """Its lines wait, the pass ends soon, and nothing is taken for a miss."""
    entries = plain(product)[:8]
    begun = await begin(product, *[named_line(entry) for entry in entries])
    product.sandbox.faults.inject(FaultKind.QUOTA, "deezer", times=None)
    report = await importer(product).run()
    assert (report.settled, report.refused) == (0, True)
    assert sum(line.later for line in await product.services.storage.imports.waiting(100)) == FAILURES
    assert await state(product, begun) == (ImportState.RUNNING, 0, 0)
    assert product.sandbox.calls.count("spotify") == 0
    product.sandbox.faults.clear()
    await product.clock.sleep(7_200)
    await importer(product).run()
    assert await state(product, begun) == (ImportState.DONE, 8, 0)


async def test_without_reccobeats_names_will_do(product: Product) -> None:
    """Ids on Spotify are then found by their names at Deezer."""
    entries = plain(product)[:3]
    begun = await begin(product, *[spotify_line(entry) for entry in entries])
    product.sandbox.faults.inject(FaultKind.SERVER_ERROR, "reccobeats", times=None)
    await importer(product).run()
    assert await state(product, begun) == (ImportState.DONE, 3, 0)
    assert product.sandbox.calls.count("spotify") == 0


async def test_an_mbid_alone_is_named_by_musicbrainz(product: Product) -> None:
    """As ListenBrainz's feedback has it; the track itself comes from Deezer."""
    knowledge = product.sandbox.knowledge
    entry = next(each for each in plain(product) if knowledge.known[each.index].musicbrainz)
    begun = await begin(product, ImportLine(mbid=knowledge.recording_mbid(entry)))
    await importer(product).run()
    assert await state(product, begun) == (ImportState.DONE, 1, 0)
    assert await liked(product) == {entry.full_title}


async def test_what_is_undone_costs_no_further_call(product: Product) -> None:
    """Its lines are gone."""
    begun = await begin(product, *[named_line(entry) for entry in plain(product)[:5]])
    await product.services.storage.imports.undo(begun.id, ANN.discord_id)
    await importer(product).run()
    assert product.sandbox.calls.count() == 0


async def test_the_tick_resolves_imports(product: Product) -> None:
    """It is a chore of the scheduler's."""
    begun = await begin(product, spotify_line(plain(product)[0]))
    await product.services.jobs.tick()
    assert (await state(product, begun))[0] is ImportState.DONE


async def test_a_newcomer_who_imports_starts_warm(product: Product) -> None:
    """The model learns from what they brought, weaker than from what they say."""
    entries = plain(product)[:12]
    await begin(product, *[spotify_line(entry) for entry in entries])
    await importer(product).run()
    services = product.services
    taste = replace(services.settings.taste, import_weight=0.05)
    picker = Picker(services.storage, services.clock, services.settings.schedule, taste, services.settings.ranking)
    await picker.refit()
    person = await product.services.storage.people.by_discord_id(ANN.discord_id)
    assert person is not None
    assert await picker.opinions_of(person.id) == 12
    assert (await picker._learner.last()).dataset.weight.tolist() == pytest.approx([0.05] * 12)


async def test_the_library_of_the_linked_account(product: Product) -> None:
    """Saved and top tracks count as likes, and cost no look-up."""
    saved, top = plain(product)[:60], plain(product)[55:70]
    spotify = product.sandbox.spotify
    spotify.saved = {f"spotify:track:{entry.spotify_id}": product.clock.now() for entry in saved}
    spotify.top_tracks = [entry.spotify_id for entry in top]
    accounts, services = product.sandbox.accounts, product.services
    grant = accounts.consent(accounts.owner, ("playlist-modify-public", *LIBRARY_SCOPES))
    await services.tokens.adopt(grant.token)
    understood, tracks = await read_account(services.spotify, product.clock.now(), 1_000)
    assert understood.kind is ImportKind.ACCOUNT
    assert len(understood.lines) == len(tracks) == 70
    await services.storage.tracks.ensure(tracks)
    begun = await services.storage.imports.begin(ANN, "library", "library", understood)
    await importer(product, batch=5).run()
    assert await state(product, begun) == (ImportState.DONE, 70, 0)
    assert product.sandbox.calls.count("spotify", path="/v1/tracks/*") == 0


@pytest.mark.parametrize("setting", ["tracks", "batch", "upload_mb"])
def test_settings_that_cannot_work_are_refused(setting: str) -> None:
    """With the name of the setting."""
    with pytest.raises(ValueError, match=f"imports.{setting}"):
        replace(ImportSettings(), **{setting: 0})
    with pytest.raises(ValueError, match=r"imports\.searches"):
        ImportSettings(searches=-1)
