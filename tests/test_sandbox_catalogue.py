"""The generated catalogue: large, fictional, the same for a seed, and with the traps of real ones."""

import re
from collections import Counter

from sandbox.catalogue import Catalogue, make_catalogue
from sandbox.generate import HOSTILE_TITLES
from sandbox.query import tokens


def test_seed_decides_everything(catalogue: Catalogue) -> None:
    """The same seed gives the same tracks, another seed other ones."""
    assert make_catalogue(catalogue.seed).tracks == catalogue.tracks
    assert make_catalogue(catalogue.seed + 1).tracks != catalogue.tracks


def test_catalogue_is_large_and_even(catalogue: Catalogue) -> None:
    """There are at least 1,400 tracks in 12 genres of about 12 artists each."""
    assert len(catalogue.tracks) >= 1_400
    assert len(catalogue.genres) == 12
    main = Counter(artist.genres[0] for artist in catalogue.artists)
    assert set(main.values()) == {12}
    assert min(len(catalogue.tracks_in(genre)) for genre in catalogue.genres) >= 90


def test_ids_are_unique_and_well_formed(catalogue: Catalogue) -> None:
    """Spotify ids have 22 base-62 characters, ISRCs twelve, and no id stands for two entries."""
    tracks = catalogue.tracks
    assert all(re.fullmatch(r"[0-9A-Za-z]{22}", track.spotify_id) for track in tracks)
    assert all(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", track.deezer_isrc) for track in tracks)
    assert len({track.spotify_id for track in tracks}) == len({track.deezer_id for track in tracks}) == len(tracks)
    assert len({artist.name for artist in catalogue.artists}) == len(catalogue.artists)


def test_one_isrc_is_one_recording(catalogue: Catalogue) -> None:
    """Re-releases share ISRC, recording and, within 1.5 s, duration; everything else has an ISRC of its own."""
    groups: dict[str, list[int]] = {}
    for track in catalogue.tracks:
        if track.isrc:
            groups.setdefault(track.isrc, []).append(track.index)
    by_index = {track.index: track for track in catalogue.tracks}
    shared = [[by_index[index] for index in group] for group in groups.values() if len(group) > 1]
    assert len(shared) >= 10
    for group in shared:
        assert len({track.recording for track in group}) == 1
        assert max(track.duration_ms for track in group) - min(track.duration_ms for track in group) <= 1_500


def test_versions_are_other_recordings(catalogue: Catalogue) -> None:
    """A live take or remix has the title of a track by the same artist, but its own recording and duration."""
    versions = [track for track in catalogue.tracks if track.version]
    assert len(versions) >= 20
    originals = {(track.artist, track.title): track for track in catalogue.tracks if not track.version}
    for version in versions:
        original = originals[version.artist, version.title]
        assert version.recording != original.recording
        assert abs(version.duration_ms - original.duration_ms) > 3_000


def test_services_disagree_a_little(catalogue: Catalogue) -> None:
    """Some tracks are missing from one service, some have a re-issue's ISRC on Deezer, some have no preview."""
    tracks = catalogue.tracks
    for odd in (
        [track for track in tracks if not track.on_deezer],
        [track for track in tracks if not track.on_spotify],
        [track for track in tracks if track.isrc and track.isrc != track.deezer_isrc],
        [track for track in tracks if track.isrc is None],
        [track for track in tracks if not track.has_preview],
    ):
        assert 0.003 < len(odd) / len(tracks) < 0.1
    assert sum(track.bpm == 0 for track in tracks) > len(tracks) / 2


def test_some_artists_straddle_two_genres(catalogue: Catalogue) -> None:
    """Straddlers have tracks in both of their genres, which are neighbours."""
    straddlers = [artist for artist in catalogue.artists if len(artist.genres) == 2]
    assert len(straddlers) == 24
    for artist in straddlers:
        assert artist.genres[1] in catalogue.genres[artist.genres[0]].neighbours
    both = [a for a in straddlers if set(a.genres) <= {t.genre for t in catalogue.tracks_of(a)}]
    assert len(both) >= 20


def test_related_artists_are_near(catalogue: Catalogue) -> None:
    """Related artists are of the same genres first, then of neighbouring ones, never the artist itself."""
    for artist in catalogue.artists:
        related = catalogue.related(artist)
        assert artist not in related
        assert len(related) == 20
        near = {*artist.genres, *catalogue.genres[artist.genres[0]].neighbours}
        assert all(near & set(other.genres) for other in related)
        assert set(artist.genres) & set(related[0].genres)


def test_hostile_titles_can_be_left_out(catalogue: Catalogue) -> None:
    """Titles that abuse markup are there by default, on both services, and absent when asked."""
    hostile = [track for track in catalogue.tracks if track.title in HOSTILE_TITLES]
    assert {track.title for track in hostile} == set(HOSTILE_TITLES)
    assert all(track.on_spotify and track.on_deezer for track in hostile)
    assert not any(track.title in HOSTILE_TITLES for track in make_catalogue(hostile=False).tracks)


def test_tokens_fold_case_accents_and_punctuation() -> None:
    """Search compares words as people mean them."""
    assert tokens("Don't Téll — (STRASSE)") == tokens("dont tell straße")
