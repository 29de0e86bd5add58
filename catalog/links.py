"""Find the links to music in what people write; pure."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.models import Service, TrackRef
from catalog.sites import ANY_HOST, HOSTS, PAGES, RELAYS, SHORT_PATHS, SITES, Form, Site


class LinkKind(StrEnum):
    """What a link points at; a short link tells only once it was followed."""

    TRACK = "track"
    ALBUM = "album"
    PLAYLIST = "playlist"
    ARTIST = "artist"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it points, under which id, and its address without decoration.

    `market` is the shop that a link of Apple's names, such as `de`: what one has another may lack.
    """

    service: Service
    kind: LinkKind
    id: str
    url: str
    market: str = ""

    @property
    def ref(self) -> TrackRef | None:
        """Return the ref that a track shared by this link is known under, None where it is no track."""
        if self.kind is LinkKind.TRACK:
            return TrackRef(self.service, self.id)
        return TrackRef(Service.SHORT, self.id) if self.kind is LinkKind.SHORT else None


_ONE_RELEASE = (LinkKind.TRACK, LinkKind.ALBUM)
# One pass from the left over whole addresses: a link inside another address's query is not what was shared.
# An address without a scheme counts where nothing stands before it that would make it part of another name.
_WORDS = re.compile(
    rf"(?:(?<![0-9A-Za-z])https?://|(?<![0-9A-Za-z_.\-/@:=?&%#+~])(?=(?:{ANY_HOST})[:/])|(?<![0-9A-Za-z_:./=])(?=spotify:))"
    r"[^\s<>|()\[\]{}\"'`,;\\]+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    rf"(?:https?://)?(?P<host>{ANY_HOST})(?::(?:80|443))?(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
# What ends a sentence or closes markdown stands behind an address, not in it. An underscore may end a video's id, so
# it is the forms of addresses that tell it from one that closes italics.
_TRAILING = ".…:!?*~"
_DEFAULT_MARKET = "us"


def find_links(text: str) -> list[Link]:
    """Return the links to music in a text, in order and without repeats."""
    words = (match.group().rstrip(_TRAILING) for match in _WORDS.finditer(text))
    links = (_read(word) for word in words)
    return list(dict.fromkeys(link for link in links if link is not None))


def best_link(text: str) -> Link | None:
    """Return the link of a page that names one thing at several services: at the service that knows it best."""
    found = [link for link in find_links(html.unescape(text)) if link.kind is not LinkKind.SHORT]
    order = list(PAGES)
    return min(found, key=lambda link: (link.kind not in _ONE_RELEASE, order.index(link.service)), default=None)


def link_of(ref: TrackRef) -> Link | None:
    """Return the link that leads to a ref, or None where its service has no row in the table."""
    if ref.service is Service.SHORT:
        return next(iter(find_links(f"https://{ref.id}")), None)
    return _link(ref.service, LinkKind.TRACK, ref.id) if ref.service in PAGES else None


def is_music_host(host: str) -> bool:
    """Tell whether a host is one that a link to music can name."""
    return HOSTS.fullmatch(host.lower()) is not None


def _read(word: str) -> Link | None:
    address = _ADDRESS.fullmatch(word)
    if address is None:
        return next((link for site in SITES if (link := _read_forms(site, site.uri, "", word, ""))), None)
    host, path, query = address["host"].lower(), address["path"], address["query"] or ""
    return _read_relay(host, path) or _read_short(host, path) or _read_page(host, path, query)


def _read_page(host: str, path: str, query: str) -> Link | None:
    site = next((site for site in SITES if site.host.fullmatch(host)), None)
    return _read_forms(site, site.forms, host, path, query) if site else None


def _read_forms(site: Site, forms: Sequence[Form], host: str, path: str, query: str) -> Link | None:
    """Return the link that the first fitting form reads, or None."""
    for form in forms:
        match = form.path.match(path)
        found = match and (match if not form.query else _parameter(form, query))
        if match and found:
            groups = match.groupdict()
            owner = site.host.fullmatch(host)
            parts = {**groups, **(owner.groupdict() if owner else {}), "id": found["id"]}
            kind = LinkKind(form.kind or groups["kind"])
            return _link(site.service, kind, site.id.format(**parts), groups.get("market") or "")
    return None


def _parameter(form: Form, query: str) -> re.Match[str] | None:
    """Return the match of the parameter that holds a form's id; what follows it may be mangled."""
    name, pattern = form.query or ("", re.compile(""))
    values = [value for key, _, value in (part.partition("=") for part in query.split("&")) if key == name]
    return pattern.match(values[0]) if values else None


def _read_relay(host: str, path: str) -> Link | None:
    """Return the link that a page about one track on all services names in its own address."""
    for relay in RELAYS:
        if relay.host.fullmatch(host) and (match := relay.path.match(path)):
            page = relay.targets.get(match["code"].lower(), "")
            return _read(page.format(id=match["id"], market=match["market"] or _DEFAULT_MARKET))
    return None


def _read_short(host: str, path: str) -> Link | None:
    for each, pattern in SHORT_PATHS:
        if each.fullmatch(host):
            match = pattern.match(path)
            code = f"{host}/{match['id']}" if match else ""
            return Link(Service.SHORT, LinkKind.SHORT, code, f"https://{code}") if match else None
    return None


def _link(service: Service, kind: LinkKind, found: str, market: str = "") -> Link:
    owner, _, name = found.partition("/")
    page = PAGES[service].get(kind.value, PAGES[service][""])
    shop = market.lower() or _DEFAULT_MARKET
    url = page.format(kind=kind.value, id=found, owner=owner, name=name, market=shop)
    return Link(service, kind, found, url, shop if "{market}" in page else "")
