"""Measure what a track costs at the sources that are asked for numbers and tags, over HTTP on loopback."""

import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr
from rich.table import Table

from bot.app import open_services
from bot.config import Secrets, Settings
from bot.services import Services
from catalog.deezer import DeezerSettings
from catalog.deezer_albums import DeezerAlbums
from catalog.models import Artist, Service, Track, TrackRef
from catalog.tags import TagColumns
from sandbox.clock import FastClock
from sandbox.pointing import UNPACED, pointing
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from scheduler.knowing import BATCH_GAP, Knower, tellers_of
from scheduler.tellers import Teller
from storage.database import StorageSettings

TRACKS = 200
PASSES = 10
ROW_BYTES = 24
"""What a row of tags takes beside its texts: two numbers, and what SQLite keeps of each."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one source cost a track: seconds of one core, the service's own included, calls, and bytes kept."""

    block: str
    seconds: float
    megabytes: float
    stored: float
    calls: float
    known: float


async def ask_sources() -> list[Asked]:
    """Ask every source about the same tracks, one after the other: once for speed, once more for memory."""
    costs = await _ask_all()
    tracemalloc.start()
    held = await _ask_all()
    tracemalloc.stop()
    return [replace(cost, megabytes=other.megabytes) for cost, other in zip(costs, held, strict=True)]


def show_sources(costs: list[Asked]) -> Table:
    """Return the table of what the sources cost."""
    table = Table("block", "seconds", "megabytes", "stored bytes", "calls", "known", box=None)
    for cost in costs:
        table.add_row(
            cost.block,
            f"{cost.seconds:.4f}",
            f"{cost.megabytes:.1f}",
            f"{cost.stored:,.0f}",
            f"{cost.calls:.2f}",
            f"{cost.known:.0%}",
        )
    return table


async def _ask_all() -> list[Asked]:
    async with _opened() as (services, sandbox, clock):
        albums = DeezerAlbums(services.deezer, services.storage.answers, clock)
        listed = [source for source in sandbox.catalogue.shareable if source.on_deezer]
        found = listed[:: len(listed) // TRACKS][:TRACKS]
        await services.storage.tracks.ensure([_matched(source) for source in found])
        await albums.note({str(source.deezer_id): str(source.album.deezer_id) for source in found})
        tellers = tellers_of(services.sources, services.deezer, albums)
        rare = Service.APPLE  # links that few share
        return [await _ask(each, services, sandbox, clock) for each in tellers if each.asking.service is not rare]


async def _ask(teller: Teller, services: Services, sandbox: Sandbox, clock: FastClock) -> Asked:
    knower, storage, asking = Knower(services.storage, [teller], clock), services.storage, teller.asking
    tracks, calls = len(await storage.tracks.all_ids()), len(sandbox.calls.calls)
    tracemalloc.clear_traces()
    before, _ = tracemalloc.get_traced_memory()
    began = time.process_time()
    for _ in range(PASSES):
        await knower.run(TRACKS)
        clock.advance(BATCH_GAP)
    seconds = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    ids, numbers = await storage.features.load(asking.block, asking.version)
    kept = numbers.nbytes + (_bytes_of(await storage.tags.load(), asking.source) if asking.source is not None else 0)
    asked = len(sandbox.calls.calls) - calls
    held = (peak - before) / 1e6
    return Asked(asking.block, seconds / tracks, held, kept / tracks, asked / tracks, len(ids) / tracks)


def _bytes_of(tags: TagColumns, source: str) -> int:
    rows = zip(tags.source, tags.level, tags.name, strict=True)
    return sum(ROW_BYTES + sum(len(text.encode()) for text in row) for row in rows if row[0] == source)


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Services, Sandbox, FastClock]]:
    clock = FastClock()
    with tempfile.TemporaryDirectory(prefix="tastebud-enrich-") as folder:
        async with Sandbox(clock=clock) as sandbox:
            settings = Settings(
                storage=StorageSettings(f"sqlite+aiosqlite:///{Path(folder) / 'tastebud.db'}", f"{folder}/key"),
                deezer=DeezerSettings(api_base=sandbox.deezer_base, rate=UNPACED),
                **pointing(sandbox),
            )
            secrets = Secrets(lastfm_api_key=SecretStr(sandbox.lastfm.key))
            async with open_services(settings, clock, secrets) as services:
                yield services, sandbox, clock


def _matched(source: SandboxTrack) -> Track:
    """Return a track as it is known once it was matched on Deezer."""
    refs = (TrackRef(Service.SPOTIFY, source.spotify_id), TrackRef(Service.DEEZER, str(source.deezer_id)))
    artists = tuple(Artist(artist.name, str(artist.deezer_id)) for artist in source.artists)
    return Track(source.full_title, artists, refs, source.duration_ms, source.isrc, source.album.title, source.year)
