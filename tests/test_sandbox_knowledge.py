"""The sandbox's knowledge services: what they know, and the quirks of the real ones, as plain HTTP sees them."""

import uuid
from collections import Counter

import aiohttp
import pytest

from sandbox.catalogue import Catalogue, make_catalogue
from sandbox.faults import FaultKind
from sandbox.itunes import track_id
from sandbox.knowledge import NEW_FROM, Knowledge, knowledge_of
from sandbox.labs import ALGORITHM
from sandbox.measured import measure
from sandbox.server import Sandbox
from sandbox.tags import FOLK, GENRE_TAGS, NOISE, TAGS
from tests.fixtures.services import Answer, Caller

AGENT = {"User-Agent": "Tests/1 ( tests@example.org )"}


@pytest.fixture
def call(web: aiohttp.ClientSession, sandbox: Sandbox) -> Caller:
    """Ask the sandbox at its root."""
    return Caller(web, sandbox.origin)


async def musicbrainz(call: Caller, path: str, **params: str) -> Answer:
    """Ask its MusicBrainz as somebody who can be reached."""
    return await call("GET", f"/musicbrainz/ws/2/{path}", params={"fmt": "json", **params}, headers=AGENT)


# --- what is known


def test_coverage_is_that_of_the_real_services(knowledge: Knowledge) -> None:
    """Most is unknown to MusicBrainz as a recording, but hardly an artist; ReccoBeats has three quarters."""
    known = list(knowledge.known.values())

    def share(name: str) -> float:
        return sum(getattr(each, name) for each in known) / len(known)

    assert 0.22 < share("linked") < share("musicbrainz") < 0.30
    assert 0.70 < share("reccobeats") < 0.80
    assert 0.60 < share("labs") < 0.72
    assert 0.75 < share("lastfm") < 0.86
    assert 0.92 < share("itunes") < 0.98
    assert len(knowledge.artists) > 0.9 * len(knowledge.catalogue.artists)
    assert 0.78 < len(knowledge.linked_artists) / len(knowledge.artists) < 0.92


def test_new_releases_are_what_is_missing(knowledge: Knowledge) -> None:
    """ReccoBeats has few of the last releases, Last.fm none yet."""
    new = [track for track in knowledge.catalogue.tracks if track.year >= NEW_FROM]
    assert len(new) > 20
    assert sum(knowledge.known[track.index].reccobeats for track in new) < 0.4 * len(new)
    assert not any(knowledge.known[track.index].lastfm for track in new)


def test_everything_is_drawn_from_the_seed(catalogue: Catalogue) -> None:
    """Another sandbox of the same seed knows the same; one recording has one MBID, whatever its entries."""
    mine, again = knowledge_of(catalogue), Knowledge(make_catalogue(catalogue.seed))
    assert mine.known == again.known
    assert mine.artist_tags(catalogue.artists[3]) == again.artist_tags(catalogue.artists[3])
    assert knowledge_of(catalogue) is mine
    other = Knowledge(make_catalogue(catalogue.seed + 1))
    assert other.known != mine.known
    twins = Counter(track.recording for track in catalogue.tracks)
    recording = next(number for number, count in twins.items() if count > 1)
    entries = [track for track in catalogue.tracks if track.recording == recording]
    assert len({mine.recording_mbid(track) for track in entries}) == 1
    assert uuid.UUID(mine.recording_mbid(entries[0])).version == 4
    assert len({mine.recording_mbid(track) for track in catalogue.tracks}) == len(twins)


