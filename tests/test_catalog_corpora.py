"""Matching and titles on two thousand tracks as Spotify lists them, where the data set is at hand."""

import csv
from itertools import combinations

import pytest

from catalog.matching import may_merge
from catalog.models import Artist, Track
from catalog.titles import read_video
from tests.fixtures.catalog import SHARED

FILE = SHARED / "data" / "mcintire" / "tracks.csv"

# Of the pairs that merge, those whose titles are not spelt alike; a person has looked at each.
SPELT_OTHERWISE = {
    ("Poppin' My Collar", "Poppin' My Collar - feat. Project Pat - Explicit"),
    ("Now Is Not The Time", "Now Is Not the Time"),
    ("Hands On The Wheel", "Hands On the Wheel (feat. a$Ap Rocky)"),
    ("It Ain’t Me (with Selena Gomez)", "It Ain't Me (with Selena Gomez)"),
}
MERGED = 24


@pytest.fixture(scope="module")
def tracks() -> list[Track]:
    """Return the tracks of a real listener, with their lengths."""
    if not FILE.exists():
        pytest.skip(f"the data set is not at hand: {FILE}")
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Track(row["title"], (Artist(row["artist"]),), duration_ms=round(float(row["duration_ms"])))
            for row in csv.DictReader(file)
        ]


def test_what_merges_of_real_tracks_is_what_a_person_would_merge(tracks: list[Track]) -> None:
    """The same track listed twice, and no remix, live take or edit with the plain one."""
    by_artist: dict[str, list[Track]] = {}
    for track in tracks:
        by_artist.setdefault(track.byline, []).append(track)
    pairs = [pair for group in by_artist.values() for pair in combinations(group, 2) if may_merge(*pair)]
    assert {(a.title, b.title) for a, b in pairs if a.title != b.title} == SPELT_OTHERWISE
    assert len(pairs) == MERGED


def test_real_titles_are_read_back_from_what_their_videos_are_called(tracks: list[Track]) -> None:
    """Both ways round, with what uploaders add; only names with dashes of their own are lost."""
    read = 0
    for track in tracks:
        for title in (f"{track.byline} - {track.title} (Official Video)", f"{track.title} - {track.byline} [HD]"):
            readings = read_video(title, track.byline)
            read += any((each.artist, each.title) == (track.byline, track.title) for each in readings)
    assert read / (2 * len(tracks)) > 0.985
