"""The table of music sites: one row a site says how its addresses are spelt and what its plain ones look like; pure.

Adding a service is a row in SITES and one in PAGES (or in SHORTENERS or RELAYS), and a row in the table of the tests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.models import Service


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling: `path` has the groups `id` and, without a `kind` here, `kind`; or a parameter has the id."""

    path: re.Pattern[str]
    kind: str = ""
    query: tuple[str, re.Pattern[str]] | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses of one site: its hosts, the forms in the order in which they are tried, and how an id is made.

    `uri` holds forms that stand alone, such as `spotify:track:..`.
    """

    service: Service
    host: re.Pattern[str]
    forms: tuple[Form, ...]
    id: str = "{id}"
    uri: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class Relay:
    """A page about one track on all services, whose address names the track at one of them by a letter."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    targets: Mapping[str, str]


# An id ends where something follows that cannot belong to it: an emoji or a word of another script, glued on.
_ENDS = r"(?![_.]*[0-9A-Za-z%\-])"
# So does a name at the end of a path, where no other part may follow.
_LAST = r"(?!/?[_.]*[0-9A-Za-z%\-])"


def _form(path: str, kind: str = "", **query: str) -> Form:
    found = next(((name, re.compile(f"(?P<id>{pattern}){_ENDS}")) for name, pattern in query.items()), None)
    return Form(re.compile(path), kind, found)


