"""The sandbox's open web: pages, oEmbed and short links of music sites, each under `/web/<its host>/`."""

from collections.abc import Callable, Mapping
from functools import cached_property

from aiohttp import web

from catalog.links import LinkKind, find_links
from catalog.models import Service
from sandbox import web_ids
from sandbox.catalogue import Catalogue
from sandbox.itunes import album_id, track_id
from sandbox.records import SandboxAlbum, SandboxTrack
from sandbox.web_pages import Json, album_data, as_list, collected, page, song_data, without_links

PREFIX = "/web"
NOT_FOUND = "<html><head><title>404</title></head></html>"
Answer = web.StreamResponse


class SandboxWeb:
    """What stands on the web of the sandbox's tracks.

    Put an address into `redirects` to let it lead to another, into `pages` to have a page of a test's own, or into
    `videos` to have a video (title and channel) of which no service knows.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.redirects: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        self.videos: dict[str, tuple[str, str]] = {}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve every site."""
        router.add_get(f"{PREFIX}/{{host}}/{{path:.*}}", self._answer)

    def shorten(self, url: str, host: str = "on.soundcloud.com") -> str:
        """Return a short link that leads to an address."""
        folder = "s/" if host == "link.deezer.com" else ""
        short = f"https://{host}/{folder}{web_ids.short_code(url)}"
        self.redirects[short] = url
        return short

    def gather(self, track: SandboxTrack, host: str = "song.link") -> str:
        """Return the link of a page that names the track at all services."""
        address = f"https://{host}/{web_ids.slug(track.title)}-{track.index}"
        links = [track.spotify_url, track.deezer_url, apple_url(track), *web_ids.pages_of(track)]
        self.pages[address] = collected(f"{track.full_title} by {track.byline}", links)
        return address

    async def _answer(self, request: web.Request) -> Answer:
        host, path = request.match_info["host"], request.match_info["path"]
        address = f"https://{host}/{path}"
        if address in self.redirects:
            return web.Response(status=302, headers={"Location": self.redirects[address]})
        if address in self.pages:
            return _html(self.pages[address])
        if path == "oembed":
            return self._oembed(request.query.get("url", ""))
        text = self._page(f"{address}?{request.query_string}")
        return _html(text) if text is not None else _html(NOT_FOUND, 404)

    def _oembed(self, url: str) -> Answer:
        """Answer as YouTube and SoundCloud do: 400 for what is no link, 404 for what is not there."""
        link = next((each for each in find_links(url) if each.kind in (LinkKind.TRACK, LinkKind.ALBUM)), None)
        if link is None:
            return web.Response(status=400, text="Bad Request")
        if link.kind is LinkKind.ALBUM:
            said = self._list_of_videos(link.id)
        else:
            said = self._video(link.id) if link.service is Service.YOUTUBE else self._upload(link.id)
        if said is None:
            return web.Response(status=404, text="Not Found")
        title, author = said
        return web.json_response({"title": title, "author_name": author, "type": "rich", "version": "1.0"})

    def _video(self, video: str) -> tuple[str, str] | None:
        track = self._by_video.get(video)
        return self.videos.get(video) or (web_ids.video_of(track) if track is not None else None)

    def _list_of_videos(self, playlist: str) -> tuple[str, str] | None:
        album = self._albums[Service.YOUTUBE].get(playlist)
        return (f"Album - {album.title}", f"{album.artist.name} - Topic") if album is not None else None

    def _upload(self, name: str) -> tuple[str, str] | None:
        track = self._by_upload.get(name)
        return (f"{track.full_title} by {track.artist.name}", track.artist.name) if track is not None else None

    def _page(self, url: str) -> str | None:
        link = next(iter(find_links(url)), None)
        if link is None:
            return None
        if link.kind is LinkKind.ALBUM:
            album = self._albums.get(link.service, {}).get(link.id)
            return _ALBUM_PAGES[link.service](self.catalogue, album) if album is not None else None
        track = self._tracks.get(link.service, {}).get(link.id) if link.kind is LinkKind.TRACK else None
        return _TRACK_PAGES[link.service](track) if track is not None else None

    @cached_property
    def _by_video(self) -> dict[str, SandboxTrack]:
        return {web_ids.youtube_id(track): track for track in self.catalogue.tracks}

    @cached_property
    def _by_upload(self) -> dict[str, SandboxTrack]:
        return {web_ids.soundcloud_id(track): track for track in self.catalogue.tracks}

    @cached_property
    def _tracks(self) -> Mapping[Service, Mapping[str, SandboxTrack]]:
        tracks = self.catalogue.tracks
        return {
            Service.TIDAL: {str(web_ids.tidal_id(track)): track for track in tracks},
            Service.BANDCAMP: {web_ids.bandcamp_id(track): track for track in tracks},
            Service.APPLE: {str(track_id(track)): track for track in tracks},
        }

    @cached_property
    def _albums(self) -> Mapping[Service, Mapping[str, SandboxAlbum]]:
        return {
            Service.BANDCAMP: {web_ids.bandcamp_album_id(album): album for album in self.catalogue.albums},
            Service.APPLE: {str(album_id(album)): album for album in self.catalogue.albums},
            Service.TIDAL: {str(web_ids.tidal_album_id(album)): album for album in self.catalogue.albums},
            Service.YOUTUBE: {web_ids.youtube_album_id(album): album for album in self.catalogue.albums},
        }


