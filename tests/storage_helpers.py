"""Small makers of the nouns that storage tests need."""

from datetime import UTC, datetime, timedelta

from catalog.models import Artist, Service, Track, TrackRef
from storage.people import Author
from storage.shares import Share
from storage.stores import Storage

ANN, BOB, CAT = Author(10, "Ann"), Author(11, "Bob"), Author(12, "Cat")
SERVER, CHANNEL = 900, 901


def spotify_ref(number: int) -> TrackRef:
    """Return the ref of an imagined Spotify track."""
    return TrackRef(Service.SPOTIFY, f"{number:022d}")


def make_track(number: int, **fields: object) -> Track:
    """Return an imagined track that is like no other."""
    known: dict[str, object] = {
        "title": f"Title {number}",
        "artists": (Artist(f"Artist {number}"),),
        "refs": (spotify_ref(number),),
        "duration_ms": 200_000 + number,
        "isrc": f"XX0000000{number:03d}",
    }
    return Track(**{**known, **fields})  # type: ignore[arg-type]


async def saved_ids(storage: Storage, count: int) -> list[int]:
    """Save that many tracks and return their ids."""
    found = [(await storage.tracks.save(make_track(number))).id for number in range(1, count + 1)]
    return [track_id for track_id in found if track_id is not None]


async def share(
    storage: Storage, message_id: int, track_ids: list[int], author: Author = ANN, server_id: int = SERVER
) -> Share:
    """Record a share as of 2026-01-05 08:00 UTC, the clock fixture's instant, plus a second a message."""
    at = datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(seconds=message_id)
    return await storage.shares.record(server_id, CHANNEL, message_id, author, track_ids, at)
