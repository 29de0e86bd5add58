"""What goes over the wire to Spotify and how every form of its errors is read."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from catalog import spotify_session
from catalog.errors import BadAnswer, CatalogError, PremiumNeeded, Refused, Unreachable
from catalog.models import Artist, Service, TrackRef
from catalog.spotify import Spotify
from catalog.spotify_parse import (
    read_account_id,
    read_found,
    read_item_ids,
    read_playlist,
    read_playlists,
    read_track,
    read_year,
)
from tests.fixtures.catalog import SHARED, Canned, CannedServer, sample

ID = "4PTG3Z6ehGkBFwjybzWkR8"
TRACK = {"id": ID, "name": "A title", "type": "track", "artists": [{"name": "Somebody"}]}
ITEMS = f"/v1/playlists/{ID}/items"
QUOTA = {"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}}

ERRORS = [
    (Canned("Too many requests", 429, {"Retry-After": "19056", "Content-Type": "text/plain"}), Refused),
    (Canned(QUOTA, 429, {"Retry-After": "48925"}), Refused),
    (Canned({"error": "a bare string"}, 400), Refused),
    (Canned({"error": "a bare string"}, 503), Unreachable),
    (Canned(["a list"], 403), Refused),
    (Canned({"error": None}, 403), Refused),
    (Canned({"error": {"status": 403, "message": "Forbidden"}}, 403), Refused),
    (Canned({"error": {"status": 403, "message": "Insufficient client scope"}}, 403), Refused),
    (Canned("Active premium subscription required for the owner of the app. And more.", 403), PremiumNeeded),
    (Canned("", 401), Refused),
    (Canned("", 500), Unreachable),
    (Canned("gateway", 504), Unreachable),
    (Canned(drop=True), Unreachable),
    (Canned("<html>"), BadAnswer),
    (Canned(""), BadAnswer),
    (Canned([]), BadAnswer),
    (Canned({}), BadAnswer),
    (Canned({"tracks": {}}), BadAnswer),
    (Canned("null"), BadAnswer),
]


@pytest.mark.parametrize(("answer", "expected"), ERRORS)
async def test_no_error_is_taken_for_a_miss(
    canned_spotify: Spotify, canned: CannedServer, answer: Canned, expected: type[CatalogError]
) -> None:
    """Every odd answer is an error of the tree, with a sentence, and its own class."""
    canned.put("/v1/search", answer)
    with pytest.raises(CatalogError) as raised:
        await canned_spotify.search("A title", "Somebody")
    assert type(raised.value) is expected
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize("answer", ["<html>", "", "null", [], {}, {"name": "no id"}])
async def test_a_track_that_cannot_be_read_is_no_miss(
    canned_spotify: Spotify, canned: CannedServer, answer: object
) -> None:
    """A status of 200 alone does not say that there is no such track."""
    canned.put(f"/v1/tracks/{ID}", Canned(answer))
    with pytest.raises(BadAnswer):
        await canned_spotify.track(ID)


@pytest.mark.parametrize("status", [400, 404])
async def test_an_id_that_spotify_does_not_know_is_a_miss(
    canned_spotify: Spotify, canned: CannedServer, status: int
) -> None:
    """404, and 400 for an id that is well-formed and yet none."""
    message = {400: "Invalid base62 id", 404: "Resource not found"}[status]
    canned.put(f"/v1/tracks/{ID}", Canned({"error": {"status": status, "message": message}}, status))
    assert await canned_spotify.track(ID) is None


async def test_a_track_that_is_but_a_shell_is_a_miss(canned_spotify: Spotify, canned: CannedServer) -> None:
    """Delisted tracks come with an id and without words."""
    canned.put(f"/v1/tracks/{ID}", {"id": ID, "name": "", "artists": [], "type": "track"})
    assert await canned_spotify.track(ID) is None


async def test_an_answer_without_end_is_not_read(
    canned_spotify: Spotify, canned: CannedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken proxy cannot fill the memory."""
    monkeypatch.setattr(spotify_session, "ANSWER_LIMIT", 1000)
    canned.put(f"/v1/tracks/{ID}", Canned({**TRACK, "padding": "x" * 1000}))
    with pytest.raises(BadAnswer, match="too large"):
        await canned_spotify.track(ID)


async def test_an_item_list_that_is_not_shown_is_a_bad_answer(canned_spotify: Spotify, canned: CannedServer) -> None:
    """Other people's playlists come without items; that is not an empty playlist."""
    canned.put(ITEMS, {"href": "x", "total": 3})
    with pytest.raises(BadAnswer, match="another account"):
        await canned_spotify.playlist_track_ids(ID)


