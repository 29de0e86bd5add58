"""The thirteen numbers that Spotify once measured of a track, and ReccoBeats answers in the same form."""

from dataclasses import dataclass

from catalog.reading import Row, number, whole


@dataclass(frozen=True, slots=True)
class AudioFeatures:
    """Audio features of one track: shares from 0 to 1, loudness in dB, tempo in beats a minute.

    `key` counts semitones above C, `mode` is 1 for major; None stands for what the service does not know.
    """

    acousticness: float | None = None
    danceability: float | None = None
    energy: float | None = None
    instrumentalness: float | None = None
    key: int | None = None
    liveness: float | None = None
    loudness: float | None = None
    mode: int | None = None
    speechiness: float | None = None
    tempo: float | None = None
    valence: float | None = None


_SHARES = ("acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence")


def read_features(row: Row) -> AudioFeatures | None:
    """Return the features of a JSON object, None if it has none at all."""
    key, mode, tempo = whole(row.get("key")), whole(row.get("mode")), number(row.get("tempo"))
    features = AudioFeatures(
        **{name: number(row.get(name)) for name in _SHARES},
        loudness=number(row.get("loudness")),
        # A key of -1 and a tempo of 0 are how "not found" is written.
        key=key if key is not None and 0 <= key <= 11 else None,
        mode=mode if mode in (0, 1) else None,
        tempo=tempo or None,
    )
    return None if features == AudioFeatures() else features
