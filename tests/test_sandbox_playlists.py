"""Playlists of the sandbox's Web API."""

import base64

import pytest

from sandbox.accounts import Account
from sandbox.catalogue import Catalogue
from sandbox.playlists import Playlist
from sandbox.server import Sandbox
from tests.fixtures.services import Caller


@pytest.fixture
def uris(catalogue: Catalogue) -> list[str]:
    """Return the URIs of 130 tracks."""
    return [track.spotify_uri for track in catalogue.shareable[:130]]


async def made(api: Caller, sandbox: Sandbox, **fields: object) -> Playlist:
    """Create a playlist over HTTP and return its state."""
    answer = await api("POST", "/me/playlists", json={"name": "Week 1", **fields})
    assert answer.status == 201, answer.body
    playlist = sandbox.spotify.playlists.get(answer.body["id"])
    assert playlist is not None
    return playlist


def positions(playlist: Playlist, uris: list[str]) -> list[int]:
    """Return which of the URIs the playlist holds, in its order."""
    return [uris.index(f"spotify:track:{track_id}") for track_id in playlist.track_ids]


async def test_created_playlist_is_public_empty_and_mine(spotify_api: Caller) -> None:
    """A new playlist is public by default and carries `items`, not `tracks`."""
    answer = await spotify_api("POST", "/me/playlists", json={"name": "Mix", "description": "A/B & more"})
    assert answer.body["public"] is True
    assert answer.body["items"]["total"] == 0
    assert "tracks" not in answer.body
    assert answer.body["description"] == "A&#x2F;B &amp; more"
    mine = (await spotify_api.get("/me/playlists")).body
    assert [(row["id"], row["items"]["total"]) for row in mine["items"]] == [(answer.body["id"], 0)]


async def test_posting_twice_makes_two(spotify_api: Caller, sandbox: Sandbox) -> None:
    """POST /me/playlists is not idempotent."""
    assert (await made(spotify_api, sandbox)).id != (await made(spotify_api, sandbox)).id
    assert len(sandbox.spotify.playlists.all()) == 2


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": None}, {"name": "x", "description": "y" * 301}, {"name": "x", "description": "\n"}],
)
async def test_bad_fields_are_refused(spotify_api: Caller, sandbox: Sandbox, fields: dict[str, object]) -> None:
    """No name, or a description that is too long or has line breaks, creates nothing."""
    assert (await spotify_api("POST", "/me/playlists", json=fields)).status == 400
    assert not sandbox.spotify.playlists.all()


async def test_replace_takes_a_hundred_at_once(spotify_api: Caller, sandbox: Sandbox, uris: list[str]) -> None:
    """PUT replaces everything in one call, up to 100; 101 change nothing."""
    playlist = await made(spotify_api, sandbox)
    path = f"/playlists/{playlist.id}/items"
    before = playlist.snapshot_id
    answer = await spotify_api("PUT", path, json={"uris": uris[:100]})
    assert answer.body == {"snapshot_id": playlist.snapshot_id}
    assert playlist.snapshot_id != before
    assert (await spotify_api("PUT", path, json={"uris": uris[:101]})).status == 400
    assert positions(playlist, uris) == list(range(100))
    await spotify_api("PUT", path, json={"uris": uris[5:7]})
    assert positions(playlist, uris) == [5, 6]
    assert [len(state) for state in playlist.history] == [100, 2]


async def test_append_goes_to_the_end_or_a_position(spotify_api: Caller, sandbox: Sandbox, uris: list[str]) -> None:
    """POST appends (an object or a bare array), inserts at a position, and takes at most 100."""
    playlist = await made(spotify_api, sandbox)
    path = f"/playlists/{playlist.id}/items"
    assert (await spotify_api("POST", path, json={"uris": uris[:2]})).status == 201
    assert (await spotify_api("POST", path, json=uris[2:3])).status == 201
    assert (await spotify_api("POST", path, json={"uris": uris[3:4], "position": 1})).status == 201
    assert positions(playlist, uris) == [0, 3, 1, 2]
    assert (await spotify_api("POST", path, json={"uris": uris[:101]})).status == 400
    assert (await spotify_api("POST", path, json={"uris": uris[:1], "position": 9})).status == 400
    assert (await spotify_api("POST", path, json={"uris": []})).status == 400


