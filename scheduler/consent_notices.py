"""Tell members in time that Spotify will end their consent, and once when it has: six months after it was given."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from catalog.clock import Clock
from catalog.tokens import CONSENT_LASTS
from storage.drops import Drop
from storage.member_accounts import MemberAccount
from storage.owners import Owner
from storage.stores import Storage

AHEAD = (30, 7, 1)
"""Days ahead of the end at which a member is told."""

ENDED = 0

HAS_ENDED = (
    "Spotify has ended my access to your own account, so your list is in the playlist that I keep for you: "
    "`/link` brings it back."
)
NOT_TAKEN = "Your own Spotify account did not take this list, so it is in the playlist that I keep for you."
WILL_END = "Spotify ends my access to your own account on {day} ({left}): `/link` renews it for six months."

log = logging.getLogger(__name__)


class Letters(Protocol):
    """Whatever sends direct messages, each word once."""

    async def put_dm(self, word: str, discord_id: int, payload: Mapping[str, Any]) -> object:
        """Keep a message to be sent; the same word again is nothing."""
        ...


def ends_at(account: MemberAccount) -> datetime:
    """Return when Spotify ends a consent, whatever is done with it."""
    return account.consented_at + CONSENT_LASTS


def due_notice(account: MemberAccount, now: datetime) -> tuple[int, str] | None:
    """Return which warning is due and its words, None while there is none that was not given."""
    if account.ended:
        return None if account.told == ENDED else (ENDED, HAS_ENDED)
    left = ends_at(account) - now
    due = min((days for days in AHEAD if left <= timedelta(days=days)), default=None)
    if due is None or (account.told is not None and account.told <= due):
        return None
    days = max(left.days, 0)
    words = "within a day" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"
    return due, WILL_END.format(day=ends_at(account).date().isoformat(), left=words)


async def notice_of(storage: Storage, drop: Drop, now: datetime) -> str | None:
    """Return what a drop that was just written has to say of its owner's own account; it is said once.

    Who is written to by direct message gets the warnings there (`ConsentNotices`).
    """
    account = await storage.member_accounts.get(drop.owner.id) if drop.owner.kind == "person" else None
    if account is None:
        return None
    person = (await storage.people.get([account.person_id]))[account.person_id]
    due = due_notice(account, now)
    if due is not None and not person.by_dm:
        await storage.member_accounts.set_told(account.person_id, due[0])
        return due[1]
    return NOT_TAKEN if not account.ended and await _stands_elsewhere(storage, drop) else None


async def _stands_elsewhere(storage: Storage, drop: Drop) -> bool:
    """Tell whether a drop whose owner has an account linked went into the bot-owned playlist."""
    shelf = await storage.playlists.get(drop.owner)
    own = await storage.playlists.get(Owner("own", drop.owner.id))
    return (
        shelf is not None and shelf.written_week == drop.week and (own is None or (own.written_week or "") < drop.week)
    )


class ConsentNotices:
    """Write to those who want direct messages, as soon as a warning is due; a chore of the tick."""

    def __init__(self, storage: Storage, clock: Clock, letters: Letters) -> None:
        self._storage = storage
        self._clock = clock
        self._letters = letters

    async def __call__(self) -> int:
        """Put what is due into the outbox; return how many letters that were."""
        now, sent = self._clock.now(), 0
        accounts = await self._storage.member_accounts.all()
        people = await self._storage.people.get([account.person_id for account in accounts])
        for account in accounts:
            due = due_notice(account, now)
            if due is None or not people[account.person_id].by_dm:
                continue
            word = f"consent {account.consented_at:%Y-%m-%d} {due[0]} {account.person_id}"
            await self._letters.put_dm(word, account.discord_id, {"content": due[1]})
            await self._storage.member_accounts.set_told(account.person_id, due[0])
            sent += 1
        return sent
