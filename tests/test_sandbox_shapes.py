"""The sandbox's answers beside recorded ones, where those are at hand: the same keys at the same places."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.accounts import Account
from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.server import Sandbox
from tests.fixtures.services import Caller

SAMPLES = Path(__file__).parents[1].parent / "shared" / "samples"
OFTEN_LEFT_OUT = {"is_playable", "primary_color", "video_thumbnail"}  # in some recorded answers and not in others
UNUSED_BY_DEEZER_CLIENTS = {"track_token"}


def places(node: Any, path: str = "") -> Iterator[str]:
    """Yield every key with the path to it; of a list only the first element that is not null counts."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield f"{path}.{key}"
            yield from places(value, f"{path}.{key}")
    elif isinstance(node, list):
        yield from places(next((one for one in node if one is not None), None), f"{path}[]")


def known(place: str, ignored: set[str]) -> bool:
    """Tell whether a place counts in the comparison."""
    return not ignored & set(place.replace("[]", "").split("."))


def sample(name: str) -> Any:
    """Return a recorded answer, or skip where there are none."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no recorded answers at {SAMPLES}")
    return json.loads(path.read_text("utf-8"))


@pytest.fixture
def asked(sandbox: Sandbox, catalogue: Catalogue, clock: FastClock, spotify_api: Caller) -> dict[str, str]:
    """Prepare a library and playlists, and return which path answers like which sample."""
    scopes = ("user-library-read", "user-top-read", "user-read-recently-played", "playlist-read-private")
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, scopes)
    track = next(track for track in catalogue.shareable if track.isrc)
    book = sandbox.spotify.playlists
    mine = book.create(sandbox.accounts.owner, "Mine")
    book.replace(mine, [track.spotify_id])
    mine.image = b"jpeg"
    theirs = book.create(Account("other", "x", "Other"), "Theirs")
    theirs.image = b"jpeg"
    sandbox.spotify.saved = {track.spotify_uri: clock.now()}
    sandbox.spotify.played = [(track.spotify_id, clock.now())]
    sandbox.spotify.top_tracks = [track.spotify_id]
    return {
        "track": f"/tracks/{track.spotify_id}",
        "album": f"/albums/{track.album.spotify_id}",
        "album_tracks": f"/albums/{track.album.spotify_id}/tracks",
        "artist": f"/artists/{track.artist.spotify_id}",
        "artist_albums": f"/artists/{track.artist.spotify_id}/albums?limit=10",
        "search_tracks": "/search?type=track&q=the",
        "me": "/me",
        "my_playlists": "/me/playlists",
        "playlist_own": f"/playlists/{mine.id}",
        "playlist_items": f"/playlists/{mine.id}/items",
        "playlist_foreign_no_items": f"/playlists/{theirs.id}",
        "saved_tracks": "/me/tracks",
        "top_tracks": "/me/top/tracks",
        "top_artists": "/me/top/artists",
        "recently_played": "/me/player/recently-played",
    }


async def test_spotify_answers_have_the_recorded_keys(asked: dict[str, str], spotify_api: Caller) -> None:
    """Nothing a new app gets is missing, and nothing is there that it does not get."""
    differences = {}
    for name, path in asked.items():
        recorded = {place for place in places(sample(f"spotify/devmode_{name}.json")) if known(place, OFTEN_LEFT_OUT)}
        answer = (await spotify_api("GET", path)).body
        ours = {place for place in places(answer) if known(place, OFTEN_LEFT_OUT)}
        if recorded != ours:
            differences[name] = {"missing": sorted(recorded - ours), "extra": sorted(ours - recorded)}
    assert differences == {}


async def test_created_playlist_has_the_recorded_keys(spotify_api: Caller) -> None:
    """POST /me/playlists answers the whole playlist."""
    answer = await spotify_api("POST", "/me/playlists", json={"name": "New"})
    assert set(places(answer.body)) == set(places(sample("spotify/devmode_create_playlist.json")))


async def test_deezer_track_has_the_recorded_keys(deezer_api: Caller, catalogue: Catalogue) -> None:
    """Every key of a recorded track is there, but for a token that no client uses."""
    track = next(track for track in catalogue.tracks if track.on_deezer)
    recorded = places(sample("music/deezer/track-2025-05-trimmed.json")["body"])
    ours = set(places((await deezer_api.get(f"/track/{track.deezer_id}")).body))
    assert {place for place in recorded if known(place, UNUSED_BY_DEEZER_CLIENTS)} <= ours


@pytest.mark.parametrize("kind", ["top", "related"])
async def test_deezer_lists_have_the_recorded_keys(deezer_api: Caller, catalogue: Catalogue, kind: str) -> None:
    """Top tracks and related artists carry what recorded ones do, but for addresses of pictures."""
    recorded = sample(f"music/deezer/navidrome.deezer.artist.{kind}.json")
    answer = await deezer_api.get(f"/artist/{catalogue.artists[0].deezer_id}/{kind}", limit=5)
    pictures = {place for place in places(recorded) if "picture_" in place or "cover_" in place}
    assert set(places(recorded)) - pictures <= set(places(answer.body)) | {".data[].contributors[].share", ".next"}


async def test_deezer_errors_are_the_recorded_ones(sandbox: Sandbox, deezer_api: Caller) -> None:
    """No data and quota read as recorded."""
    absent = sample("music/deezer/deezer-python.TestClient.test_no_track_raise.json")["interactions"][0]["body"]
    assert (await deezer_api.get("/track/-1")).body == absent
    sandbox.faults.inject("rate_limited", "deezer")
    assert (await deezer_api.get("/track/-1")).body == sample("music/deezer/error-quota-http200.json")["body"]