@pytest.mark.parametrize(
    ("start", "before", "length", "order"),
    [(0, 4, 1, [1, 2, 3, 0]), (3, 0, 1, [3, 0, 1, 2]), (0, 3, 2, [2, 0, 1, 3]), (1, 2, 1, [0, 1, 2, 3])],
)
async def test_reorder_moves_a_range(
    spotify_api: Caller, sandbox: Sandbox, uris: list[str], start: int, before: int, length: int, order: list[int]
) -> None:
    """PUT with range_start moves tracks as the documentation's examples do."""
    playlist = await made(spotify_api, sandbox)
    await spotify_api("PUT", f"/playlists/{playlist.id}/items", json={"uris": uris[:4]})
    body = {"range_start": start, "insert_before": before, "range_length": length}
    assert (await spotify_api("PUT", f"/playlists/{playlist.id}/items", json=body)).status == 200
    assert positions(playlist, uris) == order


async def test_delete_takes_every_occurrence(spotify_api: Caller, sandbox: Sandbox, uris: list[str]) -> None:
    """DELETE reads `items` and takes a track away wherever it stands."""
    playlist = await made(spotify_api, sandbox)
    path = f"/playlists/{playlist.id}/items"
    await spotify_api("PUT", path, json={"uris": [uris[0], uris[1], uris[0]]})
    assert (await spotify_api("DELETE", path, json={"tracks": [{"uri": uris[0]}]})).status == 400
    assert (await spotify_api("DELETE", path, json={"items": [{"uri": uris[0]}]})).status == 200
    assert positions(playlist, uris) == [1]


async def test_unknown_tracks_cannot_be_put(spotify_api: Caller, sandbox: Sandbox, catalogue: Catalogue) -> None:
    """A list with one track that Spotify does not have is refused as a whole."""
    playlist = await made(spotify_api, sandbox)
    absent = next(track for track in catalogue.tracks if not track.on_spotify)
    both = [catalogue.shareable[0].spotify_uri, absent.spotify_uri]
    assert (await spotify_api("PUT", f"/playlists/{playlist.id}/items", json={"uris": both})).status == 400
    assert (await spotify_api("PUT", f"/playlists/{playlist.id}/items", json={"uris": ["track:1"]})).status == 400
    assert playlist.track_ids == []


async def test_items_are_read_in_pages(spotify_api: Caller, sandbox: Sandbox, uris: list[str]) -> None:
    """GET items gives rows under `item`, 50 a page at most."""
    playlist = await made(spotify_api, sandbox)
    await spotify_api("PUT", f"/playlists/{playlist.id}/items", json={"uris": uris[:60]})
    path = f"/playlists/{playlist.id}/items"
    assert (await spotify_api.get(path, limit=51)).body["error"]["message"] == "Invalid limit"
    first = (await spotify_api.get(path, limit=50)).body
    assert (len(first["items"]), first["total"]) == (50, 60)
    assert "track" not in first["items"][0]
    assert (await spotify_api("GET", first["next"].removeprefix(spotify_api.base))).body["items"][9]["item"][
        "uri"
    ] == uris[59]


async def test_name_and_description_change(spotify_api: Caller, sandbox: Sandbox) -> None:
    """PUT on the playlist changes what it names and nothing else."""
    playlist = await made(spotify_api, sandbox, description="old")
    assert (await spotify_api("PUT", f"/playlists/{playlist.id}", json={"name": "New"})).status == 200
    assert (playlist.name, playlist.description) == ("New", "old")
    await spotify_api("PUT", f"/playlists/{playlist.id}", json={"description": "new"})
    assert (await spotify_api.get(f"/playlists/{playlist.id}")).body["description"] == "new"


