"""Find where tracks stand on Spotify without asking Spotify: many in one call, by the laboratory of ListenBrainz."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.errors import CatalogError
from catalog.labs import Named
from catalog.matching import gate
from catalog.models import Pick, Service, Track, TrackRef
from catalog.sources import Sources
from storage.stores import Storage

CLAIMS = 2
"""Ids looked at for each name: the first is the best, the next ones are mostly other editions."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a Spotify id: the track as we keep it, or as ReccoBeats tells of it."""

    kept: Mapping[str, Track]
    elsewhere: Mapping[str, Track]

    def of(self, spotify_id: str) -> Track | None:
        """Return what is known of the id."""
        return self.kept.get(spotify_id) or self.elsewhere.get(spotify_id)


class Placer:
    """Turn names and MBIDs into Spotify ids; what it cannot ask it does not find.

    The laboratory matches by name alone. An id is believed, and kept, where what else is known of it passes the gate;
    where nothing is, it will do for a playlist, and is not kept: a wrong one would make two tracks one for ever.
    """

    def __init__(self, storage: Storage, sources: Sources) -> None:
        self._storage = storage
        self._labs = sources.labs
        self._reccobeats = sources.reccobeats

    async def foresee(self, tracks: Sequence[Track]) -> None:
        """Ask for the ids of many tracks now, so that `recalled` finds them when somebody waits."""
        names = [_name(track) for track in tracks if track.artists and not track.spotify_id]
        await self._claims(names, ask=True)

    async def placed(self, picks: Sequence[Pick]) -> list[Pick]:
        """Return the same picks in the same order, with the ids that others could be asked for."""
        return await self._filled(picks, ask=True)

    async def recalled(self, picks: Sequence[Pick]) -> list[Pick]:
        """Return the same picks in the same order, with the ids that others were asked for before; nobody is asked."""
        return await self._filled(picks, ask=False)

    async def _filled(self, picks: Sequence[Pick], *, ask: bool) -> list[Pick]:
        found = await self._place([pick.track for pick in picks], ask=ask)
        return [replace(pick, track=found.get(pick.track.id or 0, pick.track)) for pick in picks]

    async def _place(self, tracks: Sequence[Track], *, ask: bool) -> dict[int, Track]:
        """Return those tracks, by the id they have, that were found on Spotify: with their id there, as kept now."""
        names = {track.id: _name(track) for track in tracks if track.id and track.artists and not track.spotify_id}
        claims = await self._claims(list(names.values()), ask=ask)
        ids = {track_id: (claims.get(name) or ())[:CLAIMS] for track_id, name in names.items()}
        told = await self._told([each for own in ids.values() for each in own], ask=ask)
        found = {}
        for track in tracks:
            if track.id is not None and (placed := await self._on_spotify(track, ids.get(track.id, ()), told)):
                found[track.id] = placed
        return found

    async def _claims(self, names: Sequence[Named], *, ask: bool) -> Mapping[Named, tuple[str, ...] | None]:
        if self._labs is None or not names:
            return {}
        try:
            return await (self._labs.spotify_ids.fetch(names) if ask else self._labs.spotify_ids.known(names))
        except CatalogError as error:
            log.info("Ids are searched for one by one: %s", error)
            return {}

    async def told_of(self, named: Mapping[str, Track]) -> dict[str, Track]:
        """Return tracks by their MBID as ReccoBeats tells of them: with Spotify id, length and ISRC."""
        if self._labs is None or self._reccobeats is None or not named:
            return {}
        try:
            claims = await self._labs.spotify_ids_of.fetch(named)
            ids = {mbid: (claims[mbid] or ())[:CLAIMS] for mbid in named}
            known = await self._reccobeats.tracks.fetch([each for own in ids.values() for each in own])
        except CatalogError as error:
            log.info("Tracks near others come with their names alone: %s", error)
            return {}
        return {
            mbid: track
            for mbid, own in ids.items()
            for each in reversed(own)
            if (track := known[each]) is not None and gate(named[mbid], track)
        }

    async def _on_spotify(self, track: Track, ids: Sequence[str], told: _Told) -> Track | None:
        for each in ids:
            other = told.of(each)
            if other is not None and gate(track, other):
                return await self._storage.tracks.save(track.with_ref(TrackRef(Service.SPOTIFY, each)))
        unknown = next((each for each in ids if told.of(each) is None), None)
        return track.with_ref(TrackRef(Service.SPOTIFY, unknown)) if unknown is not None else None

    async def _told(self, ids: Sequence[str], *, ask: bool) -> _Told:
        stored = await self._storage.tracks.by_refs([TrackRef(Service.SPOTIFY, each) for each in ids])
        kept = {ref.id: track for ref, track in stored.items() if not track.is_placeholder}
        return _Told(kept, await self._elsewhere([each for each in ids if each not in kept], ask=ask))

    async def _elsewhere(self, ids: Sequence[str], *, ask: bool) -> dict[str, Track]:
        if self._reccobeats is None or not ids:
            return {}
        try:
            found = await (self._reccobeats.tracks.fetch(ids) if ask else self._reccobeats.tracks.known(ids))
        except CatalogError as error:
            log.info("Ids are taken without what ReccoBeats tells of them: %s", error)
            return {}
        return {spotify_id: track for spotify_id, track in found.items() if track is not None}


def _name(track: Track) -> Named:
    return track.artists[0].name, track.album or "", track.title
