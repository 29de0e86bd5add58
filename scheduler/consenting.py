"""A member's consent, from the address they open to the account that is linked."""

import re
import secrets as randomness
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from catalog.errors import GrantLost
from catalog.spotify_session import LIBRARY_SCOPES, MEMBER_SCOPES, Proof
from scheduler.accounts import OwnAccounts
from storage.consent_asks import Ask
from storage.member_accounts import FULL, MemberAccount, NotLinkable
from storage.people import Author
from storage.stores import Storage

STATE_BYTES = 32
STATE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE = re.compile(r"[A-Za-z0-9._~+/=-]{1,1024}")
LONGEST_ADDRESS = 2_000

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Those of the word that a browser shows and its owner types: none that looks like another."""

WORD_LENGTH = 6

NOT_THE_ADDRESS = (
    "That is not the address that Spotify sent you back to. It begins with `{redirect}?` and stands in your browser's "
    "address bar after you agreed; copy all of it."
)
RUN_OUT = "That has run out, or it was not begun by you: use `/link` again; you have ten minutes."
REFUSED = "You said no at Spotify, so nothing is linked. `/link` begins anew."
NOT_TAKEN = "Spotify does not take its own answer any more: use `/link` again."
IMPOSSIBLE = "Own accounts cannot be linked here. Your list goes on in the playlist that I keep for you: `/playlist`."


class NotConsented(Exception):
    """A consent came to nothing; the message is a sentence for who began it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """An account that has just been linked; `library` says that its owner wants their library brought along."""

    account: MemberAccount
    library: bool


class Consenting:
    """Begin and finish consents, each bound to one Discord person, good once and for ten minutes.

    Who opens the address in a browser is not known, so the browser alone finishes nothing: its person brings back, on
    Discord, either the whole address (no web server) or the word that our page shows. So nobody's account can be
    linked to somebody else by an address that was sent to them.
    """

    def __init__(self, storage: Storage, accounts: OwnAccounts, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self._storage = storage
        self._accounts = accounts

    async def begin(self, discord_id: int, *, library: bool = False) -> str:
        """Return the address at which a member consents, to reading their library too if they want that.

        Raises:
            NotConsented: linking is switched off, or as many are linked as may be.
        """
        if not self._accounts.possible:
            raise NotConsented(IMPOSSIBLE)
        if await self._storage.member_accounts.count(discord_id) >= self._accounts.most:
            raise NotConsented(FULL)
        state = randomness.token_urlsafe(STATE_BYTES)
        scopes = (*MEMBER_SCOPES, *(LIBRARY_SCOPES if library else ()))
        address, proof = self._accounts.consents.begin(self.redirect_uri, scopes, state)
        await self._storage.consent_asks.begin(discord_id, state, Ask(proof.verifier, proof.redirect_uri, proof.scopes))
        return address

    async def arrive(self, state: str, code: str) -> str | None:
        """Keep what a browser was sent back with; return the word for its person, None where nobody waits for it."""
        if not STATE.fullmatch(state) or not CODE.fullmatch(code):
            return None
        word = "".join(randomness.choice(LETTERS) for _ in range(WORD_LENGTH))
        return word if await self._storage.consent_asks.arrive(state, code, word) else None

    async def refuse(self, state: str) -> bool:
        """End a consent that was refused at Spotify; tell whether there was one."""
        return bool(STATE.fullmatch(state)) and await self._storage.consent_asks.end(state)

    async def finish(self, author: Author, typed: str) -> Linked:
        """Link the account whose consent this person brings back: by the word they were shown, or the whole address.

        Raises:
            NotConsented: with what to do.
            CatalogError: Spotify could not be asked.
        """
        text = typed.strip()
        ask: Ask | None
        code: str | None
        if "/" in text or ":" in text:
            ask, code = await self._by_address(author.discord_id, text)
        else:
            ask = await self._storage.consent_asks.take_by_word(author.discord_id, _plain(text))
            code = ask.code if ask is not None else None
        if ask is None or code is None:
            raise NotConsented(RUN_OUT)
        return await self._link(author, ask, code)

    async def _by_address(self, discord_id: int, text: str) -> tuple[Ask | None, str]:
        found = read_address(text, self.redirect_uri)
        if found is None:
            raise NotConsented(NOT_THE_ADDRESS.format(redirect=self.redirect_uri))
        ask = await self._storage.consent_asks.take_by_state(discord_id, found["state"])
        if ask is not None and "error" in found:
            raise NotConsented(REFUSED)
        return ask, found.get("code", "")

    async def _link(self, author: Author, ask: Ask, code: str) -> Linked:
        try:
            grant = await self._accounts.consents.finish(code, Proof(ask.verifier, ask.redirect_uri, ask.scopes))
            account = await self._storage.member_accounts.link(author, grant, self._accounts.most)
        except GrantLost as error:
            raise NotConsented(NOT_TAKEN) from error
        except NotLinkable as error:
            raise NotConsented(str(error)) from error
        self._accounts.renew(account.person_id)
        return Linked(account, library=set(LIBRARY_SCOPES) <= set(account.scopes) & set(ask.scopes))


def read_address(text: str, redirect_uri: str) -> dict[str, str] | None:
    """Return state and code (or error) of an address that a consent came back to; None for any other text.

    It must be exactly the address that we registered, each part once, and nothing else in it.
    """
    base, mark, _ = text.partition("?")
    if len(text) > LONGEST_ADDRESS or base != redirect_uri or not mark or any(sign.isspace() for sign in text):
        return None
    parts = urlsplit(text)
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=4)
    found = dict(pairs)
    if len(found) != len(pairs) or set(found) not in ({"code", "state"}, {"error", "state"}):
        return None
    good = STATE.fullmatch(found["state"]) and CODE.fullmatch(found.get("code") or found.get("error") or "")
    return found if good and parts.fragment in ("", "_=_") else None


def _plain(word: str) -> str:
    return re.sub(r"[\s-]", "", word).upper()