def test_tags_follow_the_genre_with_noise(knowledge: Knowledge) -> None:
    """The best tag tells the genre in nine of ten artists; there are moods, opinions, other spellings, and none."""
    right, everything = 0, Counter[str]()
    for artist in knowledge.catalogue.artists:
        tags = knowledge.artist_tags(artist)
        best = max(tags, key=lambda tag: tags[tag])
        right += best.casefold().replace("-", " ") in {
            tag.replace("-", " ") for genre in artist.genres for tag in TAGS[genre]
        }
        everything.update(tags)
    assert right > 0.9 * len(knowledge.catalogue.artists)
    assert set(everything) & set(NOISE)
    assert set(everything) & set(FOLK)
    assert any(tag not in {*GENRE_TAGS, *NOISE, *FOLK} and tag.casefold() in GENRE_TAGS for tag in everything)
    untagged = [track for track in knowledge.catalogue.tracks if not knowledge.track_tags(track)]
    assert 0.15 < len(untagged) / len(knowledge.catalogue.tracks) < 0.35


def test_measured_features_tell_genres_apart_and_err(catalogue: Catalogue) -> None:
    """Loud genres measure as loud; a few keys and tempos are wrong, as measured ones are."""

    def mean(genre: str, name: str) -> float:
        found = [float(measure(track)[name]) for track in catalogue.tracks_in(genre)]
        return sum(found) / len(found)

    assert mean("quarrycore", "energy") > mean("stillglass", "energy") + 0.3
    assert mean("bogfolk", "acousticness") > mean("tidehouse", "acousticness") + 0.3
    assert mean("tidehouse", "danceability") > mean("chambermoss", "danceability") + 0.3
    wrong = sum(measure(track)["key"] != track.sound.root for track in catalogue.tracks) / len(catalogue.tracks)
    assert 0.04 < wrong < 0.13
    assert all(0 <= measure(track)["valence"] <= 1 for track in catalogue.tracks[:200])


# --- quirks


async def test_musicbrainz_wants_a_contact_and_json(call: Caller) -> None:
    """No contact is 403, no fmt is XML, an unknown inc or a malformed name is 400, an unknown name 404."""
    assert (await call.get("/musicbrainz/ws/2/isrc/XZTB00000001", fmt="json")).status == 403
    plain = await call("GET", "/musicbrainz/ws/2/artist/x", headers=AGENT)
    assert b"<?xml" in plain.body if isinstance(plain.body, bytes) else "<?xml" in plain.body
    statuses = [
        (await musicbrainz(call, path, inc=inc)).status
        for path, inc in (
            ("isrc/XZTB00000000", ""),
            ("isrc/XX", ""),
            ("isrc/XZTB00000000", "nonsense"),
            (f"artist/{uuid.UUID(int=0)}", ""),
            ("artist/x", ""),
            ("url", ""),
        )
    ]
    assert statuses == [404, 400, 400, 404, 400, 400]


async def test_musicbrainz_takes_a_hundred_links(call: Caller, sandbox: Sandbox) -> None:
    """Unknown ones are left out, the order is another, and 101 are too many."""
    links = [track.spotify_url for track in sandbox.catalogue.shareable[:101]]
    params = [("fmt", "json"), ("inc", "recording-rels"), *(("resource", link) for link in links)]
    answer = await call("GET", "/musicbrainz/ws/2/url", params=params, headers=AGENT)
    assert answer.status == 400
    answer = await call("GET", "/musicbrainz/ws/2/url", params=params[:-1], headers=AGENT)
    found = [row["resource"] for row in answer.body["urls"]]
    assert answer.body["url-count"] == len(found) < 40
    assert set(found) < set(links)
    assert found != [link for link in links if link in found]


async def test_musicbrainz_is_busy_above_one_a_second(call: Caller, sandbox: Sandbox) -> None:
    """With the real limit on: 503 and when to come back."""
    sandbox.musicbrainz.rate.limit = 1
    assert (await musicbrainz(call, f"artist/{next(iter(sandbox.knowledge.artists))}")).status == 200
    busy = await musicbrainz(call, f"artist/{next(iter(sandbox.knowledge.artists))}")
    assert (busy.status, busy.headers["Retry-After"]) == (503, "1")


