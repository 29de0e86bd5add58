"""Picks as rows, kept whole, so that a list of last year reads as it did then."""

from typing import Any

from sqlalchemy import Row

from catalog.models import Artist, Pick, Service, Slot, Track, TrackRef


def to_row(drop_id: int, position: int, pick: Pick) -> dict[str, Any]:
    """Return the pick as a row of that drop; its track must have been saved."""
    track = pick.track
    if track.id is None:
        raise ValueError(f"{track.label} must be saved before it can be picked.")
    return {
        "drop_id": drop_id,
        "position": position,
        "track_id": track.id,
        "title": track.title,
        "artists": [[artist.name, artist.deezer_id, artist.id] for artist in track.artists],
        "refs": [[ref.service.value, ref.id] for ref in track.refs],
        "album": track.album,
        "year": track.year,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "isrc": track.isrc,
        "score": float(pick.score),
        "reasons": list(pick.reasons),
        "origins": list(pick.origins),
        "explores": pick.explores,
        "shared_by": list(pick.shared_by),
        "std": float(pick.std),
        "propensity": float(pick.propensity),
        "slot": pick.slot.value,
        "made_for": list(pick.made_for),
    }


def from_row(row: Row[Any]) -> Pick:
    """Return the row as the pick it was."""
    track = Track(
        title=row.title,
        artists=tuple(Artist(name, deezer_id, artist_id) for name, deezer_id, artist_id in row.artists),
        refs=tuple(TrackRef(Service(service), ref) for service, ref in row.refs),
        duration_ms=row.duration_ms,
        isrc=row.isrc,
        album=row.album,
        year=row.year,
        explicit=row.explicit,
        id=row.track_id,
    )
    return Pick(
        track=track,
        score=row.score,
        reasons=tuple(row.reasons),
        origins=tuple(row.origins),
        explores=row.explores,
        shared_by=tuple(row.shared_by),
        std=row.std,
        propensity=row.propensity,
        slot=Slot(row.slot),
        made_for=tuple(row.made_for),
    )
