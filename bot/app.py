"""The composition root: opens everything in one async-with, hands it down, closes it in reverse."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from bot.account import Adoption
from bot.config import Secrets, Settings, plain
from bot.covers import paint_cover
from bot.services import Chore, Services
from bot.sources import open_sources
from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.http import Door
from catalog.resolver import Resolver
from catalog.spotify import Spotify
from catalog.tokens import Tokens
from catalog.web import Web
from scheduler.accounts import OwnAccounts
from scheduler.consent_notices import ConsentNotices
from scheduler.consenting import Consenting
from scheduler.enrich import Enricher
from scheduler.gather import Gatherer
from scheduler.importing import Importer
from scheduler.jobs import Jobs
from scheduler.late_playlists import LatePlaylists
from scheduler.leaving import Leaving
from scheduler.linking import Linker
from scheduler.picking import Picker
from scheduler.playlists import PlaylistWriter
from scheduler.similar import Similar
from scheduler.society import Society
from scheduler.weekly import Weekly
from storage.stores import open_storage


@asynccontextmanager
async def open_services(settings: Settings, clock: Clock, secrets: Secrets) -> AsyncIterator[Services]:
    """Open database, HTTP session, music services, picker and weekly run; close them in reverse.

    `async with open_services(settings, clock, secrets) as services: bot = TastebudBot(services)` is how the
    process, simcord's environment, the demo and the tests all begin. Nothing is asked of any service yet.
    """
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings.storage, clock, plain(secrets.tastebud_key)))
        if not settings.discord.remember_words:
            await storage.said.forget()
        session = await stack.enter_async_context(aiohttp.ClientSession())
        door = Door(session, clock, storage.quota, settings=settings.sources)
        web = await stack.enter_async_context(Web(clock, storage.quota, settings.catalog, _base_addresses(settings)))
        tokens = Tokens(settings.spotify, secrets.spotify, storage.accounts, clock, storage.quota)
        spotify = Spotify(settings.spotify, tokens, storage.quota, clock)
        stack.callback(spotify.close)
        deezer = Deezer(settings.deezer, door)
        sources = open_sources(settings, secrets, door, storage.answers, spotify, clock)
        resolver = Resolver(storage.tracks, storage.misses, spotify, deezer, web, clock, sources)
        picker = Picker(storage, clock, settings.schedule, settings.taste, settings.ranking)
        linker = Linker(storage, resolver, clock, settings.schedule.id_searches, sources)
        enricher = Enricher(storage, resolver, deezer, clock, settings.audio, sources)
        gatherer = Gatherer(storage, deezer, clock, settings.schedule, sources)
        accounts = OwnAccounts(storage, settings.spotify, secrets.spotify, clock, storage.quota)
        stack.callback(accounts.close)
        writer = PlaylistWriter(spotify, storage, clock, accounts, has_app=secrets.spotify.complete)
        writer.painter = paint_cover if settings.spotify.covers else None
        weekly = Weekly(storage, picker, resolver, writer, clock, settings.schedule, sources=sources)
        adoption = Adoption(tokens, storage.accounts, secrets.spotify)
        importer = Importer(storage, resolver, deezer, spotify, sources, clock, settings.imports)
        chores: list[Chore] = [adoption, importer.run, LatePlaylists(storage, writer, clock, weekly.announce_again)]
        chores.append(ConsentNotices(storage, clock, storage.outbox))
        chores.append(Leaving(spotify, storage.forgetting).run)
        jobs = Jobs(enricher, gatherer, weekly, clock, settings.schedule, chores=chores)
        stack.push_async_callback(jobs.stop)
        yield Services(
            settings=settings,
            secrets=secrets,
            clock=clock,
            storage=storage,
            door=door,
            tokens=tokens,
            spotify=spotify,
            deezer=deezer,
            sources=sources,
            resolver=resolver,
            picker=picker,
            similar=Similar(storage, picker),
            linker=linker,
            society=Society.of(storage, picker, linker, writer, clock, settings.schedule),
            enricher=enricher,
            gatherer=gatherer,
            importer=importer,
            weekly=weekly,
            jobs=jobs,
            adoption=adoption,
            accounts=accounts,
            consenting=Consenting(storage, accounts, settings.consent_address),
            chores=chores,
        )


def _base_addresses(settings: Settings) -> tuple[str, ...]:
    """Return the addresses that the owner chose: short links may lead there even on a private network."""
    return (settings.spotify.api_base, settings.spotify.accounts_base, settings.deezer.api_base)