async def test_listenbrainz_tells_of_its_window(call: Caller, sandbox: Sandbox) -> None:
    """With every answer; a 429 has no Retry-After, and malformed MBIDs are 400."""
    sandbox.listenbrainz.rate.limit = 2
    path, mbid = "/listenbrainz/1/metadata/artist/", next(iter(sandbox.knowledge.artists))
    answers = [await call.get(path, artist_mbids=each, inc="tag") for each in (mbid, "x", mbid)]
    assert [answer.status for answer in answers] == [200, 400, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["X-RateLimit-Reset-In"] == "10"
    assert "Retry-After" not in answers[2].headers


async def test_listenbrainz_keeps_names_for_its_users(call: Caller, sandbox: Sandbox) -> None:
    """401 without a token, by a wrong one, and for everything once it is locked; 400 for more than fifty."""
    path = "/listenbrainz/1/metadata/lookup/"
    rows = {"recordings": [{"artist_name": "a", "recording_name": "b"}]}
    key = {"Authorization": f"Token {sandbox.listenbrainz.token}"}
    assert (await call("POST", path, json=rows)).status == 401
    assert (await call("POST", path, json=rows, headers={"Authorization": "Token x"})).status == 401
    assert (await call("POST", path, json=rows, headers=key)).body == [
        {"artist_name_arg": "a", "recording_name_arg": "b", "index": 0}
    ]
    assert (await call("POST", path, json={"recordings": rows["recordings"] * 51}, headers=key)).status == 400
    sandbox.listenbrainz.locked = True
    mbid = next(iter(sandbox.knowledge.recordings))
    assert (await call.get("/listenbrainz/1/metadata/recording/", recording_mbids=mbid)).status == 401


async def test_the_laboratory_repeats_and_shuffles_rows(call: Caller, sandbox: Sandbox) -> None:
    """Some come twice, none are sorted; it takes GET and a list in a POST alike; an unknown algorithm is 400."""
    mbid = max(
        sandbox.knowledge.recordings,
        key=lambda each: len(sandbox.knowledge.similar_tracks(sandbox.knowledge.recordings[each])),
    )
    path = "/labs/similar-recordings/json"
    rows = (await call.get(path, recording_mbids=mbid, algorithm=ALGORITHM)).body
    assert (await call("POST", path, json=[{"recording_mbids": [mbid], "algorithm": ALGORITHM}])).body == rows
    mbids = [row["recording_mbid"] for row in rows]
    scores = [row["score"] for row in rows]
    assert len(set(mbids)) < len(mbids)
    assert scores != sorted(scores, reverse=True)
    assert (await call.get(path, recording_mbids=mbid, algorithm="another")).status == 400
    assert (await call("POST", "/labs/spotify-id-from-metadata/json", json=[{"artist_name": "a"}])).status == 400
    assert (await call.get("/labs/similar-artists/json", artist_mbids="x", algorithm=ALGORITHM)).status == 400
    sandbox.labs.rate.limit = 0
    busy = await call.get(path, recording_mbids=mbid, algorithm=ALGORITHM)
    assert (busy.status, "Retry-After" in busy.headers) == (429, False)


async def test_reccobeats_takes_forty_and_forgets_the_order(call: Caller, sandbox: Sandbox) -> None:
    """41 are error 4004; misses are omitted, rows are known by their links, ids may repeat the parameter."""
    ids = [track.spotify_id for track in sandbox.catalogue.shareable[:41]]
    path = "/reccobeats/v1/audio-features"
    answer = await call.get(path, ids=",".join(ids))
    assert (answer.status, answer.body["status"]) == (400, 4004)
    assert answer.body["errors"] == [{"message": "size must be between 1 and 40"}]
    answer = await call("GET", path, params=[("ids", each) for each in ids[:40]])
    found = [row["href"].rsplit("/", 1)[1] for row in answer.body["content"]]
    assert set(found) < set(ids)
    assert found != [each for each in ids if each in found]
    own = answer.body["content"][0]["id"]
    assert (await call.get(path, ids=own)).body["content"][0]["href"].endswith(found[0])
    assert (await call.get(path, ids="x")).status == 400
    assert (await call.get("/reccobeats/v1/track/recommendation", seeds=ids[0], size=0)).status == 400
    assert (await call.get("/reccobeats/v1/track/recommendation", seeds="0" * 22, size=5)).status == 404
    sandbox.reccobeats.rate.limit = 0
    assert (await call.get(path, ids=ids[0])).headers["Retry-After"] == "3"


async def test_itunes_calls_its_json_javascript(call: Caller, sandbox: Sandbox) -> None:
    """Unknown ids are omitted, the search finds by words, and above the limit it answers 403."""
    track = next(each for each in sandbox.catalogue.tracks if sandbox.knowledge.known[each.index].itunes)
    answer = await call.get("/itunes/lookup", id=f"{track_id(track)},1")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert '"resultCount": 1' in answer.body
    assert track.title in (await call.get("/itunes/search", term=f"{track.artist.name} {track.title}")).body
    assert f"i={track_id(track)}" in sandbox.itunes.url(track)
    sandbox.itunes.rate.limit = 0
    assert (await call.get("/itunes/lookup", id="1")).status == 403


async def test_lastfm_hides_errors_in_the_body(call: Caller, sandbox: Sandbox) -> None:
    """Not found has status 200, a wrong key 403, an unknown method 400; a list of one is no list."""

    async def ask(method: str, key: str = sandbox.lastfm.key, **params: str) -> Answer:
        return await call.get("/lastfm/2.0/", method=method, api_key=key, format="json", **params)

    missing = await ask("track.getTopTags", artist="Nobody", track="Nothing")
    assert (missing.status, missing.body["error"]) == (200, 6)
    wrong = await ask("track.getTopTags", key="x")
    assert (wrong.status, wrong.body["error"]) == (403, 10)
    assert (await ask("user.getInfo")).body["error"] == 3
    assert (await ask("artist.getSimilar", artist="Nobody")).body["similarartists"]["artist"] == []
    name = sandbox.catalogue.artists[0].name
    assert isinstance((await ask("artist.getSimilar", artist=name, limit="1")).body["similarartists"]["artist"], dict)
    posted = await call(
        "POST", "/lastfm/2.0/", data={"method": "artist.getTopTags", "artist": name, "api_key": sandbox.lastfm.key}
    )
    assert posted.body["toptags"]["tag"][0]["count"] == 100
    sandbox.lastfm.rate.limit = 0
    assert (await ask("artist.getTopTags", artist=name)).body["error"] == 29


@pytest.mark.parametrize(
    ("service", "path", "status"),
    [
        ("musicbrainz", "/musicbrainz/ws/2/isrc/XZTB00000000", 503),
        ("listenbrainz", "/listenbrainz/1/metadata/artist/", 429),
        ("labs", "/labs/similar-artists/json", 429),
        ("reccobeats", "/reccobeats/v1/track", 429),
        ("itunes", "/itunes/lookup", 403),
        ("lastfm", "/lastfm/2.0/", 200),
    ],
)
async def test_faults_speak_each_services_words(
    call: Caller, sandbox: Sandbox, service: str, path: str, status: int
) -> None:
    """A fault of one service leaves the others alone, and its call is logged under its name."""
    sandbox.faults.inject(FaultKind.RATE_LIMITED, service)
    assert (await call.get("/track/1")).body["error"]["code"] == 800
    assert (await call.get(path)).status == status
    (logged,) = sandbox.calls.find(service)
    assert logged.fault == "rate_limited"


async def test_old_apps_get_audio_features(spotify_api: Caller, sandbox: Sandbox) -> None:
    """New ones get 403; a row for each id, null for the unknown."""
    ids = [sandbox.catalogue.shareable[0].spotify_id, "0" * 22]
    assert (await spotify_api.get("/audio-features", ids=",".join(ids))).status == 403
    sandbox.spotify.old_app = True
    rows = (await spotify_api.get("/audio-features", ids=",".join(ids))).body["audio_features"]
    assert (rows[0]["id"], rows[1]) == (ids[0], None)
    assert (await spotify_api.get("/audio-features", ids="")).status == 400
