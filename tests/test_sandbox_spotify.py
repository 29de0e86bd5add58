"""Tracks, search, limits and refusals of the sandbox's Web API."""

from datetime import timedelta

import pytest

from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.server import Sandbox
from tests.fixtures.services import Caller

FIELDS = {
    *("album", "artists", "disc_number", "duration_ms", "explicit", "external_ids", "external_urls", "href", "id"),
    *("is_local", "is_playable", "name", "track_number", "type", "uri"),
}
GONE = {"popularity", "preview_url", "available_markets", "linked_from"}


async def test_track_has_the_development_mode_shape(spotify_api: Caller, catalogue: Catalogue) -> None:
    """A track has what a new app gets and nothing that was taken away."""
    track = next(track for track in catalogue.shareable if track.isrc)
    body = (await spotify_api.get(f"/tracks/{track.spotify_id}")).body
    assert set(body) == {
        "album",
        "artists",
        "disc_number",
        "duration_ms",
        "explicit",
        "external_ids",
        "external_urls",
        "href",
        "id",
        "is_local",
        "is_playable",
        "name",
        "track_number",
        "type",
        "uri",
    }
    assert body["external_ids"] == {"isrc": track.isrc}
    assert body["name"] == track.full_title
    assert not GONE & (set(body) | set(body["album"]))


async def test_unknown_and_impossible_ids(spotify_api: Caller, catalogue: Catalogue) -> None:
    """An id that nobody has is 404, also for tracks not on Spotify; one that cannot be is 400."""
    absent = next(track for track in catalogue.tracks if not track.on_spotify)
    assert (await spotify_api.get(f"/tracks/{absent.spotify_id}")).status == 404
    assert (await spotify_api.get("/tracks/" + "0" * 22)).status == 404
    assert (await spotify_api.get("/tracks/abc")).status == 400


async def test_artist_tells_nothing_but_names(spotify_api: Caller, catalogue: Catalogue) -> None:
    """An artist has no genres, popularity or followers."""
    body = (await spotify_api.get(f"/artists/{catalogue.artists[0].spotify_id}")).body
    assert set(body) == {"external_urls", "href", "id", "images", "name", "type", "uri"}


async def test_artist_albums_needs_a_limit_of_ten(spotify_api: Caller, catalogue: Catalogue) -> None:
    """The default limit is over the maximum, so leaving it out fails."""
    path = f"/artists/{catalogue.artists[0].spotify_id}/albums"
    assert (await spotify_api.get(path)).body["error"] == {"status": 400, "message": "Invalid limit"}
    assert (await spotify_api.get(path, limit=10)).body["total"] >= 3


async def test_album_tracks_page_through(spotify_api: Caller, catalogue: Catalogue) -> None:
    """Following `next` gives every track of an album once."""
    album = next(album for album in catalogue.albums if album.total_tracks == 5)
    spotify_api.base, url, seen = "", f"{spotify_api.base}/albums/{album.spotify_id}/tracks?limit=2", []
    while url:
        body = (await spotify_api("GET", url)).body
        seen += [item["id"] for item in body["items"]]
        url = body["next"]
    assert seen == [track.spotify_id for track in catalogue.tracks_on(album) if track.on_spotify]


async def test_search_by_isrc_finds_every_release(spotify_api: Caller, catalogue: Catalogue) -> None:
    """isrc: finds exactly the entries of that recording, two where it was released twice."""
    known: dict[str, set[str]] = {}
    for track in catalogue.shareable:
        known.setdefault(track.isrc or "", set()).add(track.spotify_id)
    isrc = next(isrc for isrc, ids in known.items() if isrc and len(ids) == 2)
    body = (await spotify_api.get("/search", q=f"isrc:{isrc}", type="track")).body
    assert {item["id"] for item in body["tracks"]["items"]} == known[isrc]


async def test_search_by_fields_and_words(spotify_api: Caller, catalogue: Catalogue) -> None:
    """artist: and track: with quotes, and plain words, both find the track first."""
    track = next(t for t in catalogue.shareable if len(t.title.split()) > 3 and not t.version and len(t.artists) == 1)
    for query in (f'track:"{track.title}" artist:"{track.artist.name}"', f"{track.artist.name} {track.title}".lower()):
        body = (await spotify_api.get("/search", q=query, type="track", limit=10)).body
        assert body["tracks"]["items"][0]["name"] == track.title
        assert body["tracks"]["items"][0]["artists"][0]["name"] == track.artist.name


async def test_search_also_finds_versions(spotify_api: Caller, catalogue: Catalogue) -> None:
    """The live take comes up beside the original: whoever takes any hit gets the wrong recording."""
    live = next(track for track in catalogue.tracks if track.version.startswith("Live"))
    query = f'track:"{live.title}" artist:"{live.artist.name}"'
    names = [i["name"] for i in (await spotify_api.get("/search", q=query, type="track")).body["tracks"]["items"]]
    assert live.full_title in names


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 11}, "Invalid limit"),
        ({"limit": 0}, "Invalid limit"),
        ({"limit": 10, "offset": 991}, "Invalid offset"),
        ({"q": " "}, "No search query"),
        ({"type": "song"}, "Bad search type field"),
    ],
)
async def test_search_limits(spotify_api: Caller, query: dict[str, object], message: str) -> None:
    """At most ten hits a page, offset and limit within 1000 together."""
    answer = await spotify_api.get("/search", **{"q": "the", "type": "track", **query})
    assert answer.body == {"error": {"status": 400, "message": message}}


