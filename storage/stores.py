"""All stores over one database, opened and closed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cryptography.fernet import Fernet

from catalog.clock import Clock
from storage.accounts import Accounts
from storage.announcements import Announcements
from storage.answers import Answers
from storage.census import Census
from storage.checkpoints import Checkpoints
from storage.consent_asks import ConsentAsks
from storage.corrections import Corrections
from storage.database import Database, StorageSettings
from storage.drops import Drops
from storage.features import Features
from storage.feedback import Feedback
from storage.forgetting import Forgetting
from storage.imports import Imports
from storage.leases import Leases
from storage.looking import look
from storage.member_accounts import MemberAccounts
from storage.misses import Misses
from storage.models import Models
from storage.mutes import Mutes
from storage.offers import Offers
from storage.outbox import Outbox
from storage.outcomes import Outcomes
from storage.people import People
from storage.personal import Personal
from storage.playlists import Playlists
from storage.previews import Previews
from storage.proposals import Proposals
from storage.pulse import Pulse
from storage.quota import Quota, opened_quota
from storage.ratings import Ratings
from storage.repeats import Repeats
from storage.rerolls import Rerolls
from storage.said import Said
from storage.server_reads import ServerReads
from storage.server_wishes import WishStore
from storage.servers import Servers
from storage.shares import Shares
from storage.showings import Showings
from storage.tags import Tags
from storage.tracks import Tracks
from storage.troubles import Troubles
from storage.vault import Vault, open_vault
from storage.vetoes import Vetoes


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is kept, a store for each idea."""

    db: Database
    people: People
    personal: Personal
    forgetting: Forgetting
    servers: Servers
    wishes: WishStore
    here: ServerReads
    corrections: Corrections
    tracks: Tracks
    shares: Shares
    repeats: Repeats
    showings: Showings
    feedback: Feedback
    features: Features
    models: Models
    drops: Drops
    playlists: Playlists
    announcements: Announcements
    accounts: Accounts
    member_accounts: MemberAccounts
    consent_asks: ConsentAsks
    checkpoints: Checkpoints
    quota: Quota
    misses: Misses
    answers: Answers
    offers: Offers
    imports: Imports
    proposals: Proposals
    tags: Tags
    said: Said
    census: Census
    vetoes: Vetoes
    mutes: Mutes
    ratings: Ratings
    previews: Previews
    rerolls: Rerolls
    outcomes: Outcomes
    leases: Leases
    outbox: Outbox
    pulse: Pulse
    troubles: Troubles
    vault: Vault


@asynccontextmanager
async def open_storage(settings: StorageSettings, clock: Clock, key: str | None = None) -> AsyncIterator[Storage]:
    """Open everything that is kept; at the end, commit what is queued and close.

    The key encrypts tokens; without one, the key file's is used, and made at first start. Raise
    StorageError with a sentence when the database or the key cannot be used.
    """
    vault = open_vault(key, settings.key_file)
    async with Database.open(settings, clock) as db, opened_quota(db, clock) as quota:
        yield _stores(db, clock, quota, vault)


@asynccontextmanager
async def look_at_storage(settings: StorageSettings, clock: Clock) -> AsyncIterator[Storage]:
    """Open everything that is kept for reading alone, while the bot runs or not; secrets cannot be read.

    Raise StorageError with a sentence when there is no database, or not one of this version.
    """
    async with look(settings.url) as db:
        yield _stores(db, clock, Quota(db, clock), Vault(Fernet.generate_key().decode()))


def _stores(db: Database, clock: Clock, quota: Quota, vault: Vault) -> Storage:
    return Storage(
        db=db,
        people=People(db),
        personal=Personal(db),
        forgetting=Forgetting(db, clock),
        servers=Servers(db),
        wishes=WishStore(db),
        here=ServerReads(db),
        corrections=Corrections(db, clock),
        tracks=Tracks(db, clock),
        shares=Shares(db),
        repeats=Repeats(db),
        showings=Showings(db, clock),
        feedback=Feedback(db, clock),
        features=Features(db, clock),
        models=Models(db, clock),
        drops=Drops(db, clock),
        playlists=Playlists(db),
        announcements=Announcements(db),
        accounts=Accounts(db, vault),
        member_accounts=MemberAccounts(db, vault),
        consent_asks=ConsentAsks(db, vault, clock),
        checkpoints=Checkpoints(db),
        quota=quota,
        misses=Misses(db, clock),
        answers=Answers(db, clock),
        offers=Offers(db, clock),
        imports=Imports(db, clock),
        proposals=Proposals(db, clock),
        tags=Tags(db),
        said=Said(db),
        census=Census(db),
        vetoes=Vetoes(db, clock),
        mutes=Mutes(db, clock),
        ratings=Ratings(db),
        previews=Previews(db, clock),
        rerolls=Rerolls(db, clock),
        outcomes=Outcomes(db),
        leases=Leases(db, clock),
        outbox=Outbox(db, clock),
        troubles=Troubles(db, clock),
        pulse=Pulse(db),
        vault=vault,
    )
