"""Make the catalogue's artists, albums and tracks from a seed, with the traps that real catalogues hold."""

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sandbox.genres import GENRES, Genre, Manner, draw_manner, draw_sound
from sandbox.names import album_title, artist_name, surname, track_title
from sandbox.records import SandboxAlbum, SandboxArtist, SandboxTrack

DEFAULT_SEED = 20260105
ARTISTS_A_GENRE = 12
TRACKS_AN_ARTIST = 10
ALBUM_SIZES = (5, 4, 1)  # two albums and a single make the ten tracks of an artist
STRADDLERS_A_GENRE = 2
SECOND_GENRE_SHARE = 0.45
GUEST_SHARE = 0.08

# How often the services disagree: facts of real catalogues, in shares of all tracks.
NOT_ON_DEEZER = 0.02
NOT_ON_SPOTIFY = 0.02
REISSUE_ISRC = 0.05
NO_ISRC = 0.01
NO_PREVIEW = 0.03
NO_BPM = 0.6
VERSIONED = 0.04
TWINNED = 0.025

BASE62 = string.digits + string.ascii_letters
HOSTILE_TITLES = (
    "@everyone Come Dance",
    "**Bold** _Moves_ `code` ||spoiler|| ~~gone~~",
    "<@123456789012345678> <#1> <@&2> https://example.invalid/",
    "\u202edesreveR dna \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "A Title That Will Not Stop " * 12 + "End",
    "[Click](https://example.invalid/) # Heading\n> quote",
    "Zero\u200bWidth \U0001f9ff \u0130stanbul Stra\u00dfe \ufb01n",
    "'; DROP TABLE tracks; --",
)


def generate_tracks(seed: int, *, hostile: bool = True) -> list[SandboxTrack]:
    """Return all tracks of that seed; `hostile` renames the first track of some artists."""
    maker = _Maker(random.Random(f"catalogue {seed}"))
    tracks = [track for act in maker.acts() for track in maker.tracks_of(act)]
    if hostile:
        every = len(tracks) // len(HOSTILE_TITLES)
        for number, title in enumerate(HOSTILE_TITLES):
            place = number * every + every // 2
            tracks[place] = replace(tracks[place], title=title, on_spotify=True, on_deezer=True)
    return tracks + list(maker.variants(tracks))


@dataclass(frozen=True, slots=True)
class _Act:
    """An artist with the genres and manners that its tracks are drawn from."""

    artist: SandboxArtist
    genres: tuple[Genre, ...]
    manners: tuple[Manner, ...]