async def test_foreign_playlists_show_no_items(spotify_api: Caller, sandbox: Sandbox) -> None:
    """Somebody else's public playlist has no `items` key and refuses; a private one is not there."""
    other = Account("other", "x", "Somebody Else")
    public = sandbox.spotify.playlists.create(other, "Theirs")
    private = sandbox.spotify.playlists.create(other, "Secret", public=False)
    assert "items" not in (await spotify_api.get(f"/playlists/{public.id}")).body
    assert (await spotify_api.get(f"/playlists/{public.id}/items")).status == 403
    assert (await spotify_api("PUT", f"/playlists/{public.id}/items", json={"uris": []})).status == 403
    assert (await spotify_api.get(f"/playlists/{private.id}")).status == 404
    assert (await spotify_api.get("/me/playlists")).body["total"] == 0


async def test_scopes_are_checked(spotify_api: Caller, sandbox: Sandbox) -> None:
    """Public and private playlists each need their scope to be written, private ones a scope to be listed."""
    hidden = await made(spotify_api, sandbox, public=False)
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, ("playlist-modify-public",))
    assert (await spotify_api("POST", "/me/playlists", json={"name": "x", "public": False})).status == 403
    assert (await spotify_api("PUT", f"/playlists/{hidden.id}", json={"name": "x"})).status == 403
    shown = await made(spotify_api, sandbox)
    assert [row["id"] for row in (await spotify_api.get("/me/playlists")).body["items"]] == [shown.id]


async def test_deleting_only_leaves(spotify_api: Caller, sandbox: Sandbox) -> None:
    """A playlist its owner deletes leaves their list but its link lives on; one that is gone is 404."""
    playlist = await made(spotify_api, sandbox)
    uri = f"spotify:playlist:{playlist.id}"
    assert (await spotify_api("DELETE", "/me/library", params={"uris": uri})).status == 200
    assert (await spotify_api.get("/me/playlists")).body["total"] == 0
    assert (await spotify_api.get(f"/playlists/{playlist.id}")).status == 200
    sandbox.spotify.playlists.delete(playlist.id)
    for method, path in (("GET", ""), ("GET", "/items"), ("PUT", "/items"), ("PUT", "")):
        assert (await spotify_api(method, f"/playlists/{playlist.id}{path}", json={"uris": []})).status == 404


async def test_my_playlists_page_newest_first(spotify_api: Caller, sandbox: Sandbox) -> None:
    """All playlists come through pages of at most 50."""
    ids = [sandbox.spotify.playlists.create(sandbox.accounts.owner, f"P{n}").id for n in range(53)]
    first = (await spotify_api.get("/me/playlists", limit=50)).body
    rest = (await spotify_api("GET", f"/me/playlists?offset={50}&limit=50")).body
    assert [row["id"] for row in first["items"] + rest["items"]] == ids[::-1]
    assert (first["total"], rest["next"]) == (53, None)


async def test_cover_is_a_small_base64_jpeg(spotify_api: Caller, sandbox: Sandbox) -> None:
    """PUT images takes base64 JPEG of at most 256 KB without a newline, and needs its scope."""
    playlist = await made(spotify_api, sandbox)
    path = f"/playlists/{playlist.id}/images"
    jpeg = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(300))
    for data, status in ((jpeg + b"\n", 400), (base64.b64encode(b"PNG"), 400), (b"/9j/" * 70_000, 413), (jpeg, 202)):
        answer = await spotify_api("PUT", path, data=data, headers={"Content-Type": "image/jpeg"})
        assert answer.status == status
    assert len((await spotify_api.get(path)).body) == 1
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, ("playlist-modify-public",))
    assert (await spotify_api("PUT", path, data=jpeg)).status == 403
