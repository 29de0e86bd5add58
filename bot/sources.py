"""Which of the optional sources are asked: those that are switched on and have what they need."""

import logging
from dataclasses import fields

from bot.config import Secrets, Settings, plain
from catalog.clock import Clock
from catalog.http import Door
from catalog.itunes import ITunes
from catalog.labs import Labs
from catalog.lastfm import LastFm
from catalog.ledger import Answers
from catalog.listenbrainz import ListenBrainz
from catalog.musicbrainz import MusicBrainz
from catalog.reccobeats import ReccoBeats
from catalog.sources import Sources
from catalog.spotify import Spotify
from catalog.spotify_features import SpotifyFeatures

log = logging.getLogger(__name__)


def open_sources(
    settings: Settings, secrets: Secrets, door: Door, answers: Answers, spotify: Spotify, clock: Clock
) -> Sources:
    """Make the clients; nothing is asked of any service yet."""
    listenbrainz, key = settings.listenbrainz, plain(secrets.lastfm_api_key)
    token = plain(secrets.listenbrainz_token) or ""
    sources = Sources(
        musicbrainz=MusicBrainz(settings.musicbrainz, door, answers, clock) if _musicbrainz(settings) else None,
        listenbrainz=ListenBrainz(listenbrainz, door, answers, clock, token) if listenbrainz.enabled else None,
        labs=Labs(listenbrainz, door, answers, clock) if listenbrainz.labs else None,
        reccobeats=ReccoBeats(settings.reccobeats, door, answers, clock) if settings.reccobeats.enabled else None,
        itunes=ITunes(settings.itunes, door, answers, clock) if settings.itunes.enabled else None,
        lastfm=LastFm(settings.lastfm, door, answers, clock, key) if key and settings.lastfm.enabled else None,
        spotify_features=SpotifyFeatures(spotify, answers, clock, settings.sources)
        if settings.spotify.audio_features
        else None,
    )
    names = [each.name for each in fields(Sources) if getattr(sources, each.name) is not None]
    log.info("Beside Spotify and Deezer these know of music: %s.", ", ".join(names) or "none")
    return sources


def _musicbrainz(settings: Settings) -> bool:
    if settings.musicbrainz.enabled and settings.musicbrainz.nameless:
        log.warning(
            "MusicBrainz is not asked: it wants to know how to reach you. Set musicbrainz.contact to a mail address "
            "or web page of yours, or musicbrainz.enabled to false."
        )
        return False
    return settings.musicbrainz.enabled
