"""Spotify's audio features, for the apps made before November 2024 that still get them; off by default.

Spotify's Developer Policy (III.14) and its terms (IV.2.a.i) forbid training on its content. The switch,
`spotify.audio_features`, says so too.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from catalog.audio_features import AudioFeatures, read_features
from catalog.breaker import Breaker
from catalog.clock import Clock
from catalog.errors import CatalogError
from catalog.ledger import Answers
from catalog.lines import SourcesSettings
from catalog.lookup import Lookup
from catalog.reading import is_spotify_id, must, row_of, rows_of, words
from catalog.spotify import Spotify

IDS_A_CALL = 100
NAME = "spotify's audio features"


class SpotifyFeatures:
    """A client of one endpoint: `features`, a hundred Spotify ids a call. What it answers is not kept as such."""

    def __init__(self, spotify: Spotify, answers: Answers, clock: Clock, settings: SourcesSettings) -> None:
        self._spotify = spotify
        self._breaker = Breaker(NAME, clock, settings.failures, timedelta(minutes=settings.rest_minutes))
        self.features: Lookup[str, AudioFeatures] = Lookup(
            "spotify.features", self._ask, answers, clock, size=IDS_A_CALL, valid=is_spotify_id
        )

    async def _ask(self, ids: Sequence[str]) -> Mapping[str, AudioFeatures]:
        self._breaker.check()
        try:
            found = _read(await self._spotify.audio_features(ids))
        except CatalogError as error:
            self._breaker.failed(error)
            raise
        self._breaker.passed()
        return found


def _read(body: object) -> dict[str, AudioFeatures]:
    """Return features by id: Spotify answers a row for each, null where it has none."""
    rows = rows_of(must(row_of(body).get("audio_features"), list, "Spotify"))
    found = {words(row.get("id")): read_features(row) for row in rows}
    return {spotify_id: features for spotify_id, features in found.items() if features is not None}
