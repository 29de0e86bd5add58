"""What a process has kept: its database, read from outside, also while it runs and after it was killed."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

REACTION, RATING = 2, 3


class Opinion(NamedTuple):
    """One reaction that is kept; `tracks` is for how many tracks of the message it counts."""

    message: int
    member: int
    emoji: str
    value: int
    tracks: int


def ask(database: Path, query: str, *values: object) -> list[Any]:
    """Return the rows of a query; nothing is changed, not even by closing."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def standing(database: Path) -> set[Opinion]:
    """Return the reactions that are kept."""
    query = """
        SELECT shares.message_id, people.discord_id, emojis.text, feedback.value, count(*)
        FROM feedback
        JOIN shares ON shares.id = feedback.share_id
        JOIN people ON people.id = feedback.person_id
        JOIN emojis ON emojis.id = feedback.emoji_id
        WHERE feedback.source = ?
        GROUP BY shares.message_id, people.discord_id, emojis.text, feedback.value
    """
    return {Opinion(*row) for row in ask(database, query, REACTION)}


def shared(database: Path) -> dict[int, frozenset[str]]:
    """Return the Spotify ids of the tracks that each kept share has."""
    query = """
        SELECT shares.message_id, refs.ref FROM shares
        LEFT JOIN share_tracks ON share_tracks.share_id = shares.id
        LEFT JOIN refs ON refs.track_id = share_tracks.track_id AND refs.service = 'spotify'
    """
    return gathered(ask(database, query))


def rated(database: Path) -> set[tuple[int, str, int]]:
    """Return who rated which Spotify id by a command, and how."""
    query = """
        SELECT people.discord_id, refs.ref, feedback.value FROM feedback
        JOIN people ON people.id = feedback.person_id
        JOIN refs ON refs.track_id = feedback.track_id AND refs.service = 'spotify'
        WHERE feedback.source = ?
    """
    return set(ask(database, query, RATING))


def states(database: Path) -> dict[str, set[str]]:
    """Return the states that a week's drops and announcements are in."""
    return {
        table: {row[0] for row in ask(database, f"SELECT state FROM {table}")} for table in ("drops", "announcements")
    }


def picked(database: Path) -> dict[tuple[str, int], list[str]]:
    """Return the Spotify ids that were picked for each owner, in their order."""
    query = """
        SELECT drops.owner_kind, drops.owner_id, json_extract(ref.value, '$[1]')
        FROM picks JOIN drops ON drops.id = picks.drop_id, json_each(picks.refs) AS ref
        WHERE json_extract(ref.value, '$[0]') = 'spotify'
        ORDER BY picks.drop_id, picks.position
    """
    found: dict[tuple[str, int], list[str]] = {}
    for kind, owner, ref in ask(database, query):
        found.setdefault((kind, owner), []).append(ref)
    return found


def playlists(database: Path) -> dict[tuple[str, int], str]:
    """Return the id on Spotify of each owner's playlist."""
    return {
        (kind, owner): ref
        for kind, owner, ref in ask(database, "SELECT owner_kind, owner_id, spotify_id FROM playlists")
    }


def gathered(pairs: Iterable[tuple[int, str | None]]) -> dict[int, frozenset[str]]:
    """Return the second of each pair under the first; a lone None is nothing."""
    found: dict[int, set[str]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).update(() if value is None else (value,))
    return {key: frozenset(values) for key, values in found.items()}
