"""Find the links to music in what people write; pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from catalog.models import Service, TrackRef


class LinkKind(StrEnum):
    """What a link points at; a short link tells only once it was followed."""

    TRACK = "track"
    ALBUM = "album"
    PLAYLIST = "playlist"
    ARTIST = "artist"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it points, under which id, and its address without decoration."""

    service: Service
    kind: LinkKind
    id: str
    url: str

    @property
    def ref(self) -> TrackRef | None:
        """Return the ref that a track shared by this link is known under, None where it is no track."""
        if self.kind is LinkKind.TRACK:
            return TrackRef(self.service, self.id)
        return TrackRef(Service.SHORT, self.id) if self.kind is LinkKind.SHORT else None


@dataclass(frozen=True, slots=True)
class _Pages:
    """The web pages of one service: `path` names the groups kind and id, `page` is the plain address."""

    service: Service
    hosts: tuple[str, ...]
    path: re.Pattern[str]
    page: str


@dataclass(frozen=True, slots=True)
class _Uris:
    """The addresses of one service that are not of the web; `pattern` names the groups kind and id."""

    service: Service
    pattern: re.Pattern[str]
    page: str


SPOTIFY_ID = r"[0-9A-Za-z]{22}"
_KINDS = r"(?P<kind>track|album|playlist|artist)"
# A link ends where something follows that cannot belong to an id: an emoji or a word of another script, glued on.
_ID_ENDS = r"(?![0-9A-Za-z_%.\-])"
_SPOTIFY_PATH = re.compile(
    rf"/(?:intl-[A-Za-z]{{2,3}}(?:-[A-Za-z]{{2,4}})?/)?(?:embed/)?(?:user/[^/?#]+/)?{_KINDS}/(?P<id>{SPOTIFY_ID}){_ID_ENDS}"
)
_SPOTIFY_URI = re.compile(rf"spotify:(?:user:[^\s:]+:)?{_KINDS}:(?P<id>{SPOTIFY_ID}){_ID_ENDS}")
_SPOTIFY_PAGE = "https://open.spotify.com/{kind}/{id}"

# One row a service: adding one is adding a row here and a row in the table of the tests.
_PAGES = (_Pages(Service.SPOTIFY, ("open.spotify.com", "play.spotify.com"), _SPOTIFY_PATH, _SPOTIFY_PAGE),)
_URIS = (_Uris(Service.SPOTIFY, _SPOTIFY_URI, _SPOTIFY_PAGE),)
SHORT_HOSTS = {
    "spotify.link": Service.SPOTIFY,
    "spotify.app.link": Service.SPOTIFY,
    "spoti.fi": Service.SPOTIFY,
}
_SHORT_PATH = re.compile(r"/(?P<id>[0-9A-Za-z][0-9A-Za-z_\-]{2,63})(?![0-9A-Za-z_%.\-/])")

_HOSTS = tuple(host for pages in _PAGES for host in pages.hosts) + tuple(SHORT_HOSTS)
_ANY_HOST = "|".join(re.escape(host) for host in _HOSTS)
# One pass from the left over whole addresses: a link inside another address's query is not what was shared.
# An address without a scheme counts where nothing stands before it that would make it part of another name.
_WORDS = re.compile(
    rf"(?:(?<![0-9A-Za-z])https?://|(?<![0-9A-Za-z_.\-/@:=?&%#+~])(?=(?:{_ANY_HOST})[:/])|(?<![0-9A-Za-z_:./=])(?=spotify:))"
    r"[^\s<>|()\[\]{}\"'`,;\\]+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(rf"(?:https?://)?(?P<host>{_ANY_HOST})(?::(?:80|443))?(?P<path>/.*)", re.IGNORECASE | re.DOTALL)
# What ends a sentence or closes markdown stands behind an address, not in it.
_TRAILING = ".:!?*_~"


def find_links(text: str) -> list[Link]:
    """Return the links to music in a text, in order and without repeats."""
    words = (match.group().rstrip(_TRAILING) for match in _WORDS.finditer(text))
    links = (_read(word) for word in words)
    return list(dict.fromkeys(link for link in links if link is not None))


def link_of(ref: TrackRef) -> Link | None:
    """Return the link that leads to a ref, or None where its service has no row here."""
    if ref.service is Service.SHORT:
        return next(iter(find_links(f"https://{ref.id}")), None)
    row = next((pages for pages in _PAGES if pages.service is ref.service), None)
    return _link(row.service, LinkKind.TRACK, ref.id, row.page) if row else None


def _read(word: str) -> Link | None:
    address = _ADDRESS.fullmatch(word)
    if address is None:
        return _read_uri(word)
    host, path = address["host"].lower(), address["path"]
    if host in SHORT_HOSTS:
        match = _SHORT_PATH.match(path)
        return _short(host, match["id"]) if match else None
    row = next(pages for pages in _PAGES if host in pages.hosts)
    match = row.path.match(path)
    return _link(row.service, LinkKind(match["kind"]), match["id"], row.page) if match else None


def _read_uri(word: str) -> Link | None:
    for row in _URIS:
        if match := row.pattern.match(word):
            return _link(row.service, LinkKind(match["kind"]), match["id"], row.page)
    return None


def _link(service: Service, kind: LinkKind, found: str, page: str) -> Link:
    return Link(service, kind, found, page.format(kind=kind, id=found))


def _short(host: str, code: str) -> Link:
    return Link(SHORT_HOSTS[host], LinkKind.SHORT, f"{host}/{code}", f"https://{host}/{code}")
