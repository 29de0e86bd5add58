"""What the linked Spotify account has saved, and what it hears most."""

from datetime import datetime

from catalog.imports import ImportKind, Understood
from catalog.imports_cells import read_instant
from catalog.imports_tally import Entry, Tally
from catalog.models import Track
from catalog.spotify import Spotify

# What is heard now says more than what was heard all year.
SPANS = (("short_term", 1), ("medium_term", 1), ("long_term", 2))
MOST_TOP = 100


async def read_account(spotify: Spotify, now: datetime, most: int) -> tuple[Understood, list[Track]]:
    """Return what the account's library comes to, and its tracks as Spotify tells of them.

    Raises:
        CatalogError: Spotify could not be asked; without its scopes it refuses (`LIBRARY_SCOPES`).
        UnreadableFile: the library is empty.
    """
    tally, tracks = Tally(), {}
    for track, added in await spotify.saved_tracks(most):
        tally.add(_entry(track, 1, read_instant(added)), "saved tracks")
        tracks[track.spotify_id] = track
    for span, among in SPANS:
        for track in await spotify.top_tracks(span, MOST_TOP):
            tally.add(_entry(track, among, None), "top tracks")
            tracks[track.spotify_id] = track
    understood = tally.understood(now, most)
    return understood, [tracks[line.ref.id] for line in understood.lines if line.ref and line.ref.id in tracks]


def _entry(track: Track, among: int, at: int | None) -> Entry:
    return Entry(
        title=track.title,
        artist=track.byline,
        album=track.album,
        isrc=track.isrc,
        ref=track.refs[0],
        value=1,
        at=at,
        among=among,
        kind=ImportKind.ACCOUNT,
    )
