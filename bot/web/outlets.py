"""Where a track can be heard: its page at each service that is known to have it, and searches at the others. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bot.text import clean
from catalog.links import link_of
from catalog.models import Service, Track

NAMES: Mapping[Service, str] = {
    Service.SPOTIFY: "Spotify",
    Service.DEEZER: "Deezer",
    Service.APPLE: "Apple Music",
    Service.YOUTUBE: "YouTube",
    Service.TIDAL: "Tidal",
    Service.BANDCAMP: "Bandcamp",
    Service.SOUNDCLOUD: "SoundCloud",
}
SEARCHES: Mapping[Service, str] = {
    Service.SPOTIFY: "https://open.spotify.com/search/{}",
    Service.DEEZER: "https://www.deezer.com/search/{}",
    Service.APPLE: "https://music.apple.com/search?term={}",
    Service.YOUTUBE: "https://music.youtube.com/search?q={}",
}
LONGEST = 120  # characters searched for


@dataclass(frozen=True, slots=True)
class Outlet:
    """A service and where it has a track; `exact` tells its page from a search for it."""

    name: str
    url: str
    exact: bool


def outlets(track: Track) -> tuple[Outlet, ...]:
    """Return where a track can be heard, pages before searches."""
    exact = {service: url for service in NAMES if (url := _page(track, service))}
    found = [Outlet(NAMES[service], url, exact=True) for service, url in exact.items()]
    words = clean(f"{track.artists[0].name if track.artists else ''} {track.title}")[:LONGEST].strip()
    if track.title and words:
        missing = [service for service in SEARCHES if service not in exact]
        found += [Outlet(NAMES[each], SEARCHES[each].format(quote(words, safe="")), exact=False) for each in missing]
    return tuple(found)


def best_address(track: Track) -> str | None:
    """Return the address that a player is given: the first page, else a search."""
    found = outlets(track)
    return found[0].url if found else None


def _page(track: Track, service: Service) -> str | None:
    ref = track.ref(service)
    link = link_of(ref) if ref else None
    return link.url if link and link.url.startswith("https://") else None
