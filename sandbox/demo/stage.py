"""The world the demo plays in: the real product against simcord's Discord and the sandbox's music services."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import simcord
from pydantic import SecretStr
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.app import open_services
from bot.client import TastebudBot
from bot.config import LogSettings, Secrets, Settings
from bot.services import Services
from catalog.deezer import DeezerSettings
from catalog.musicbrainz import MusicBrainzSettings
from catalog.spotify import SpotifySettings
from sandbox.catalogue import Catalogue, make_catalogue
from sandbox.clock import FastClock
from sandbox.demo.tastes import Heard, Taste, draw_tastes
from sandbox.pointing import UNPACED, pointing
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from scheduler.settings import AudioSettings, ScheduleSettings
from storage.database import StorageSettings

NAMES = ("Mia", "Tom", "Aylin", "Jonas", "Priya", "Noor", "Felix", "Sofia", "Kofi", "Yuki", "Rosa", "Emil")
SIMCORD_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday
FIRST_NOON = timedelta(days=4, hours=12)  # Monday 12:00: that week's hour has just gone by
SETTLE_SECONDS = 60.0  # a handler that asks Spotify on a busy machine still ends well within
TOP_RANK = 1_000_000  # Deezer's rank ends there
MEMORY = "/dev/shm"  # noqa: S108 - memory, where it is: nobody needs the demo's database after a power cut


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the community, with the taste that only the demo knows."""

    name: str
    actor: MemberActor
    taste: Taste


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything on stage, running."""

    seed: int
    clock: FastClock
    sandbox: Sandbox
    services: Services
    env: Env
    guild: GuildHandle
    channel: ChannelHandle
    members: tuple[Member, ...]

    @property
    def catalogue(self) -> Catalogue:
        """Return the fictional catalogue."""
        return self.sandbox.catalogue

    async def advance(self, by: timedelta) -> None:
        """Move the product's clock and Discord's together."""
        self.clock.advance(by)
        behind = (self.clock.now() - self.env.now()).total_seconds()
        await self.env.advance_time(max(behind, 0.0))


def heard(track: SandboxTrack) -> Heard:
    """Return what a member notices of a track."""
    return Heard(str(track.recording), track.artist.name, track.artist.genres, track.rank / TOP_RANK)


def demo_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """Return the settings that point the product at the sandbox; what is not named stays at its default."""
    return Settings(
        storage=StorageSettings(
            url=f"sqlite+aiosqlite:///{folder / 'tastebud.db'}", key_file=str(folder / "tastebud.key")
        ),
        spotify=SpotifySettings(sandbox.spotify_api_base, sandbox.accounts_base, covers=False),  # drawing takes time
        deezer=DeezerSettings(api_base=sandbox.deezer_base, rate=UNPACED),
        **(
            pointing(sandbox) | {"musicbrainz": MusicBrainzSettings(enabled=False)}
        ),  # one call a track: tags come by name
        audio=AudioSettings(weights=""),  # the same evening on every machine, whether or not it has the weights
        schedule=ScheduleSettings(enrich_batch=120, gather_limit=8),  # each new track is asked about everywhere
        log=LogSettings(level="ERROR"),
    )


def demo_secrets(sandbox: Sandbox) -> Secrets:
    """Return the secrets of the sandbox's one Spotify app."""
    return Secrets(
        discord_token=SecretStr("demo"),
        spotify_client_id=SecretStr(sandbox.client_id),
        spotify_client_secret=SecretStr(sandbox.client_secret),
        spotify_refresh_token=SecretStr(sandbox.refresh_token),
        listenbrainz_token=SecretStr(sandbox.listenbrainz.token),
    )


@asynccontextmanager
async def open_stage(seed: int) -> AsyncIterator[Stage]:
    """Open the whole system in a temporary folder, with twelve members in one channel."""
    async with AsyncExitStack() as stack:
        memory = MEMORY if os.access(MEMORY, os.W_OK) else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tastebud-demo-", dir=memory)))
        clock = FastClock(SIMCORD_EPOCH)
        sandbox = await stack.enter_async_context(
            Sandbox(clock=clock, seed=seed, catalogue=make_catalogue(seed, hostile=False))
        )
        sandbox.deezer.previews.codec = "FLAC"  # hundreds are made while somebody watches
        services = await stack.enter_async_context(
            open_services(demo_settings(sandbox, folder), clock, demo_secrets(sandbox))
        )
        env = await stack.enter_async_context(simcord.run(TastebudBot(services), settle_timeout=SETTLE_SECONDS))
        env.backend.bot_user.name = "Tastebud"
        guild = env.create_guild("The Listening Room")
        channel = guild.create_text_channel("music")
        await env.settle()
        tastes = draw_tastes(NAMES, sorted(sandbox.catalogue.genres), seed)
        members = tuple(Member(name, guild.add_member(env.create_user(name)), tastes[name]) for name in NAMES)
        stage = Stage(seed, clock, sandbox, services, env, guild, channel, members)
        await stage.advance(FIRST_NOON)
        yield stage
