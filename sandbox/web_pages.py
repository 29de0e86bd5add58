"""HTML as music sites write it for machines: Open Graph's meta tags and schema.org's JSON-LD."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from sandbox.catalogue import Catalogue
from sandbox.records import SandboxAlbum, SandboxTrack

Json = dict[str, Any]
PADDING = "<p>Discover music you love.</p>\n" * 40


def page(title: str, meta: Mapping[str, str], data: Json | None = None) -> str:
    """Return a page with a title, meta tags and perhaps JSON-LD."""
    tags = {"og:title": title, "og:type": "music.song", **meta}
    lines = [f'<meta property="{name}" content="{escape(text)}">' for name, text in tags.items()]
    if data is not None:
        body = json.dumps({"@context": "https://schema.org", **data}).replace("<", "\\u003c")
        lines.append(f'<script type="application/ld+json">{body}</script>')
    head = f"<title>{escape(title)}</title>{''.join(lines)}"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{PADDING}</body></html>"


def collected(title: str, links: Iterable[str]) -> str:
    """Return a page that names one track at many services, in the script that draws it."""
    rows = json.dumps({"links": [{"url": link} for link in links]}).replace("/", "\\/")
    script = f'<script id="__NEXT_DATA__" type="application/json">{rows}</script>'
    return f'<html><head><meta property="og:title" content="{escape(title)}"></head><body>{script}</body></html>'


def song_data(track: SandboxTrack, duration: str) -> Json:
    """Return a track as schema.org describes recordings; `duration` spells hours, minutes and seconds."""
    seconds = round(track.duration_ms / 1000)
    return {
        "@type": "MusicRecording",
        "@id": f"https://example.invalid/{track.index}",
        "name": track.full_title,
        "byArtist": [{"@type": "MusicGroup", "name": artist.name} for artist in track.artists],
        "duration": duration % (seconds // 3600, seconds // 60 % 60, seconds % 60),
        "inAlbum": {"@type": "MusicAlbum", "name": track.album.title},
    }


def album_data(catalogue: Catalogue, album: SandboxAlbum, duration: str) -> Json:
    """Return an album with its tracks."""
    return {
        "@type": "MusicAlbum",
        "name": album.title,
        "byArtist": {"@type": "MusicGroup", "name": album.artist.name},
        "track": [song_data(track, duration) for track in catalogue.tracks_on(album)],
    }


def as_list(rows: list[Json]) -> Json:
    """Return tracks as an ItemList, which is how Bandcamp wraps them."""
    elements = [{"@type": "ListItem", "position": place, "item": row} for place, row in enumerate(rows, 1)]
    return {"@type": "ItemList", "numberOfItems": len(rows), "itemListElement": elements}


def without_links(row: Json) -> Json:
    """Return a track without its id and artists, which an album's page may leave out."""
    return {name: value for name, value in row.items() if name not in ("@id", "byArtist", "inAlbum")}