def apple_url(track: SandboxTrack) -> str:
    """Return the link that people paste of a track at Apple Music."""
    return f"{apple_album_url(track.album)}?i={track_id(track)}"


def apple_album_url(album: SandboxAlbum) -> str:
    """Return the link that people paste of an album at Apple Music."""
    return f"https://music.apple.com/us/album/{web_ids.slug(album.title)}/{album_id(album)}"


def _tidal(track: SandboxTrack) -> str:
    """Name the track in meta tags alone."""
    return page(f"{track.byline} - {track.full_title}", {"og:site_name": "TIDAL"})


def _bandcamp(track: SandboxTrack) -> str:
    """Name the track in JSON-LD too, in Bandcamp's own spelling of durations."""
    data = song_data(track, "P%02dH%02dM%02dS")
    return page(f"{track.full_title}, by {track.artist.name}", {"og:site_name": track.artist.name}, data)


def _apple(track: SandboxTrack) -> str:
    """Wrap the recording in a composition, as Apple does."""
    data = {"@type": "MusicComposition", "name": track.full_title, "audio": song_data(track, "PT%dH%dM%dS")}
    return page(f"\u200e{track.full_title} by {track.byline} on Apple Music", {}, data)


def _bandcamp_album(catalogue: Catalogue, album: SandboxAlbum) -> str:
    data = album_data(catalogue, album, "P%02dH%02dM%02dS")
    return page(f"{album.title}, by {album.artist.name}", {}, {**data, "track": as_list(data["track"])})


def _apple_album(catalogue: Catalogue, album: SandboxAlbum) -> str:
    data = album_data(catalogue, album, "PT%dH%dM%dS")
    tracks: list[Json] = [without_links(row) for row in data["track"]]
    return page(f"\u200e{album.title} by {album.artist.name} on Apple Music", {}, {**data, "track": tracks})


def _tidal_album(_catalogue: Catalogue, album: SandboxAlbum) -> str:
    """Name the album in meta tags alone."""
    return page(f"{album.artist.name} - {album.title}", {"og:site_name": "TIDAL", "og:type": "music.album"})


def _youtube_album(_catalogue: Catalogue, _album: SandboxAlbum) -> str:
    """Name nothing, as a page that a script draws."""
    return page("YouTube Music", {})


_TRACK_PAGES: Mapping[Service, Callable[[SandboxTrack], str]] = {
    Service.TIDAL: _tidal,
    Service.BANDCAMP: _bandcamp,
    Service.APPLE: _apple,
}
_ALBUM_PAGES: Mapping[Service, Callable[[Catalogue, SandboxAlbum], str]] = {
    Service.BANDCAMP: _bandcamp_album,
    Service.APPLE: _apple_album,
    Service.TIDAL: _tidal_album,
    Service.YOUTUBE: _youtube_album,
}


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
