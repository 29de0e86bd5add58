"""Members' own Spotify accounts: a client each, and what is forgotten when a link ends."""

import logging

from catalog.clock import Clock
from catalog.errors import CatalogError, NotLinked, PlaylistGone, PremiumNeeded, Refused
from catalog.imports import ImportKind
from catalog.imports_account import read_account
from catalog.ledger import Ledger
from catalog.spotify import Spotify
from catalog.spotify_members import MemberConsents
from catalog.spotify_session import LIBRARY_SCOPES
from catalog.spotify_settings import SpotifySecrets, SpotifySettings
from catalog.tokens import Tokens
from storage.imports import Import, ImportState
from storage.member_accounts import MemberAccount
from storage.people import Author
from storage.stores import Storage

LOST_STATUS = (401, 403)
"""What Spotify answers for an account that left the app's list, or consented to less than is asked for."""

LIBRARY_NAME = "your Spotify library"

log = logging.getLogger(__name__)


class OwnAccounts:
    """Hand out the client of a member's own account, and end links."""

    def __init__(
        self, storage: Storage, settings: SpotifySettings, secrets: SpotifySecrets, clock: Clock, ledger: Ledger
    ) -> None:
        self.consents = MemberConsents(settings, secrets, clock, ledger)
        self._storage = storage
        self._settings = settings
        self._secrets = SpotifySecrets(secrets.client_id, secrets.client_secret)
        self._clock = clock
        self._ledger = ledger
        self._clients: dict[int, Spotify] = {}

    @property
    def possible(self) -> bool:
        """Tell whether there is an app, and members may link their accounts to it."""
        return self._secrets.complete and self._settings.members_max > 0

    @property
    def most(self) -> int:
        """Return how many members may be linked."""
        return self._settings.members_max

    async def spotify_of(self, person_id: int) -> Spotify | None:
        """Return the client of that person's own account, or None where none is linked (any more)."""
        account = await self._storage.member_accounts.get(person_id) if self.possible else None
        if account is None or account.ended:
            self._close(person_id)
            return None
        return self._clients.get(person_id) or self._open(person_id)

    async def unlink(self, discord_id: int) -> MemberAccount | None:
        """End a member's link: tokens go first, then what was read from their library; None where there is none.

        Spotify offers nobody but the account's owner to take a consent back, so what is left there is theirs to remove.
        """
        account = await self._storage.member_accounts.unlink(discord_id)
        await self._storage.consent_asks.forget(discord_id)
        if account is None:
            return None
        self._close(account.person_id)
        for found in await self._storage.imports.of(discord_id):
            if found.kind is ImportKind.ACCOUNT and found.state is not ImportState.UNDONE:
                await self._storage.imports.undo(found.id, discord_id)
        return account

    async def forget(self, person_id: int) -> bool:
        """End the link of a person who wants to be forgotten; tell whether there was one."""
        account = await self._storage.member_accounts.get(person_id)
        return account is not None and await self.unlink(account.discord_id) is not None

    async def import_library(self, author: Author, most: int, server_id: int | None = None) -> Import | None:
        """Begin an import of what a member saved and hears most; None where they have not consented to that.

        Raises:
            CatalogError: Spotify could not be asked.
            UnreadableFile: the library is empty.
            NotImported: another import is running, or they opted out.
        """
        account = await self._storage.member_accounts.of(author.discord_id)
        spotify = await self.spotify_of(account.person_id) if account is not None else None
        if account is None or spotify is None or not set(LIBRARY_SCOPES) <= set(account.scopes):
            return None
        now = self._clock.now()
        understood, tracks = await read_account(spotify, now, most)
        await self._storage.tracks.ensure(tracks)
        digest = f"account {account.account_id} {now.isoformat()}"
        return await self._storage.imports.begin(author, LIBRARY_NAME, digest, understood, server_id)

    def renew(self, person_id: int) -> None:
        """Begin anew with a person's account, which may be another one now."""
        self._close(person_id)

    def close(self) -> None:
        """Close all connections."""
        for person_id in tuple(self._clients):
            self._close(person_id)
        self.consents.close()

    def _open(self, person_id: int) -> Spotify:
        store = self._storage.member_accounts.grants_of(person_id)
        consents = MemberConsents(self._settings, self._secrets, self._clock, self._ledger)
        tokens = Tokens(self._settings, self._secrets, store, self._clock, self._ledger, consents)
        self._clients[person_id] = Spotify(self._settings, tokens, self._ledger, self._clock)
        return self._clients[person_id]

    def _close(self, person_id: int) -> None:
        client = self._clients.pop(person_id, None)
        if client is not None:
            client.close()


def is_of_the_account(error: CatalogError) -> bool:
    """Tell whether an error is that one account's: all others would get the same list elsewhere."""
    if isinstance(error, PremiumNeeded):
        return False
    return isinstance(error, NotLinked | PlaylistGone) or (isinstance(error, Refused) and error.status in LOST_STATUS)
