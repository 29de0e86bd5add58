"""Settings: config.toml, then TASTEBUD_<SECTION>__<KEY>; secrets from the environment or .env alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.web.settings import CONSENT_PATH, WebSettings
from catalog.deezer import DeezerSettings
from catalog.itunes import ITunesSettings
from catalog.lastfm import LastFmSettings
from catalog.lines import SourcesSettings
from catalog.listenbrainz import ListenBrainzSettings
from catalog.musicbrainz import MusicBrainzSettings
from catalog.reccobeats import ReccoBeatsSettings
from catalog.spotify_settings import SpotifySecrets, SpotifySettings
from catalog.web import CatalogSettings
from recommender.ranking import RankingSettings
from recommender.taste import TasteSettings
from scheduler.settings import AudioSettings, ImportSettings, ScheduleSettings
from storage.database import StorageSettings

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAX_PREFIX = 8  # longer ones are a pasted token or a slip


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """How the bot meets Discord.

    api_base: Discord's REST API, with its version.
    gateway_url: ws(s)://host[:port][/path] to use as the gateway, also when resuming; empty means Discord's own.
    prefix: what a typed command begins with.
    channels: ids of the channels to watch; empty means all that the bot can read.
    like: emoji that count as a like.
    dislike: emoji that count as a dislike.
    allow_bots: whether links posted by other bots and webhooks count.
    remember_words: whether what members write beside a link helps to tell what the track is like; it is never shown,
        goes with the message, and is forgotten at the next start once this is false.
    sweep_days: days of known shares that are looked through for missed reactions at start.
    recheck_days: days before a gap in which the people behind every reaction are read, even where counts agree.
    sync_commands: whether slash commands are registered with Discord when they have changed.
    """

    api_base: str = "https://discord.com/api/v10"
    gateway_url: str = ""
    prefix: str = "!"
    channels: tuple[int, ...] = ()
    like: tuple[str, ...] = ("👍",)
    dislike: tuple[str, ...] = ("👎",)
    allow_bots: bool = False
    remember_words: bool = True
    sweep_days: int = 60
    recheck_days: int = 7
    sync_commands: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        _check_url("api_base", self.api_base, ("http", "https"))
        if self.gateway_url:
            _check_url("gateway_url", self.gateway_url, ("ws", "wss"))
        if not 0 < len(self.prefix.strip()) <= MAX_PREFIX:
            raise ValueError(f"prefix is {self.prefix!r}: write one to {MAX_PREFIX} characters, such as '!'.")
        if both := set(self.like) & set(self.dislike):
            raise ValueError(f"{' '.join(sorted(both))} stands in like and in dislike: leave it in one of them.")
        if not self.like:
            raise ValueError("like is empty: name at least one emoji, such as 👍.")
        if self.sweep_days < 0 or self.recheck_days < 0:
            raise ValueError("sweep_days and recheck_days cannot be below 0.")


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged, to standard error.

    level: DEBUG, INFO, WARNING or ERROR.
    json: whether each event is a line of JSON (at, level, logger, message, error), for what collects logs.
    """

    level: str = "INFO"
    json: bool = False

    def __post_init__(self) -> None:
        """Refuse a level that logging does not have."""
        if self.level.upper() not in LOG_LEVELS:
            raise ValueError(f"level is {self.level!r}: write one of {', '.join(LOG_LEVELS)}.")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, a section a room."""

    discord: DiscordSettings = field(default_factory=DiscordSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    catalog: CatalogSettings = field(default_factory=CatalogSettings)
    spotify: SpotifySettings = field(default_factory=SpotifySettings)
    deezer: DeezerSettings = field(default_factory=DeezerSettings)
    audio: AudioSettings = field(default_factory=AudioSettings)
    musicbrainz: MusicBrainzSettings = field(default_factory=MusicBrainzSettings)
    listenbrainz: ListenBrainzSettings = field(default_factory=ListenBrainzSettings)
    reccobeats: ReccoBeatsSettings = field(default_factory=ReccoBeatsSettings)
    itunes: ITunesSettings = field(default_factory=ITunesSettings)
    lastfm: LastFmSettings = field(default_factory=LastFmSettings)
    sources: SourcesSettings = field(default_factory=SourcesSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    imports: ImportSettings = field(default_factory=ImportSettings)
    taste: TasteSettings = field(default_factory=TasteSettings)
    ranking: RankingSettings = field(default_factory=RankingSettings)
    web: WebSettings = field(default_factory=WebSettings)
    log: LogSettings = field(default_factory=LogSettings)

    @property
    def consent_address(self) -> str:
        """Return where members' consents at Spotify come back to: our own page where it has a public address."""
        return f"{self.web.base}{CONSENT_PATH}" if self.web.base else self.spotify.redirect_uri


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be read by others; `repr` shows asterisks. Every field is an environment variable in capitals.

    discord_token: the bot's token, from the Discord developer portal.
    spotify_client_id: client id of the Spotify app.
    spotify_client_secret: client secret of the Spotify app.
    spotify_refresh_token: refresh token of the account that owns the playlists; taken over once, at first start.
    lastfm_api_key: free API key of Last.fm, which gives the best tags; without it Last.fm is not asked.
    listenbrainz_token: free user token of ListenBrainz, which finds tracks by name that no ISRC leads to.
    tastebud_key: Fernet key that tokens are encrypted with; empty means a key file beside the database.
    """

    discord_token: SecretStr | None = None
    spotify_client_id: SecretStr | None = None
    spotify_client_secret: SecretStr | None = None
    spotify_refresh_token: SecretStr | None = None
    lastfm_api_key: SecretStr | None = None
    listenbrainz_token: SecretStr | None = None
    tastebud_key: SecretStr | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read every secret from the environment; an empty one is an absent one."""
        found = {name: environ.get(name.upper(), "").strip() for name in _names(cls)}
        return cls(**{name: SecretStr(value) for name, value in found.items() if value})

    @property
    def spotify(self) -> SpotifySecrets:
        """Return what Spotify asks of an app; empty parts while it is not set up."""
        return SpotifySecrets(
            client_id=plain(self.spotify_client_id) or "",
            client_secret=plain(self.spotify_client_secret) or "",
            refresh_token=plain(self.spotify_refresh_token),
        )


def plain(secret: SecretStr | None) -> str | None:
    """Return a secret's text, or None."""
    return secret.get_secret_value() if secret else None


def all_secrets(secrets: Secrets) -> list[SecretStr]:
    """Return every secret that is set, for what has to keep them out of sight."""
    return [value for name in _names(Secrets) if (value := getattr(secrets, name))]


def secret_names() -> tuple[str, ...]:
    """Return the environment variable of every secret."""
    return tuple(name.upper() for name in _names(Secrets))


def setting_names() -> dict[str, tuple[str, ...]]:
    """Return the keys of every section."""
    return {section.name: _names(section.type) for section in fields(Settings)}


def env_name(section: str, key: str) -> str:
    """Return the environment variable that overrides a setting."""
    return f"TASTEBUD_{section}__{key}".upper()


def _names(section: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(section))


def _check_url(key: str, value: str, schemes: tuple[str, ...]) -> None:
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"{key} is {value!r}: write an address that begins with {schemes[0]}:// or {schemes[1]}://.")
