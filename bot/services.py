"""What the bot is built from: opened once by `bot.app.open_services`, handed to the client and the cogs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.account import Adoption
from bot.config import Secrets, Settings
from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.http import Door
from catalog.resolver import Resolver
from catalog.sources import Sources
from catalog.spotify import Spotify
from catalog.tokens import Tokens
from scheduler.accounts import OwnAccounts
from scheduler.consenting import Consenting
from scheduler.enrich import Enricher
from scheduler.gather import Gatherer
from scheduler.importing import Importer
from scheduler.jobs import Jobs
from scheduler.linking import Linker
from scheduler.picking import Picker
from scheduler.similar import Similar
from scheduler.society import Society
from scheduler.weekly import Weekly
from storage.stores import Storage

Chore = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything below Discord, open and ready.

    `chores` are what every tick of the scheduler begins with; the process adds what needs a connection.

    The weekly run announces nothing until the client gives it a voice:
    `services.weekly.announcer = DiscordAnnouncer(bot)` once connected, None again when it closes.
    """

    settings: Settings
    secrets: Secrets
    clock: Clock
    storage: Storage
    door: Door
    tokens: Tokens
    spotify: Spotify
    deezer: Deezer
    sources: Sources
    resolver: Resolver
    picker: Picker
    similar: Similar
    linker: Linker
    society: Society
    enricher: Enricher
    gatherer: Gatherer
    importer: Importer
    weekly: Weekly
    jobs: Jobs
    adoption: Adoption
    accounts: OwnAccounts
    consenting: Consenting
    chores: list[Chore]
