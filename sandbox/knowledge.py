"""What the knowledge services of the sandbox know of the catalogue: MBIDs, tags, neighbours, and how much of it."""

import random
import uuid
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sandbox.catalogue import Catalogue
from sandbox.records import SandboxArtist, SandboxTrack
from sandbox.tags import FOLK, NOISE, TAGS, respelt

# How much each service has of what Spotify and Deezer have, as people measured of the real ones.
MB_ISRC = 0.26  # 23-25 % of festival tracks have a Spotify link there, 26 % an ISRC
MB_LINK = 0.92  # of those with an ISRC
MB_ARTIST = 0.9
MB_ARTIST_LINK = 0.85
RECCO, RECCO_NEW = 0.78, 0.2  # old releases, and the newest
LABS_SPOTIFY = 0.67
LASTFM = 0.8
ITUNES = 0.95
NEW_FROM = 2021  # the catalogue ends about there: its last releases stand for the newest

TAGS_A_TRACK = 4
NOISE_SHARE = 0.35
STRAY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Known:
    """Where a track is known: at MusicBrainz by ISRC and by link, at ReccoBeats, the laboratory, Last.fm, Apple."""

    musicbrainz: bool
    linked: bool
    reccobeats: bool
    labs: bool
    lastfm: bool
    itunes: bool


@lru_cache(maxsize=4)
def knowledge_of(catalogue: Catalogue) -> "Knowledge":
    """Return what is known of a catalogue, worked out once for all that serve it."""
    return Knowledge(catalogue)