def _host(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_KINDS = "(?P<kind>track|album|playlist|artist)"
_NUMBER = "[0-9]{1,18}"  # ids that fit into 64 bits
_BASE62 = "[0-9A-Za-z]{22}"
_VIDEO = r"(?!videoseries)[0-9A-Za-z_\-]{11}"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SLUG = r"[0-9A-Za-z_\-]{0,200}[0-9A-Za-z\-]"
_LOCALE = "(?:[A-Za-z]{2}/)?"
_SHOP = r"^/(?:(?P<market>[A-Za-z]{2})/)?"
_NAMED = r"(?:[^/?#]+/)?(?:id)?"  # Apple puts the title before the id, and iTunes put `id` before the number
# First parts of SoundCloud's paths that are not people, and second parts that are not tracks.
_SC_NOT_PEOPLE = (
    "(?!(?:artists|charts|discover|feed|for|imprint|jobs|login|logout|messages|mobile|notifications|oembed|pages|people"
    "|player|popular|pro|search|settings|signin|stations|stream|tags|terms-of-use|upload|you)(?:[/?#]|$))"
)
_SC_NOT_TRACKS = (
    "(?!(?:albums|comments|followers|following|likes|popular-tracks|recommended|reposts|sets|spotlight|stats|toptracks"
    "|tracks)(?:[/?#]|$))"
)
_INTL = "(?:intl-[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?/)?"

_YOUTUBE = (
    _form("/watch/?$", "track", v=_VIDEO),
    _form(rf"/(?:shorts|live|embed|v)/(?P<id>{_VIDEO}){_ENDS}", "track"),
    _form("/playlist/?$", "album", list=r"OLAK5uy_[0-9A-Za-z_\-]{10,60}"),
    _form("/playlist/?$", "playlist", list=r"[0-9A-Za-z_\-]{2,80}"),
)

SITES = (
    Site(
        Service.SPOTIFY,
        _host(r"(?:open|play)\.spotify\.com"),
        (_form(rf"/{_INTL}(?:embed/)?(?:user/[^/?#]+/)?{_KINDS}/(?P<id>{_BASE62}){_ENDS}"),),
        uri=(_form(rf"spotify:(?:user:[^\s:]+:)?{_KINDS}:(?P<id>{_BASE62}){_ENDS}"),),
    ),
    Site(
        Service.DEEZER,
        _host(r"(?:www\.)?deezer\.com"),
        (_form(rf"/{_LOCALE}{_KINDS}/(?P<id>{_NUMBER}){_ENDS}"),),
    ),
    Site(
        Service.APPLE,
        _host(r"(?:(?:geo|embed|beta)\.)?music\.apple\.com|(?:geo\.)?itunes\.apple\.com"),
        (
            _form(rf"{_SHOP}album/{_NAMED}{_NUMBER}/?$", "track", i=_NUMBER),
            _form(rf"{_SHOP}song/{_NAMED}(?P<id>{_NUMBER}){_ENDS}", "track"),
            _form(rf"{_SHOP}album/{_NAMED}(?P<id>{_NUMBER}){_ENDS}", "album"),
            _form(rf"{_SHOP}playlist/(?:[^/?#]+/)?(?P<id>pl\.[0-9A-Za-z\-]+){_ENDS}", "playlist"),
            _form(rf"{_SHOP}artist/{_NAMED}(?P<id>{_NUMBER}){_ENDS}", "artist"),
        ),
    ),
    Site(Service.YOUTUBE, _host(r"(?:(?:www|m)\.)?youtube\.com|(?:www\.)?youtube-nocookie\.com"), _YOUTUBE),
    Site(Service.YOUTUBE, _host(r"(?:www\.)?youtu\.be"), (_form(rf"/(?P<id>{_VIDEO}){_ENDS}", "track"),)),
    Site(
        Service.YOUTUBE,
        _host(r"music\.youtube\.com"),
        (
            *_YOUTUBE,
            _form(rf"/browse/(?P<id>MPREb_[0-9A-Za-z_\-]{{5,40}}){_ENDS}", "album"),
            _form(rf"/channel/(?P<id>UC[0-9A-Za-z_\-]{{22}}){_ENDS}", "artist"),
        ),
    ),
    Site(
        Service.TIDAL,
        _host(r"(?:(?:www|listen)\.)?tidal\.com"),
        (
            _form(rf"/(?:browse/)?album/{_NUMBER}/track/(?P<id>{_NUMBER}){_ENDS}", "track"),
            _form(rf"/(?:browse/)?(?P<kind>track|album|artist)/(?P<id>{_NUMBER}){_ENDS}"),
            _form(rf"/(?:browse/)?playlist/(?P<id>{_UUID}){_ENDS}", "playlist"),
            _form(rf"/(?:browse/)?mix/(?P<id>[0-9a-f]{{20,40}}){_ENDS}", "playlist"),
        ),
    ),
    Site(
        Service.SOUNDCLOUD,
        _host(r"(?:(?:www|m)\.)?soundcloud\.com"),
        (
            _form(rf"/{_SC_NOT_PEOPLE}(?P<id>{_SLUG}/sets/{_SLUG}(?:/s-[0-9A-Za-z]+)?){_LAST}", "playlist"),
            _form(rf"/{_SC_NOT_PEOPLE}(?P<id>{_SLUG}/{_SC_NOT_TRACKS}{_SLUG}(?:/s-[0-9A-Za-z]+)?){_LAST}", "track"),
            _form(rf"/{_SC_NOT_PEOPLE}(?P<id>{_SLUG}){_LAST}", "artist"),
        ),
    ),
    Site(
        Service.BANDCAMP,
        _host(r"(?!www\.)(?P<owner>[0-9a-z](?:[0-9a-z\-]{0,61}[0-9a-z])?)\.bandcamp\.com"),
        (_form(rf"/(?P<kind>track|album)/(?P<id>{_SLUG}){_LAST}"),),
        id="{owner}/{id}",
    ),
)

# The plain address of each kind of page, under which MusicBrainz knows it; "" stands for the kinds spelt alike.
PAGES: Mapping[Service, Mapping[str, str]] = {
    Service.SPOTIFY: {"": "https://open.spotify.com/{kind}/{id}"},
    Service.DEEZER: {"": "https://www.deezer.com/{kind}/{id}"},
    Service.APPLE: {
        "track": "https://music.apple.com/{market}/song/{id}",
        "": "https://music.apple.com/{market}/{kind}/{id}",
    },
    Service.YOUTUBE: {
        "track": "https://www.youtube.com/watch?v={id}",
        "album": "https://music.youtube.com/playlist?list={id}",
        "artist": "https://music.youtube.com/channel/{id}",
        "": "https://www.youtube.com/playlist?list={id}",
    },
    Service.TIDAL: {"": "https://tidal.com/{kind}/{id}"},
    Service.SOUNDCLOUD: {"": "https://soundcloud.com/{id}"},
    Service.BANDCAMP: {"": "https://{owner}.bandcamp.com/{kind}/{name}"},
}

# Addresses that lead on to another; what stands behind them turns out when they are followed.
_CODE = re.compile(r"/(?P<id>[0-9A-Za-z][0-9A-Za-z_\-]{1,62}[0-9A-Za-z])" + _LAST)
_PARTS = re.compile(rf"/(?P<id>{_SLUG}(?:/{_SLUG}){{0,2}}){_LAST}")
_ODESLI = _host(r"(?:www\.)?(?:(?:song|album)\.link|odesli\.co)")
SHORT_PATHS = (
    (_host(r"spotify\.link|spotify\.app\.link|spoti\.fi"), _CODE),
    (_host(r"link\.deezer\.com"), re.compile(rf"/(?P<id>s/{_SLUG}){_LAST}")),
    (_host(r"(?:deezer|dzr)\.page\.link"), _CODE),
    (_host(r"on\.soundcloud\.com"), _CODE),
    (_ODESLI, _PARTS),
)

_BY_LETTER = re.compile(rf"/(?:(?P<market>[A-Za-z]{{2}})/)?(?P<code>[sidyt])/(?P<id>[0-9A-Za-z_\-]+){_LAST}")
RELAYS = (
    Relay(
        _host(r"(?:www\.)?(?:song\.link|odesli\.co)"),
        _BY_LETTER,
        {
            "s": "https://open.spotify.com/track/{id}",
            "i": "https://music.apple.com/{market}/song/{id}",
            "d": "https://www.deezer.com/track/{id}",
            "y": "https://www.youtube.com/watch?v={id}",
            "t": "https://tidal.com/track/{id}",
        },
    ),
    Relay(
        _host(r"(?:www\.)?album\.link"),
        _BY_LETTER,
        {
            "s": "https://open.spotify.com/album/{id}",
            "i": "https://music.apple.com/{market}/album/{id}",
            "d": "https://www.deezer.com/album/{id}",
            "t": "https://tidal.com/album/{id}",
        },
    ),
)

_EVERY = (*(site.host for site in SITES), *(host for host, _ in SHORT_PATHS))
ANY_HOST = "|".join(re.sub(r"\(\?P<\w+>", "(?:", host.pattern) for host in _EVERY)
HOSTS = re.compile(ANY_HOST, re.IGNORECASE)
