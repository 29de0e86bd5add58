"""The nouns that every package shares: frozen, and importing nothing of ours."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self


class Service(StrEnum):
    """A music service that a ref can point into."""

    SPOTIFY = "spotify"
    DEEZER = "deezer"
    APPLE = "apple"
    YOUTUBE = "youtube"
    TIDAL = "tidal"
    SOUNDCLOUD = "soundcloud"
    BANDCAMP = "bandcamp"
    SHORT = "short"  # a shortened link whose target is not known yet


@dataclass(frozen=True, slots=True)
class TrackRef:
    """Where a track can be found: a service and its id there."""

    service: Service
    id: str


@dataclass(frozen=True, slots=True)
class Artist:
    """One credited artist; `deezer_id` is known once Deezer was asked."""

    name: str
    deezer_id: str | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One recording, whatever the services that carry it.

    `id` is the key in our storage, None before the track is saved. A track whose service could not be
    asked yet is a placeholder: it has refs and no title.
    """

    title: str
    artists: tuple[Artist, ...] = ()
    refs: tuple[TrackRef, ...] = ()
    duration_ms: int | None = None
    isrc: str | None = None
    album: str | None = None
    year: int | None = None
    explicit: bool | None = None
    id: int | None = None

    @property
    def is_placeholder(self) -> bool:
        """Tell whether nothing but the ref is known."""
        return not self.title

    @property
    def byline(self) -> str:
        """Return the artists' names, joined as people read them."""
        return ", ".join(artist.name for artist in self.artists)

    @property
    def label(self) -> str:
        """Return `Artist - Title` for logs and plain lists."""
        return f"{self.byline} - {self.title}" if self.artists else self.title

    def ref(self, service: Service) -> TrackRef | None:
        """Return the first ref into that service, or None."""
        return next((ref for ref in self.refs if ref.service == service), None)

    @property
    def spotify_id(self) -> str | None:
        """Return the id on Spotify, or None while it is unknown."""
        ref = self.ref(Service.SPOTIFY)
        return ref.id if ref else None

    def with_ref(self, ref: TrackRef) -> Self:
        """Return the same track, known under one more ref."""
        return self if ref in self.refs else replace(self, refs=(*self.refs, ref))


@dataclass(frozen=True, slots=True)
class Release:
    """An album as one service lists it, with its tracks in order."""

    title: str
    tracks: tuple[Track, ...]


class Slot(StrEnum):
    """Why a pick stands at its place."""

    BEST = "best"
    WILDCARD = "wildcard"
    FAMILIAR = "familiar"
    NEW = "new"
    FAIR = "fair"


@dataclass(frozen=True, slots=True)
class Pick:
    """A track chosen for a person, with its reasons.

    `score` is the estimated probability of a like; `reasons` are short sentences made from facts;
    `origins` name the candidate sources that proposed it; `explores` marks a labelled wildcard;
    `shared_by` holds Discord ids of members whose share it came from (server lists credit them); `std` is the
    score's; `propensity` is the chance with which it came to its place, `slot` why it stands there; `made_for` holds
    Discord ids of those members a shared list's pick is for, who it pleases most first.
    """

    track: Track
    score: float
    reasons: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    explores: bool = False
    shared_by: tuple[int, ...] = ()
    std: float = 0.0
    propensity: float = 1.0
    slot: Slot = Slot.BEST
    made_for: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What one consent at Spotify gave us; `consented_at` counts, since refresh tokens die 6 months after."""

    account_id: str
    refresh_token: str
    scopes: tuple[str, ...]
    consented_at: datetime
    access_token: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a service answered to a question before, as text; None is a miss."""

    text: str | None
    at: datetime