class Knowledge:
    """Everything is drawn from the seed and the thing's own number, so that no draw shifts another."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.seed = catalogue.seed

    def mbid(self, kind: str, number: int) -> str:
        """Return the id of a thing at MusicBrainz (or ReccoBeats, which has ids of the same form)."""
        return str(uuid.UUID(int=self._rng(f"mbid {kind} {number}").getrandbits(128), version=4))

    def recording_mbid(self, track: SandboxTrack) -> str:
        """Return a recording's MBID: entries that are one recording have one."""
        return self.mbid("recording", track.recording)

    def artist_mbid(self, artist: SandboxArtist) -> str:
        """Return an artist's MBID."""
        return self.mbid("artist", artist.deezer_id)

    @cached_property
    def known(self) -> dict[int, Known]:
        """Return where each track is known, by its index."""
        return {track.index: self._known(track) for track in self.catalogue.tracks}

    @cached_property
    def recordings(self) -> dict[str, SandboxTrack]:
        """Return the recordings that MusicBrainz has, by MBID."""
        found: dict[str, SandboxTrack] = {}
        for track in self.catalogue.tracks:
            if self.known[track.index].musicbrainz:
                found.setdefault(self.recording_mbid(track), track)
        return found

    @cached_property
    def artists(self) -> dict[str, SandboxArtist]:
        """Return the artists that MusicBrainz has, by MBID: those of its recordings, and most others."""
        credited = {artist for track in self.recordings.values() for artist in track.artists}
        return {
            self.artist_mbid(artist): artist
            for artist in self.catalogue.artists
            if artist in credited or self._toss(f"artist {artist.deezer_id}", MB_ARTIST)
        }

    @cached_property
    def linked_artists(self) -> dict[int, SandboxArtist]:
        """Return the artists whose Deezer page MusicBrainz knows, by their id there."""
        return {
            artist.deezer_id: artist
            for artist in self.artists.values()
            if self._toss(f"link {artist.deezer_id}", MB_ARTIST_LINK)
        }

    def artist_tags(self, artist: SandboxArtist) -> dict[str, int]:
        """Return an artist's tags with their counts: those of its genres, first the main one's, and some noise."""
        rng = self._rng(f"artist tags {artist.deezer_id}")
        tags: dict[str, int] = {}
        for weight, genre in zip((12.0, 6.0), artist.genres, strict=False):
            for place, tag in enumerate(TAGS[genre]):
                if place == 0 or rng.random() < 0.75:
                    count = max(1, round(weight * rng.uniform(0.6, 1.4) / (1 + place / 2)))
                    tags[tag] = max(tags.get(tag, 0), count)
        return self._with_noise(rng, tags, artist.genres[0])

    def track_tags(self, track: SandboxTrack) -> dict[str, int]:
        """Return a recording's tags: few, of its genre, with noise; often none."""
        rng = self._rng(f"track tags {track.recording}")
        if rng.random() < 0.25:
            return {}
        chosen = rng.sample(TAGS[track.genre], min(TAGS_A_TRACK, len(TAGS[track.genre])))
        tags = {tag: rng.randint(1, 5) for tag in chosen}
        return self._with_noise(rng, tags, track.genre)

    def similar_artists(self, artist: SandboxArtist) -> list[tuple[SandboxArtist, int]]:
        """Return artists that the same people hear, with a score: the nearest first, and one who does not belong."""
        rng = self._rng(f"similar {artist.deezer_id}")
        near = [other for other in self.catalogue.related(artist) if self.artist_mbid(other) in self.artists]
        stray = rng.choice(list(self.artists.values()))
        scores = sorted((rng.randint(40, 900) for _ in near), reverse=True)
        found = list(zip(near, scores, strict=True))
        return found if stray == artist or stray in near else [*found, (stray, rng.randint(10, 40))]

    def similar_tracks(self, track: SandboxTrack, limit: int = 50) -> list[tuple[SandboxTrack, int]]:
        """Return recordings that the same people hear: of the artist itself, of its genre and of its neighbours'."""
        rng = self._rng(f"similar tracks {track.recording}")
        circle = (track.artist, *self.catalogue.related(track.artist)[:8])
        others = (other for one in circle for other in self.catalogue.tracks_of(one))
        pool = [other for other in dict.fromkeys(others) if other.recording != track.recording]
        chosen = rng.sample(pool, min(limit, len(pool)))
        scored = [(other, rng.randint(20, 300) * (2 if other.genre == track.genre else 1)) for other in chosen]
        return sorted(scored, key=lambda pair: -pair[1])

    def _known(self, track: SandboxTrack) -> Known:
        # A recording is known as one, whichever of its entries is asked for.
        key = f"track {track.recording}"
        musicbrainz = self._toss(f"{key} mb", MB_ISRC)
        old = track.year < NEW_FROM
        return Known(
            musicbrainz=musicbrainz,
            linked=musicbrainz and self._toss(f"{key} link", MB_LINK),
            reccobeats=self._toss(f"{key} recco", RECCO if old else RECCO_NEW),
            labs=self._toss(f"{key} labs", LABS_SPOTIFY),
            lastfm=old and self._toss(f"{key} lastfm", LASTFM),
            itunes=self._toss(f"entry {track.index} itunes", ITUNES),
        )

    def _with_noise(self, rng: random.Random, tags: dict[str, int], genre: str) -> dict[str, int]:
        """Add what people write besides: moods, places, opinions, other spellings, and now and then a wrong genre."""
        for tag in rng.sample(FOLK, 3):
            if rng.random() < NOISE_SHARE:
                tags.setdefault(tag, rng.randint(1, 3))
        if rng.random() < NOISE_SHARE:
            tags.setdefault(rng.choice(NOISE), rng.randint(1, 6))
        if rng.random() < STRAY_SHARE:
            neighbour = rng.choice(self.catalogue.genres[genre].neighbours)
            tags.setdefault(rng.choice(TAGS[neighbour]), rng.randint(1, 2))
        for tag in [*tags]:
            if rng.random() < 0.1 and (other := respelt(tag)) not in tags:
                tags[other] = max(1, tags[tag] // 2)
        return tags

    def _toss(self, key: str, chance: float) -> bool:
        return self._rng(f"toss {key}").random() < chance

    def _rng(self, key: str) -> random.Random:
        return random.Random(f"knowledge {self.seed} {key}")
