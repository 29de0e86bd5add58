"""Playlists of people who were forgotten: emptied, renamed, and then let go; the one exception to never empty."""

import logging

from catalog.errors import CatalogError, PlaylistGone
from catalog.spotify import Spotify
from storage.forgetting import Forgetting

LEFT_NAME = "A Tastebud playlist of nobody"
LEFT_DESCRIPTION = "Its owner asked to be forgotten. Nothing comes here any more."

log = logging.getLogger(__name__)


class Leaving:
    """Let go of playlists whenever Spotify answers; the rows say which are left to do."""

    def __init__(self, spotify: Spotify, forgetting: Forgetting) -> None:
        self._spotify = spotify
        self._forgetting = forgetting

    async def run(self) -> int:
        """Empty and rename what is left to do; return how many that were. Safe to repeat at any time."""
        done = 0
        for left in await self._forgetting.left_playlists():
            try:
                await self._spotify.empty_playlist(left.spotify_id)
                await self._spotify.describe(left.spotify_id, LEFT_NAME, LEFT_DESCRIPTION)
            except PlaylistGone:
                log.info("A playlist that was to be emptied is gone already.")
            except CatalogError as error:
                log.warning("A playlist of somebody who was forgotten is emptied later: %s", error)
                return done
            await self._forgetting.playlist_done(left.number)
            done += 1
        return done
