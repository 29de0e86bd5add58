"""The bot-owned Spotify account: taken over from the environment, and what the owner is told of it."""

import logging

from catalog.errors import CatalogError, NotLinked
from catalog.spotify_settings import SpotifySecrets
from catalog.tokens import Tokens, TokenStore

log = logging.getLogger(__name__)

WITHOUT_APP = (
    "{missing} not set: Tastebud collects and learns, but Spotify links stay unread and no playlists are written; "
    "README, Set up, says how to get them."
)
WITHOUT_ACCOUNT = "No Spotify account is linked: playlists are not written until you run `tastebud link`."


class Adoption:
    """Take SPOTIFY_REFRESH_TOKEN over as the bot's account, once, as soon as Spotify can be asked.

    It is a chore of the scheduler's tick, so that a Spotify that is away at start does not matter.
    """

    def __init__(self, tokens: Tokens, store: TokenStore, secrets: SpotifySecrets) -> None:
        self._tokens = tokens
        self._store = store
        self._settled = not (secrets.complete and secrets.refresh_token)
        self._told = ""

    async def __call__(self) -> None:
        """Try, unless there is nothing to take over, an account already, or a refusal that will not pass."""
        if self._settled:
            return
        if await self._store.grant():
            self._settled = True
            return
        try:
            await self._tokens.access_token()  # takes the token over where no account is stored
        except CatalogError as error:
            self._settled = isinstance(error, NotLinked)  # a dead token, or an app that Spotify does not know
            self._tell(f"SPOTIFY_REFRESH_TOKEN could not be taken over: {error}")
        else:
            self._settled = True
            log.info("The Spotify account behind SPOTIFY_REFRESH_TOKEN is linked.")

    def _tell(self, sentence: str) -> None:
        """Say a thing once, however often it is tried."""
        if sentence != self._told:
            log.warning("%s", sentence)
        self._told = sentence


def missing_secrets(secrets: SpotifySecrets) -> list[str]:
    """Return the environment variables that the Spotify app still needs."""
    needed = {"SPOTIFY_CLIENT_ID": secrets.client_id, "SPOTIFY_CLIENT_SECRET": secrets.client_secret}
    return [name for name, value in needed.items() if not value]


async def describe_lack(tokens: Tokens, secrets: SpotifySecrets) -> str | None:
    """Return what keeps playlists from being written, as a sentence, or None."""
    if missing := missing_secrets(secrets):
        return WITHOUT_APP.format(missing=" and ".join(missing) + (" are" if len(missing) > 1 else " is"))
    return None if await tokens.linked() else WITHOUT_ACCOUNT
