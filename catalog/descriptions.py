"""Ask the site that a link leads to what it is: its oEmbed, Apple's lookup, or its page."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.errors import CatalogError
from catalog.itunes import ITunes
from catalog.links import Link
from catalog.models import Artist, Service, Track
from catalog.pages import Page, duration_on, read_page, readings_of, track_on
from catalog.titles import Reading, read_upload, read_video
from catalog.web import Web

log = logging.getLogger(__name__)

YOUTUBE_OEMBED = "https://www.youtube.com/oembed"
SOUNDCLOUD_OEMBED = "https://soundcloud.com/oembed"


@dataclass(frozen=True, slots=True)
class Description:
    """What a site says of a link.

    `readings` are tracks that it may be, the likeliest first, without refs; `words` is all that was said, for what
    may be meant by it; `vouched` tells that the site is about music and its first reading is a track, even if no
    other service has it; `likely` that it is worth a search wherever one costs.
    """

    readings: tuple[Track, ...] = ()
    words: str = ""
    vouched: bool = False
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview of a link shows that somebody else has made of its page: a title, and perhaps who uploaded it."""

    title: str
    author: str = ""


class Describer:
    """Describe links to tracks; None is a miss, an error of the tree means that the site could not be asked."""

    def __init__(self, web: Web, itunes: ITunes | None = None) -> None:
        self._web = web
        self._itunes = itunes

    async def describe(self, link: Link, shown: Shown | None = None) -> Description | None:
        """Return what the site of a link says of it; where it says nothing, what a preview shows of it."""
        said = await self._ask(link)
        if shown is None or (said is not None and said.readings):
            return said
        return described_by(link, shown) or said

    async def _ask(self, link: Link) -> Description | None:
        match link.service:
            case Service.YOUTUBE:
                said = await self._web.oembed(link.service, YOUTUBE_OEMBED, link.url)
                return _video(*title_and_author(said)) if said is not None else None
            case Service.SOUNDCLOUD:
                said = await self._web.oembed(link.service, SOUNDCLOUD_OEMBED, link.url)
                return _upload(*title_and_author(said)) if said is not None else None
            case Service.APPLE:
                return await self._apple(link) or await self._page(link)
            case _:
                return await self._page(link)

    async def _apple(self, link: Link) -> Description | None:
        """Return what Apple's lookup says in the link's own shop; its page says the same, less exactly."""
        if self._itunes is None:
            return None
        try:
            found = (await self._itunes.tracks_in(link.market).fetch([link.id]))[link.id]
        except CatalogError as error:
            log.info("Apple's lookup cannot be asked, its page will be: %s", error)
            return None
        return _told(found.track) if found is not None else None

    async def _page(self, link: Link) -> Description | None:
        text = await self._web.page(link.service, link.url)
        if text is None:
            return None
        page = read_page(text)
        track = track_on(page)
        return _told(track) if track is not None else _titled(page)


def _video(title: str, channel: str) -> Description:
    readings = read_video(title, channel)
    said_so = bool(readings) and readings[0].sure
    described = _described(readings, f"{title} {channel}", vouched=said_so)
    return replace(described, likely=said_so or (bool(readings) and readings[0].own))


def _upload(title: str, owner: str) -> Description:
    readings = read_upload(title.removesuffix(f" by {owner}"), owner)
    return _described(readings, f"{title} {owner}", vouched=bool(readings))


def _titled(page: Page) -> Description:
    readings = readings_of(page)
    words = " ".join(f"{reading.artist} {reading.title}" for reading in readings[:1])
    return _described(readings, words, vouched=bool(readings), duration_ms=duration_on(page))


def described_by(link: Link, shown: Shown) -> Description | None:
    """Return what a preview says, which is made of the same titles as the site's own answer."""
    match link.service:
        case Service.YOUTUBE:
            said = _video(shown.title, shown.author)
        case Service.SOUNDCLOUD:
            said = _upload(shown.title, shown.author)
        case _:
            said = _titled(Page({"og:title": shown.title}))
    return said if said.readings else None


def _told(track: Track) -> Description:
    return Description((track,), f"{track.title} {track.byline}", vouched=True, likely=True)


def _described(
    readings: tuple[Reading, ...], words: str, *, vouched: bool, duration_ms: int | None = None
) -> Description:
    tracks = (Track(each.title, (Artist(each.artist),), duration_ms=duration_ms) for each in readings)
    return Description(tuple(tracks), words, vouched, likely=vouched)


def title_and_author(said: Mapping[str, object]) -> tuple[str, str]:
    """Return what an oEmbed answer calls the upload, and who it says has made it."""
    return _text(said.get("title")), _text(said.get("author_name"))


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
