"""The sandbox's open web: pages, oEmbed and short links, as the sites write them."""

import aiohttp
import pytest

from catalog.links import LinkKind, find_links
from catalog.models import Service
from catalog.pages import read_page, readings_of, release_on, track_on
from sandbox import web_ids
from sandbox.catalogue import Catalogue
from sandbox.faults import FaultKind
from sandbox.server import Sandbox
from sandbox.web import apple_album_url, apple_url
from tests.fixtures.services import Caller

PLACES = {
    Service.YOUTUBE: web_ids.youtube_url,
    Service.TIDAL: web_ids.tidal_url,
    Service.SOUNDCLOUD: web_ids.soundcloud_url,
    Service.BANDCAMP: web_ids.bandcamp_url,
    Service.APPLE: apple_url,
}


@pytest.fixture
def sites(web: aiohttp.ClientSession, sandbox: Sandbox) -> Caller:
    """Ask the sandbox's web."""
    return Caller(web, sandbox.web_base)


def test_every_track_has_links_of_its_own(catalogue: Catalogue) -> None:
    """Each is what the product takes for a link of that service, and no two tracks share one."""
    for service, url_of in PLACES.items():
        urls = [url_of(track) for track in catalogue.tracks]
        assert len(set(urls)) == len(urls)
        links = [link for url in urls for link in find_links(url)]
        assert {(link.service, link.kind) for link in links} == {(service, LinkKind.TRACK)}
        assert len(links) == len(urls)


async def test_pages_name_their_track(sites: Caller, catalogue: Catalogue) -> None:
    """In a title alone or in data for machines; what is not there is 404."""
    track = catalogue.tracks[0]
    tidal = await sites.get(f"/tidal.com/track/{web_ids.tidal_id(track)}")
    assert readings_of(read_page(tidal.body))[0].title == track.full_title
    for url in (web_ids.bandcamp_url(track), apple_url(track)):
        page = await sites.get("/" + url.removeprefix("https://"))
        found = track_on(read_page(page.body))
        assert found is not None
        assert (found.title, found.byline) == (track.full_title, track.byline)
        assert abs((found.duration_ms or 0) - track.duration_ms) <= 500
    assert (await sites.get("/tidal.com/track/1")).status == 404
    assert (await sites.get("/evil.example/x")).status == 404


async def test_album_pages_list_their_tracks(sites: Caller, catalogue: Catalogue) -> None:
    """Wrapped or bare."""
    album = next(album for album in catalogue.albums if album.total_tracks > 3)
    for url in (web_ids.bandcamp_album_url(album), apple_album_url(album)):
        release = release_on(read_page((await sites.get("/" + url.removeprefix("https://"))).body))
        assert release is not None
        assert [track.title for track in release.tracks] == [each.full_title for each in catalogue.tracks_on(album)]


async def test_oembed_says_title_and_author(sites: Caller, sandbox: Sandbox, catalogue: Catalogue) -> None:
    """A link that is none is 400, a video that is none 404; a test's own video is there."""
    track = catalogue.tracks[0]
    video = await sites.get("/www.youtube.com/oembed", url=web_ids.youtube_url(track), format="json")
    assert (video.body["title"], video.body["author_name"]) == web_ids.video_of(track)
    upload = await sites.get("/soundcloud.com/oembed", url=web_ids.soundcloud_url(track))
    assert upload.body["title"] == f"{track.full_title} by {track.artist.name}"
    assert (await sites.get("/www.youtube.com/oembed", url="x")).status == 400
    assert (await sites.get("/www.youtube.com/oembed", url="https://youtu.be/AAAAAAAAAAA")).status == 404
    sandbox.web.videos["AAAAAAAAAAA"] = ("Title", "Channel")
    assert (await sites.get("/www.youtube.com/oembed", url="https://youtu.be/AAAAAAAAAAA")).body["title"] == "Title"


async def test_short_links_and_gathered_pages(sites: Caller, sandbox: Sandbox, catalogue: Catalogue) -> None:
    """A shortener redirects, a page of song.link names all services."""
    track = catalogue.shareable[0]
    short = sandbox.web.shorten(track.deezer_url, "link.deezer.com")
    assert find_links(short)[0].kind is LinkKind.SHORT
    answer = await sites.get("/" + short.removeprefix("https://"))
    assert (answer.status, answer.headers["Location"]) == (302, track.deezer_url)
    page = await sites.get("/" + sandbox.web.gather(track).removeprefix("https://"))
    services = {link.service for link in find_links(page.body.replace("\\/", "/"))}
    assert services == set(Service) - {Service.SHORT}


async def test_the_web_can_fail_by_itself(sites: Caller, sandbox: Sandbox, deezer_api: Caller) -> None:
    """Faults of the service `web` strike nobody else, and its calls are its own in the log."""
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "web", times=None)
    assert (await sites.get("/tidal.com/track/1")).status == 503
    assert (await deezer_api.get("/track/1")).status == 200
    assert sandbox.calls.count("web") == 1
