"""The sandbox's Deezer: look-ups, search, neighbours, and previews that expire."""

import io
from datetime import timedelta

import pytest
import soundfile

from sandbox.catalogue import Catalogue
from sandbox.clock import FastClock
from sandbox.server import Sandbox
from tests.fixtures.services import Caller


async def test_track_by_id_and_by_isrc_are_one(deezer_api: Caller, catalogue: Catalogue) -> None:
    """Both look-ups give the whole track, with isrc, bpm, gain and rank."""
    track = next(t for t in catalogue.tracks if t.on_deezer and t.isrc == t.deezer_isrc and t.has_preview)
    by_id = (await deezer_api.get(f"/track/{track.deezer_id}")).body
    by_isrc = (await deezer_api.get(f"/track/isrc:{track.isrc}")).body
    assert by_id == by_isrc
    assert (by_id["isrc"], by_id["bpm"], by_id["gain"], by_id["rank"]) == (
        track.isrc,
        track.bpm,
        track.gain,
        track.rank,
    )
    assert abs(by_id["duration"] - track.duration_ms / 1000) <= 0.5


@pytest.mark.parametrize("path", ["/track/1", "/track/isrc:XXXXX0000000", "/track/-1", "/artist/1", "/album/1"])
async def test_absent_is_an_error_with_status_200(deezer_api: Caller, path: str) -> None:
    """What Deezer does not have is code 800, and status 200."""
    answer = await deezer_api.get(path)
    assert (answer.status, answer.body["error"]["code"]) == (200, 800)


async def test_reissues_are_found_by_search_only(deezer_api: Caller, catalogue: Catalogue) -> None:
    """Under Spotify's ISRC there is nothing, by artist and title there is the track with another ISRC."""
    track = next(t for t in catalogue.tracks if t.on_deezer and t.isrc and t.isrc != t.deezer_isrc and not t.version)
    assert (await deezer_api.get(f"/track/isrc:{track.isrc}")).body["error"]["code"] == 800
    query = f'artist:"{track.artist.name}" track:"{track.title}"'
    hits = (await deezer_api.get("/search", q=query)).body["data"]
    assert track.deezer_id in [hit["id"] for hit in hits]
    assert (await deezer_api.get(f"/track/{track.deezer_id}")).body["isrc"] == track.deezer_isrc


async def test_some_tracks_are_not_there_at_all(deezer_api: Caller, catalogue: Catalogue) -> None:
    """A track missing from Deezer is found in no way."""
    track = next(track for track in catalogue.tracks if not track.on_deezer)
    assert "error" in (await deezer_api.get(f"/track/{track.deezer_id}")).body
    hits = (await deezer_api.get("/search", q=f'artist:"{track.artist.name}" track:"{track.title}"')).body["data"]
    assert track.deezer_id not in [hit["id"] for hit in hits]


async def test_search_hits_lack_isrc_and_bpm(deezer_api: Caller, catalogue: Catalogue) -> None:
    """Hits are the short form, in pages with total and next."""
    name = catalogue.artists[0].name
    body = (await deezer_api.get("/search", q=f'artist:"{name}"', limit=3)).body
    assert len(body["data"]) == 3 < body["total"]
    assert not {"isrc", "bpm", "gain"} & set(body["data"][0])
    rest = (await deezer_api("GET", body["next"].removeprefix(deezer_api.base))).body["data"]
    assert not {hit["id"] for hit in rest} & {hit["id"] for hit in body["data"]}


async def test_search_narrows_by_duration(deezer_api: Caller, catalogue: Catalogue) -> None:
    """dur_min and dur_max bound the seconds."""
    query = f'artist:"{catalogue.artists[0].name}" dur_min:200 dur_max:250'
    hits = (await deezer_api.get("/search", q=query)).body["data"]
    assert hits
    assert all(200 <= hit["duration"] <= 250 for hit in hits)


