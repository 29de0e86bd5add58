"""The sandbox's Web API beside the community's description of the real one, where that file is at hand."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.server import Sandbox
from tests.fixtures.services import Caller

DESCRIPTION = Path(__file__).parents[1].parent / "shared" / "openapi" / "spotify.yml"
SCOPES = (
    *("playlist-modify-public", "playlist-modify-private", "playlist-read-private", "ugc-image-upload"),
    *("user-library-read", "user-library-modify", "user-top-read", "user-read-recently-played"),
)


def gone_from(schema: Any) -> set[str]:
    """Return the properties that a schema, with what it is put together from, calls deprecated."""
    parts = [schema, *schema.get("allOf", [])]
    return {name for part in parts for name, one in part.get("properties", {}).items() if one.get("deprecated")}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Return the description; what it calls deprecated is gone, so nothing has to have it."""
    if not DESCRIPTION.exists():
        pytest.skip(f"no description of Spotify's Web API at {DESCRIPTION}")
    document: dict[str, Any] = yaml.load(DESCRIPTION.read_text("utf-8"), yaml.CSafeLoader)
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        gone = gone_from(schema)
        for part in (schema, *schema.get("allOf", [])):
            part["required"] = [name for name in part.get("required", []) if name not in gone]
    for place in ("item", "track"):  # a discriminator without its mapping cannot be followed
        schemas["PlaylistTrackObject"]["properties"][place].pop("discriminator")
    return document


def resolved(document: dict[str, Any], node: Any) -> Any:
    """Follow a reference, if the node is one."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """Return the described operation of a call; a literal path goes before one with a parameter."""
    for template in sorted(document["paths"], key=lambda template: template.count("{")):
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method.lower() in document["paths"][template]:
            found: dict[str, Any] = document["paths"][template][method.lower()]
            return found
    raise AssertionError(f"not described: {method} {path}")


def complaints(document: dict[str, Any], method: str, path: str, status: int, body: Any) -> list[str]:
    """Return what is wrong with an answer."""
    asked = operation(document, method, path)
    if asked.get("deprecated"):
        return [f"deprecated: {method} {path}"]
    answer = resolved(document, asked["responses"][str(status)])
    if "content" not in answer:
        return []
    schema = answer["content"]["application/json"]["schema"]
    validator = OAS30Validator({"components": document["components"], "allOf": [schema]})
    return [f"{method} {path}: {list(error.path)} {error.message[:160]}" for error in validator.iter_errors(body)]


async def test_answers_fit_the_description(
    described: dict[str, Any], spotify_api: Caller, sandbox: Sandbox, catalogue: Catalogue, clock: FastClock
) -> None:
    """Every endpoint that a new app has answers as described, and none of them is deprecated."""
    spotify_api.token = sandbox.accounts.issue(sandbox.accounts.owner, SCOPES)
    track = next(track for track in catalogue.shareable if track.isrc)
    sandbox.spotify.top_tracks = [track.spotify_id]
    sandbox.spotify.played = [(track.spotify_id, clock.now() - timedelta(hours=ago)) for ago in (1, 2)]
    made = await spotify_api("POST", "/me/playlists", json={"name": "Mix", "description": "d"})
    mix = f"/playlists/{made.body['id']}"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/me/playlists", {"json": {"name": "Other"}}),
        ("PUT", f"{mix}/items", {"json": {"uris": [track.spotify_uri]}}),
        ("POST", f"{mix}/items", {"json": {"uris": [track.spotify_uri]}}),
        ("PUT", mix, {"json": {"name": "Mixed"}}),
        ("GET", mix, {}),
        ("GET", f"{mix}/items", {}),
        ("GET", f"{mix}/images", {}),
        ("DELETE", f"{mix}/items", {"json": {"items": [{"uri": track.spotify_uri}]}}),
        ("GET", "/me", {}),
        ("GET", "/me/playlists", {}),
        ("PUT", "/me/library", {"params": {"uris": track.spotify_uri}}),
        ("PUT", "/me/library", {"params": {"uris": f"spotify:album:{track.album.spotify_id}"}}),
        ("GET", "/me/library/contains", {"params": {"uris": track.spotify_uri}}),
        ("GET", "/me/tracks", {}),
        ("GET", "/me/albums", {}),
        ("GET", "/me/top/tracks", {}),
        ("GET", "/me/top/artists", {}),
        ("GET", "/me/player/recently-played", {"params": {"limit": "1"}}),
        ("GET", f"/tracks/{track.spotify_id}", {}),
        ("GET", f"/albums/{track.album.spotify_id}", {}),
        ("GET", f"/albums/{track.album.spotify_id}/tracks", {}),
        ("GET", f"/artists/{track.artist.spotify_id}", {}),
        ("GET", f"/artists/{track.artist.spotify_id}/albums", {"params": {"limit": "10"}}),
        ("GET", "/search", {"params": {"q": "the", "type": "track,artist,album"}}),
    ]
    wrong = complaints(described, "POST", "/me/playlists", made.status, made.body)
    for method, path, options in asked:
        answer = await spotify_api(method, path, **options)
        wrong += complaints(described, method, path, answer.status, answer.body)
    assert not wrong, "\n".join(wrong)


async def test_refusals_fit_the_description(described: dict[str, Any], spotify_api: Caller) -> None:
    """Errors have the described object, and a forgotten token is one."""
    answer = await spotify_api.get("/search", q="x", type="track", limit=11)
    schema = {"components": described["components"], "$ref": "#/components/schemas/ErrorObject"}
    assert OAS30Validator(schema).is_valid(answer.body["error"])
    spotify_api.token = "none"
    answer = await spotify_api.get("/me")
    assert complaints(described, "GET", "/me", answer.status, answer.body) == []


async def test_whatever_is_deprecated_is_refused(described: dict[str, Any], spotify_api: Caller) -> None:
    """No endpoint that the description calls deprecated answers a new app."""
    for template, operations in described["paths"].items():
        path = re.sub(r"\{[^}]+\}", "0" * 22, template)
        for method, asked in operations.items():
            if isinstance(asked, dict) and asked.get("deprecated"):
                answer = await spotify_api(method.upper(), path)
                assert answer.status in (403, 404), f"{method} {template}"
