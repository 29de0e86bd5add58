"""Files as their services write them, for tests of imports.

Spotify: support.spotify.com/article/understanding-my-data; ListenBrainz: its server's background/export.py; Last.fm:
last.fm/api/show/user.getRecentTracks and the exporters lastfmstats.com, lastfm.ghan.nl and lastfm-to-csv.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.records import SandboxTrack

SPOTIFY_ID = "4uLU6hMCjMI75M1A2tKUQC"
MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"


def packed(files: Mapping[str, object]) -> bytes:
    """Return a zip of these files; what is no text is written as JSON."""
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            # Dated as ZipInfo is by itself: the same bytes in every process, which the tests' names are made of.
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return blob.getvalue()


def streamed(artist: str, title: str, ms: int = 200_000) -> dict[str, Any]:
    """Return an entry of StreamingHistory_music_0.json."""
    return {"endTime": "2025-12-11 14:05", "artistName": artist, "trackName": title, "msPlayed": ms}


def extended(
    title: str,
    artist: str = "Boards of Canada",
    spotify_id: str = SPOTIFY_ID,
    at: int = 2019,
    ms: int = 160_000,
) -> dict[str, Any]:
    """Return an entry of Streaming_History_Audio_YEAR_N.json."""
    return {
        "ts": f"{at}-11-20T10:20:30Z",
        "platform": "ios",
        "ms_played": ms,
        "conn_country": "DE",
        "ip_addr": "192.0.2.1",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": artist,
        "master_metadata_album_album_name": "Music Has the Right to Children",
        "spotify_track_uri": f"spotify:track:{spotify_id}",
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
    }


def listen(title: str, msid: str, **more: object) -> dict[str, Any]:
    """Return a line of listens/YEAR/MONTH.jsonl."""
    return {
        "listened_at": 1_700_000_000,
        "inserted_at": 1_700_000_100.5,
        "track_metadata": {
            "track_name": title,
            "artist_name": "Boards of Canada",
            "release_name": "Music Has the Right to Children",
            "recording_msid": msid,
            "additional_info": more,
            "mbid_mapping": None,
        },
    }


STREAMED = [
    streamed("Boards of Canada", "Roygbiv"),
    streamed("Boards of Canada", "Roygbiv"),
    streamed("Aphex Twin", "Xtal"),
    streamed("Aphex Twin", "Ageispolis", ms=4_000),
    {"endTime": "2025-12-11 14:05", "podcastName": "A Podcast", "episodeName": "1", "msPlayed": 900_000},
]
LIBRARY = {
    "tracks": [{"artist": "Mogwai", "album": "Mr Beast", "track": "Auto Rock", "uri": f"spotify:track:{SPOTIFY_ID}"}],
    "albums": [{"artist": "Low", "album": "Secret Name", "uri": "spotify:album:2nnwVS38BXsYXL1pJwMV2f"}],
    "shows": [],
    "episodes": [],
    "bannedTracks": [
        {
            "artist": "Nickelback",
            "album": "All the Right Reasons",
            "track": "Photograph",
            "uri": "spotify:track:3hb2ScEVkGchcAQqrPLP0R",
        }
    ],
    "artists": [{"name": "Low", "uri": "spotify:artist:5oVDTNAgHzzAbQaAQ5eLOH"}],
    "bannedArtists": [],
    "other": ["something"],
}
PLAYLISTS = {
    "playlists": [
        {
            "name": "Sunday",
            "lastModifiedDate": "2025-01-02",
            "items": [
                {
                    "track": {
                        "trackName": "Sunflower",
                        "artistName": "Low",
                        "albumName": "Things We Lost in the Fire",
                        "trackUri": f"spotify:track:{SPOTIFY_ID}",
                    },
                    "episode": None,
                    "audiobook": None,
                    "localTrack": None,
                    "addedDate": "2025-01-02",
                },
                {
                    "track": None,
                    "episode": {"episodeName": "1", "showName": "x"},
                    "localTrack": None,
                    "addedDate": "2025-01-02",
                },
            ],
            "description": None,
            "numberOfFollowers": 0,
        }
    ]
}
EXTENDED = [
    extended("Roygbiv"),
    extended("Roygbiv"),
    extended("Roygbiv", ms=3_000),
    extended("Roygbiv") | {"master_metadata_track_name": None, "master_metadata_album_artist_name": None},
]
LISTEN = listen("Roygbiv", "m1", isrc="GBBPW9800017", spotify_id=f"https://open.spotify.com/track/{SPOTIFY_ID}")
LISTEN["track_metadata"]["mbid_mapping"] = {"recording_mbid": MBID, "recording_name": "Roygbiv", "artist_mbids": []}
LASTFM_STATS = (
    "\ufeffArtist;Album;AlbumId;Track;Date#somebody\n"
    '"The Beatles";"Abbey Road";"1";"Something";"1700000000000"\n'
    '"The Beatles";"Abbey Road";"1";"Something";"1700100000000"\n'
    '"The Beatles";"Help!";"2";"Yesterday";"1700200000000"\n'
)
LASTFM_TO_CSV = (
    'The Beatles,Abbey Road,Something,"06 Sep 2026, 14:23"\n'
    'The Beatles,Abbey Road,Something,"05 Sep 2026, 14:23"\n'
    'The Beatles,Help!,Yesterday,"04 Sep 2026, 14:23"\n'
)
GHAN = (
    "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
    '"1767217094","31 Dec 2025, 21:38","The Beatles","","Abbey Road","","Something",""\n'
    '"1767217094","31 Dec 2025, 21:38","The Beatles","","Abbey Road","","Something",""\n'
    '"1108334827","13 Feb 2005, 22:47","The Beatles","","Help!","","Yesterday",""\n'
)
LOVED = [
    {
        "recenttracks": {
            "track": [
                {
                    "artist": {"mbid": "", "#text": "Slowdive"},
                    "album": {"mbid": "", "#text": "Souvlaki"},
                    "name": "Alison",
                    "loved": "1",
                    "date": {"uts": "1700000000", "#text": "14 Nov 2023, 22:13"},
                },
                {
                    "artist": {"#text": "Lush"},
                    "album": {"#text": ""},
                    "name": "Deluxe",
                    "@attr": {"nowplaying": "true"},
                },
            ],
            "@attr": {"user": "somebody", "page": "1", "total": "1"},
        }
    },
    {
        "lovedtracks": {
            "track": [
                {
                    "artist": {"url": "https://www.last.fm/music/Ride", "name": "Ride", "mbid": ""},
                    "name": "Vapour Trail",
                    "date": {"uts": "1700000000", "#text": "14 Nov 2023, 22:13"},
                }
            ]
        }
    },
]


def history(tracks: Sequence[SandboxTrack]) -> bytes:
    """Return an extended history in which each of these tracks was heard twice."""
    entries = [extended(track.title, track.artists[0].name, track.spotify_id) for track in tracks for _ in range(2)]
    return packed({"Spotify Extended Streaming History/Streaming_History_Audio_2019_0.json": entries})


def opinions(tracks: Sequence[SandboxTrack], opinion: str = "like") -> bytes:
    """Return a CSV in which each of these tracks has that opinion."""
    rows = [f"{track.spotify_url},{opinion}" for track in tracks]
    return "\n".join(["link,opinion", *rows, "nonsense,like", ""]).encode()