class _Maker:
    """Draw everything from one generator, in one order."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.index = 0
        self.isrcs = 0
        self.deezer_ids = iter(rng.sample(range(1_000_000, 900_000_000), 8_000))
        self.names: set[str] = set()
        self.roster: list[_Act] = []

    def acts(self) -> list[_Act]:
        """Return twelve artists a genre; the last ones of each straddle into a neighbouring genre."""
        by_name = {genre.name: genre for genre in GENRES}
        for genre in GENRES:
            for number in range(ARTISTS_A_GENRE):
                genres: tuple[Genre, ...] = (genre,)
                if number >= ARTISTS_A_GENRE - STRADDLERS_A_GENRE:
                    genres = (genre, by_name[self.rng.choice(genre.neighbours)])
                self.roster.append(self._act(genres))
        return self.roster

    def _act(self, genres: tuple[Genre, ...]) -> _Act:
        name = self._new_name(genres[0].name)
        fans = int(10 ** self.rng.uniform(2, 6.3))
        artist = SandboxArtist(name, self._spotify_id(), next(self.deezer_ids), tuple(g.name for g in genres), fans)
        return _Act(artist, genres, tuple(draw_manner(self.rng, genre) for genre in genres))

    def _new_name(self, genre: str) -> str:
        while (name := artist_name(self.rng, genre)) in self.names:
            continue
        self.names.add(name)
        return name

    def tracks_of(self, act: _Act) -> Iterator[SandboxTrack]:
        """Yield the artist's tracks, album by album."""
        titles = self._titles(act.genres[0].name)
        first, last = act.genres[0].years
        start = self.rng.randint(first, max(first, last - 6))
        for number, size in enumerate(ALBUM_SIZES):
            album_titles = [next(titles) for _ in range(size)]
            year = min(start + number * self.rng.randint(1, 3), last)
            album = self._album(act, album_titles, year)
            for position, title in enumerate(album_titles, start=1):
                yield self._track(act, album, title, position)

    def _titles(self, genre: str) -> Iterator[str]:
        seen: set[str] = set()
        while True:
            title = track_title(self.rng, genre)
            if title not in seen:
                seen.add(title)
                yield title

    def _album(self, act: _Act, titles: list[str], year: int) -> SandboxAlbum:
        single = len(titles) == 1
        title = titles[0] if single else album_title(self.rng, act.genres[0].name)
        return self._release(act.artist, title, "single" if single else "album", year, len(titles))

    def _release(self, artist: SandboxArtist, title: str, kind: str, year: int, size: int) -> SandboxAlbum:
        day = date(year, 1, 1) + timedelta(days=self.rng.randrange(360))
        return SandboxAlbum(
            title, self._spotify_id(), next(self.deezer_ids), artist, kind, day.isoformat(), size, artist.genres[0]
        )

    def _track(self, act: _Act, album: SandboxAlbum, title: str, position: int) -> SandboxTrack:
        rng = self.rng
        style = int(len(act.genres) > 1 and rng.random() < SECOND_GENRE_SHARE)
        genre = act.genres[style]
        sound = draw_sound(rng, genre, act.manners[style])
        isrc = self._isrc(album)
        self.index += 1
        return SandboxTrack(
            index=self.index,
            recording=self.index,
            title=title,
            version="",
            artists=(act.artist, *self._guests(act)),
            album=album,
            track_number=position,
            spotify_id=self._spotify_id(),
            on_spotify=rng.random() >= NOT_ON_SPOTIFY,
            deezer_id=next(self.deezer_ids),
            on_deezer=rng.random() >= NOT_ON_DEEZER,
            isrc=None if rng.random() < NO_ISRC else isrc,
            deezer_isrc=self._isrc(album) if rng.random() < REISSUE_ISRC else isrc,
            duration_ms=rng.randint(125_000, 345_000),
            explicit=rng.random() < genre.explicit,
            rank=min(999_999, int(90_000 * rng.random() + 130_000 * len(str(act.artist.fans)) * rng.random())),
            gain=round(-18.0 - sound.loudness + rng.gauss(0, 0.8), 1),
            bpm=0 if rng.random() < NO_BPM else round(sound.tempo, 1),
            has_preview=rng.random() >= NO_PREVIEW,
            genre=genre.name,
            sound=sound,
        )

    def _guests(self, act: _Act) -> tuple[SandboxArtist, ...]:
        if self.rng.random() >= GUEST_SHARE:
            return ()
        guest = self.rng.choice(self.roster).artist
        return () if guest == act.artist else (guest,)

    def variants(self, tracks: list[SandboxTrack]) -> Iterator[SandboxTrack]:
        """Yield live takes and remixes (other recordings), and re-releases (the same recording, another id)."""
        for track in tracks:
            toss = self.rng.random()
            if toss < VERSIONED / 2:
                yield self._live(track)
            elif toss < VERSIONED:
                yield self._remix(track)
            elif toss < VERSIONED + TWINNED:
                yield self._twin(track)

    def _live(self, track: SandboxTrack) -> SandboxTrack:
        place = f"Live at {surname(self.rng)} Hall"
        sound = replace(
            track.sound,
            space=min(1.0, track.sound.space + 0.25),
            tempo=round(track.sound.tempo * self.rng.uniform(1.0, 1.06), 2),
            seed=self.rng.getrandbits(32),
        )
        longer = track.duration_ms + self.rng.randint(9_000, 70_000)
        return self._version(track, place, place, longer, replace(track, sound=sound))

    def _remix(self, track: SandboxTrack) -> SandboxTrack:
        act = self.rng.choice(self.roster)
        sound = draw_sound(self.rng, act.genres[0], act.manners[0])
        changed = replace(track, sound=sound, genre=act.genres[0].name)
        name = f"{act.artist.name} Remix"
        return self._version(track, name, f"{track.title} Remixed", track.duration_ms - 5_000, changed)

    def _version(
        self, track: SandboxTrack, version: str, album: str, duration_ms: int, base: SandboxTrack
    ) -> SandboxTrack:
        self.index += 1
        release = self._release(track.artist, album, "single", min(track.year + 1, 2026), 1)
        isrc = self._isrc(release)
        entry = self._relisted(base, release)
        return replace(
            entry, recording=self.index, version=version, isrc=isrc, deezer_isrc=isrc, duration_ms=duration_ms
        )

    def _twin(self, track: SandboxTrack) -> SandboxTrack:
        self.index += 1
        title = f"{track.album.title} (Deluxe Edition)"
        release = self._release(track.artist, title, "compilation", min(track.year + 2, 2026), 1)
        shift = self.rng.randint(-1_500, 1_500)
        return replace(self._relisted(track, release), duration_ms=track.duration_ms + shift)

    def _relisted(self, track: SandboxTrack, album: SandboxAlbum) -> SandboxTrack:
        return replace(
            track, index=self.index, album=album, track_number=1, spotify_id=self._spotify_id(), on_spotify=True,
            deezer_id=next(self.deezer_ids), on_deezer=True, rank=track.rank // 2,
        )  # fmt: skip

    def _spotify_id(self) -> str:
        return "".join(self.rng.choices(BASE62, k=22))

    def _isrc(self, album: SandboxAlbum) -> str:
        """Return a code under XZ, a country that ISO never assigns, unique by its running number."""
        self.isrcs += 1
        return f"XZTB0{album.release_date[2:4]}{self.isrcs:05d}"