async def test_search_hits_may_be_null(spotify_api: Caller, sandbox: Sandbox) -> None:
    """With the switch on, nulls stand among the hits."""
    sandbox.spotify.null_hits = 1
    body = (await spotify_api.get("/search", q="the", type="track,artist")).body
    assert body["tracks"]["items"][0] is None
    assert body["artists"]["items"][1]["type"] == "artist"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/tracks?ids=a,b", 403),
        ("GET", "/artists?ids=a", 403),
        ("GET", "/artists/0000000000000000000000/top-tracks", 403),
        ("GET", "/artists/0000000000000000000000/related-artists", 403),
        ("GET", "/audio-features/0000000000000000000000", 403),
        ("GET", "/audio-analysis/0000000000000000000000", 403),
        ("GET", "/browse/new-releases", 403),
        ("GET", "/markets", 403),
        ("GET", "/users/somebody", 403),
        ("POST", "/users/somebody/playlists", 403),
        ("GET", "/playlists/0000000000000000000000/tracks", 403),
        ("PUT", "/me/tracks?ids=a", 403),
        ("GET", "/me/tracks/contains?ids=a", 403),
        ("GET", "/recommendations?seed_tracks=a", 404),
        ("GET", "/no-such-thing", 404),
    ],
)
async def test_removed_endpoints_are_refused(spotify_api: Caller, method: str, path: str, status: int) -> None:
    """What a new app has no more is 403, recommendations 404."""
    assert (await spotify_api(method, path)).status == status


async def test_account_is_told_by_account_id(spotify_api: Caller, sandbox: Sandbox) -> None:
    """GET /me carries the account_id to link by."""
    assert (await spotify_api.get("/me")).body["account_id"] == sandbox.accounts.owner.account_id


async def test_daily_quota_refuses_until_a_day_is_over(
    spotify_api: Caller, sandbox: Sandbox, clock: FastClock, catalogue: Catalogue
) -> None:
    """Reads beyond the quota are refused with the seconds left of the day; writes and /me go on."""
    sandbox.spotify.quota.limit = 2
    path = f"/tracks/{catalogue.shareable[0].spotify_id}"
    assert [(await spotify_api.get(path)).status for _ in range(2)] == [200, 200]
    clock.advance(timedelta(minutes=10))
    refused = await spotify_api.get(path)
    assert refused.status == 429
    assert refused.body["error"]["reason"] == "QUOTA_EXCEEDED"
    assert refused.headers["Retry-After"] == str(86_400 - 600)
    assert (await spotify_api.get("/me")).status == 200
    clock.advance(timedelta(days=1))
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, ())
    assert (await spotify_api.get(path)).status == 200


async def test_library_takes_uris_in_the_query_only(
    spotify_api: Caller, sandbox: Sandbox, catalogue: Catalogue
) -> None:
    """PUT, DELETE and contains on /me/library read ?uris= and no body, at most 40."""
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, ("user-library-modify", "user-library-read"))
    uri = catalogue.shareable[0].spotify_uri
    assert (await spotify_api("PUT", "/me/library", json={"uris": [uri]})).status == 400
    assert (await spotify_api("PUT", "/me/library", params={"uris": uri})).status == 200
    assert (await spotify_api.get("/me/library/contains", uris=uri)).body == [True]
    assert (await spotify_api.get("/me/tracks")).body["items"][0]["track"]["uri"] == uri
    assert (await spotify_api("DELETE", "/me/library", params={"uris": uri})).status == 200
    assert (await spotify_api.get("/me/library/contains", uris=uri)).body == [False]
    assert (await spotify_api.get("/me/library/contains", uris=",".join([uri] * 41))).status == 400


async def test_listening_needs_its_scopes(
    spotify_api: Caller, sandbox: Sandbox, clock: FastClock, catalogue: Catalogue
) -> None:
    """Top tracks and recent ones are there for those who consented."""
    track = catalogue.shareable[0]
    assert (await spotify_api.get("/me/top/tracks")).body["error"]["message"] == "Insufficient client scope"
    sandbox.spotify.top_tracks = [track.spotify_id]
    other = catalogue.shareable[1]
    sandbox.spotify.played = [(track.spotify_id, clock.now()), (other.spotify_id, clock.now() - timedelta(hours=1))]
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, ("user-top-read", "user-read-recently-played"))
    assert (await spotify_api.get("/me/top/tracks")).body["items"][0]["id"] == track.spotify_id
    assert (await spotify_api.get("/me/top/artists")).body["items"][0]["id"] == track.artist.spotify_id
    recent = (await spotify_api.get("/me/player/recently-played", limit=1)).body
    assert recent["items"][0]["track"]["id"] == track.spotify_id
    older = (await spotify_api("GET", recent["next"].removeprefix(spotify_api.base))).body
    assert [row["track"]["id"] for row in older["items"]] == [other.spotify_id]
    assert older["next"] is None