@pytest.mark.parametrize(("path", "code"), [("/search", 501), ("/search?q=", 600), ("/nothing/here", 600)])
async def test_bad_questions_are_errors_with_status_200(deezer_api: Caller, path: str, code: int) -> None:
    """No query, an empty one and an unknown path have codes of their own."""
    answer = await deezer_api.get(path)
    assert (answer.status, answer.body["error"]["code"]) == (200, code)


async def test_artist_leads_to_neighbours_and_tracks(deezer_api: Caller, catalogue: Catalogue) -> None:
    """Related artists, top tracks by rank (five unless asked for more) and a radio of 25 tracks."""
    artist = catalogue.artists[0]
    base = f"/artist/{artist.deezer_id}"
    assert (await deezer_api.get(base)).body["name"] == artist.name
    related = (await deezer_api.get(f"{base}/related")).body
    assert [row["id"] for row in related["data"]] == [other.deezer_id for other in catalogue.related(artist)]
    top = (await deezer_api.get(f"{base}/top")).body["data"]
    assert len(top) == 5
    ranks = [row["rank"] for row in (await deezer_api.get(f"{base}/top", limit=50)).body["data"]]
    assert len(ranks) >= 9
    assert ranks == sorted(ranks, reverse=True)
    radio = (await deezer_api.get(f"{base}/radio")).body["data"]
    assert len({row["id"] for row in radio}) == 25


async def test_album_carries_its_coarse_genre(deezer_api: Caller, catalogue: Catalogue) -> None:
    """An album has Deezer's genre, its label and its tracks."""
    album = catalogue.albums[0]
    body = (await deezer_api.get(f"/album/{album.deezer_id}")).body
    assert body["genres"]["data"][0]["name"] == catalogue.genres[album.genre].deezer_genre[1]
    tracks = [track.deezer_id for track in catalogue.tracks_on(album) if track.on_deezer]
    assert [row["id"] for row in body["tracks"]["data"]] == tracks
    assert [row["id"] for row in (await deezer_api.get(f"/album/{album.deezer_id}/tracks")).body["data"]] == tracks


async def test_preview_address_expires(deezer_api: Caller, clock: FastClock, catalogue: Catalogue) -> None:
    """The signed address gives an MP3 for 900 seconds, then 403; a tampered one never does."""
    track = next(t for t in catalogue.tracks if t.on_deezer and t.has_preview)
    url = (await deezer_api.get(f"/track/{track.deezer_id}")).body["preview"].removeprefix(deezer_api.base)
    clock.advance(timedelta(seconds=899))
    audio = await deezer_api("GET", url)
    assert audio.headers["Content-Type"] == "audio/mpeg"
    assert soundfile.info(io.BytesIO(audio.body)).format == "MP3"
    assert (await deezer_api("GET", url.replace("exp=1", "exp=2"))).status == 403
    clock.advance(timedelta(seconds=1))
    assert (await deezer_api("GET", url)).status == 403


async def test_unlicensed_tracks_have_an_empty_preview(deezer_api: Caller, catalogue: Catalogue) -> None:
    """No licence, no address."""
    track = next(t for t in catalogue.tracks if t.on_deezer and not t.has_preview)
    assert (await deezer_api.get(f"/track/{track.deezer_id}")).body["preview"] == ""


async def test_rate_limit_is_fifty_in_five_seconds(
    deezer_api: Caller, sandbox: Sandbox, clock: FastClock, catalogue: Catalogue
) -> None:
    """With the real limit on, request 51 within five seconds is code 4, and time heals it."""
    sandbox.deezer.rate_limit = 50
    path = f"/artist/{catalogue.artists[0].deezer_id}"
    answers = [(await deezer_api.get(path)).body for _ in range(51)]
    assert [answer.get("error", {}).get("code") for answer in answers] == [None] * 50 + [4]
    clock.advance(timedelta(seconds=5))
    assert "error" not in (await deezer_api.get(path)).body
