"""Everything that knows of music beside Spotify and Deezer, each one optional."""

from dataclasses import dataclass

from catalog.itunes import ITunes
from catalog.labs import Labs
from catalog.lastfm import LastFm
from catalog.listenbrainz import ListenBrainz
from catalog.musicbrainz import MusicBrainz
from catalog.reccobeats import ReccoBeats
from catalog.spotify_features import SpotifyFeatures


@dataclass(frozen=True, slots=True)
class Sources:
    """The clients that are switched on and have what they need; None for those that are not.

    What a look-up of theirs raises (CatalogError) means that this one could not be asked: the others go on.
    """

    musicbrainz: MusicBrainz | None = None
    listenbrainz: ListenBrainz | None = None
    labs: Labs | None = None
    reccobeats: ReccoBeats | None = None
    itunes: ITunes | None = None
    lastfm: LastFm | None = None
    spotify_features: SpotifyFeatures | None = None
