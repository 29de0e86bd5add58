"""All stores over one database, opened and closed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from catalog.clock import Clock
from storage.accounts import Accounts
from storage.announcements import Announcements
from storage.answers import Answers
from storage.census import Census
from storage.checkpoints import Checkpoints
from storage.database import Database, StorageSettings
from storage.drops import Drops
from storage.features import Features
from storage.feedback import Feedback
from storage.imports import Imports
from storage.misses import Misses
from storage.models import Models
from storage.offers import Offers
from storage.people import People
from storage.playlists import Playlists
from storage.proposals import Proposals
from storage.quota import Quota
from storage.said import Said
from storage.servers import Servers
from storage.shares import Shares
from storage.tags import Tags
from storage.tracks import Tracks
from storage.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is kept, a store for each idea."""

    db: Database
    people: People
    servers: Servers
    tracks: Tracks
    shares: Shares
    feedback: Feedback
    features: Features
    models: Models
    drops: Drops
    playlists: Playlists
    announcements: Announcements
    accounts: Accounts
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
    vault: Vault


@asynccontextmanager
async def open_storage(settings: StorageSettings, clock: Clock, key: str | None = None) -> AsyncIterator[Storage]:
    """Open everything that is kept; at the end, commit what is queued and close.

    The key encrypts tokens; without one, the key file's is used, and made at first start. Raise
    StorageError with a sentence when the database or the key cannot be used.
    """
    vault = open_vault(key, settings.key_file)
    async with Database.open(settings) as db:
        yield Storage(
            db=db,
            people=People(db),
            servers=Servers(db),
            tracks=Tracks(db, clock),
            shares=Shares(db),
            feedback=Feedback(db, clock),
            features=Features(db, clock),
            models=Models(db, clock),
            drops=Drops(db, clock),
            playlists=Playlists(db),
            announcements=Announcements(db),
            accounts=Accounts(db, vault),
            checkpoints=Checkpoints(db),
            quota=Quota(db, clock),
            misses=Misses(db, clock),
            answers=Answers(db, clock),
            offers=Offers(db, clock),
            imports=Imports(db, clock),
            proposals=Proposals(db, clock),
            tags=Tags(db),
            said=Said(db),
            census=Census(db),
            vault=vault,
        )