async def test_no_token_is_written_to_the_log(
    canned_spotify: Spotify, canned: CannedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Spotipy would log headers and bodies at DEBUG."""
    caplog.set_level(logging.DEBUG)
    canned.put(f"/v1/tracks/{ID}", TRACK)
    await canned_spotify.track(ID)
    await canned_spotify.me()
    assert canned.count("/api/token") == 1
    assert "Bearer" not in caplog.text
    assert "refresh" not in caplog.text


# --- what we send


async def ask_everything(spotify: Spotify, canned: CannedServer) -> None:
    """Make every call that the client has."""
    page: dict[str, Any] = {"items": [], "next": None}
    canned.put(f"/v1/tracks/{ID}", TRACK)
    canned.put("/v1/search", {"tracks": {"items": [TRACK]}})
    canned.put("/v1/me/playlists", {**page, "id": ID})
    canned.put(ITEMS, {**page, "snapshot_id": "s"})
    canned.put(f"/v1/playlists/{ID}", Canned("", 200))
    await spotify.track(ID)
    await spotify.search_isrc("GBARL9300135")
    await spotify.search("A title", "Somebody")
    await spotify.me()
    await spotify.create_playlist("name", "text")
    await spotify.find_playlist("marker")
    await spotify.replace_items(ID, [ID] * 101)
    await spotify.playlist_track_ids(ID)
    await spotify.describe(ID, "name", "text")


async def test_requests_are_spelt_as_in_the_reference(canned_spotify: Spotify, canned: CannedServer) -> None:
    """Paths without a slash at the end, objects as bodies, explicit limits, a token each."""
    await ask_everything(canned_spotify, canned)
    calls = [each for each in canned.asked if each.path.startswith("/v1/")]
    assert all(each.headers["Authorization"] == "Bearer token" for each in calls)
    assert not any(each.path.endswith("/") for each in calls)
    spelt = {(each.method, each.path): each for each in calls}
    assert spelt["GET", "/v1/search"].query == {
        "q": 'track:"A title" artist:"Somebody"',
        "limit": "10",
        "offset": "0",
        "type": "track",
    }
    assert spelt["POST", "/v1/me/playlists"].json == {
        "name": "name",
        "public": True,
        "collaborative": False,
        "description": "text",
    }
    assert spelt["PUT", ITEMS].json == {"uris": [f"spotify:track:{ID}"] * 100}
    assert spelt["POST", ITEMS].json == {"uris": [f"spotify:track:{ID}"]}
    assert spelt["GET", ITEMS].query["limit"] == "50"
    assert spelt["GET", "/v1/me/playlists"].query == {"limit": "50", "offset": "0"}
    assert spelt["PUT", f"/v1/playlists/{ID}"].json == {"name": "name", "description": "text"}


def described() -> Mapping[str, Any]:
    """Return the description of the Web API, or skip the test where it is not at hand."""
    file = SHARED / "openapi" / "spotify.yml"
    if not file.exists():
        pytest.skip(f"the description of the Web API is not at hand: {file}")
    found: Mapping[str, Any] = yaml.safe_load(file.read_text())
    return found


async def test_only_operations_that_a_new_app_has_are_used(canned_spotify: Spotify, canned: CannedServer) -> None:
    """Every request matches an operation of the description that is not deprecated, with parameters it knows."""
    description = described()
    await ask_everything(canned_spotify, canned)
    for asked in canned.asked:
        if not asked.path.startswith("/v1/"):
            continue
        path = asked.path.removeprefix("/v1")
        operation = next(
            item[asked.method.lower()]
            for template, item in description["paths"].items()
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and asked.method.lower() in item
        )
        assert not operation.get("deprecated"), f"{asked.method} {path}"
        assert set(asked.query) <= parameters(description, operation), f"{asked.method} {path}"


def parameters(description: Mapping[str, Any], operation: Mapping[str, Any]) -> set[str]:
    """Return the names of an operation's query parameters."""
    named = description["components"]["parameters"]
    rows = [named[row["$ref"].rsplit("/", 1)[-1]] if "$ref" in row else row for row in operation.get("parameters", ())]
    return {row["name"] for row in rows if row["in"] == "query"}


# --- recorded answers


@pytest.mark.parametrize("era", ["devmode", "recorded"])
def test_a_recorded_track_is_read(era: str) -> None:
    """Old and new shapes of a track give the same nouns."""
    track = read_track(sample(f"spotify/{era}_track.json"))
    assert track is not None
    assert track.title
    assert track.artists
    assert track.duration_ms
    assert track.isrc
    assert track.refs[0].service is Service.SPOTIFY


def test_a_new_apps_track_is_read_field_by_field() -> None:
    """What a new app gets is enough."""
    track = read_track(sample("spotify/devmode_track.json"))
    assert track is not None
    assert (track.title, track.artists) == ("Never Gonna Give You Up", (Artist("Rick Astley"),))
    assert track.refs == (TrackRef(Service.SPOTIFY, ID),)
    assert (track.duration_ms, track.isrc, track.year, track.explicit) == (213573, "GBARL9300135", 1987, False)
    assert track.album == "Whenever You Need Somebody"


@pytest.mark.parametrize("era", ["devmode", "recorded"])
def test_other_recorded_answers_are_read(era: str) -> None:
    """Search, playlists, items and the account, in both shapes."""
    assert read_found(sample(f"spotify/{era}_search_tracks.json"))
    assert read_playlist(sample(f"spotify/{era}_create_playlist.json")).url.startswith("https://open.spotify.com/")
    playlists, more = read_playlists(sample(f"spotify/{era}_my_playlists.json"))
    assert playlists
    assert more
    assert read_item_ids(sample(f"spotify/{era}_playlist_items.json"))[0]
    assert read_account_id(sample(f"spotify/{era}_me.json"))


async def test_every_recorded_error_is_mapped(canned_spotify: Spotify, canned: CannedServer) -> None:
    """Each error body that was seen in the wild is an error of the tree."""
    for name, error in sample("spotify/errors.json").items():
        if name.startswith(("_", "token")):
            continue
        canned.put("/v1/me", Canned(error["body"], error["status"], error.get("headers", {})))
        with pytest.raises(CatalogError, match=r"\.$"):
            await canned_spotify.me()
        canned_spotify._ledger.pauses.clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("date", "year"), [("1987-11-12", 1987), ("1987", 1987), ("0000", None), ("", None), (None, None), ("soon", None)]
)
def test_years_are_read_where_there_is_one(date: str | None, year: int | None) -> None:
    """Release dates come as year, month or day, or as zeros."""
    assert read_year(date) == year


def test_what_is_no_track_is_left_out() -> None:
    """Null hits, local files and episodes are no tracks."""
    found = read_found({"tracks": {"items": [None, {"id": None}, {**TRACK, "type": "episode"}, {"id": "x"}, TRACK]}})
    assert [track.title for track in found] == ["A title"]
