"""Audio features as Spotify once measured them: ReccoBeats has most of them, an old app gets them all."""

import random

from aiohttp import web

from sandbox.accounts import Session
from sandbox.records import SandboxTrack
from sandbox.replies import spotify_error
from sandbox.sound import Groove, Mode, Timbre
from sandbox.spotify import Handler, SandboxSpotify
from sandbox.spotify_shapes import Json

MOST = 100
UNPLUGGED = {
    Timbre.PLUCK: 0.75,
    Timbre.SINE: 0.6,
    Timbre.FM: 0.35,
    Timbre.SQUARE: 0.12,
    Timbre.SAW: 0.1,
    Timbre.NOISE: 0.08,
}
STEADY = {Groove.FOUR: 0.85, Groove.SKANK: 0.75, Groove.BACKBEAT: 0.65, Groove.SHUFFLE: 0.55, Groove.BREAK: 0.5,
          Groove.BLAST: 0.3, Groove.NONE: 0.25}  # fmt: skip
WRONG_KEY, WRONG_OCTAVE = 0.08, 0.06  # the relative key of the other mode, and half or twice the tempo


def measure(track: SandboxTrack) -> Json:
    """Return the numbers of a recording, with the errors that measuring has."""
    rng, sound = random.Random(f"measured {track.recording}"), track.sound
    loudness = max(-30.0, min(-2.0, sound.loudness + 5 + rng.gauss(0, 0.8)))
    major = sound.mode in (Mode.MAJOR, Mode.PENTATONIC)
    key, mode = sound.root, int(major)
    if rng.random() < WRONG_KEY:
        key, mode = (key + (9 if major else 3)) % 12, 1 - mode
    tempo = sound.tempo * (rng.choice((0.5, 2.0)) if rng.random() < WRONG_OCTAVE else 1.0)
    energy = 0.45 * (loudness + 30) / 28 + 0.3 * sound.grit + 0.2 * sound.drums + 0.15 * sound.density
    return {
        "acousticness": _share(rng, UNPLUGGED[sound.timbre] * (1 - 0.5 * sound.grit)),
        "danceability": _share(rng, STEADY[sound.groove] * (0.6 + 0.4 * sound.drums)),
        "energy": _share(rng, energy),
        "instrumentalness": _share(rng, 0.2 + 0.6 * sound.space),
        "key": key,
        "liveness": _share(rng, 0.75 if track.version.startswith("Live") else 0.15),
        "loudness": round(loudness, 3),
        "mode": mode,
        "speechiness": _share(rng, 0.25 if track.explicit else 0.05),
        "tempo": round(tempo + rng.gauss(0, 0.3), 3),
        "valence": _share(rng, 0.3 + 0.3 * major + 0.3 * sound.brightness - 0.2 * sound.grit),
    }


def endpoints(spotify: SandboxSpotify) -> list[tuple[str, str, Handler, bool]]:
    """Return the endpoint that old apps have."""

    async def features(request: web.Request, _: Session) -> web.Response:
        if not spotify.old_app:
            raise spotify_error(403, "Forbidden")
        ids = [each for each in request.query.get("ids", "").split(",") if each]
        if not 1 <= len(ids) <= MOST:
            raise spotify_error(400, "invalid request")
        return web.json_response({"audio_features": [_row(spotify, each) for each in ids]})

    return [("GET", "/audio-features", features, False)]


def _row(spotify: SandboxSpotify, spotify_id: str) -> Json | None:
    track = spotify.catalogue.by_spotify_id.get(spotify_id)
    if track is None:
        return None
    own = {"id": track.spotify_id, "uri": track.spotify_uri, "type": "audio_features", "time_signature": 4}
    return {**measure(track), **own, "duration_ms": track.duration_ms}


def _share(rng: random.Random, value: float) -> float:
    return round(min(max(value + rng.gauss(0, 0.05), 0.0), 1.0), 4)
