"""Pages as HTML. Every value goes through markupsafe, which escapes; no script, no font, no picture from elsewhere."""

from collections.abc import Iterable

from markupsafe import Markup

from bot.text import clean, counted
from bot.web.drop_page import DropPage
from bot.web.files import JSPF, M3U
from bot.web.outlets import Outlet, outlets
from bot.web.style import CSS, FILE_POLICY
from catalog.models import Pick, Track

LONGEST = 160  # characters of a title or of an artist's line
UNTITLED = "A track whose service has not told us its name yet"
OUTWARD = Markup('rel="noopener noreferrer external"')
_MINUTE, _HOUR = 60, 60

_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer">\n'
    '<meta name="color-scheme" content="dark light">\n{extra}<style>{css}</style></head>\n'
    "<body><main>{body}</main></body></html>\n"
)
_POLICY = Markup('<meta http-equiv="Content-Security-Policy" content="{}">\n')
_ICON = Markup('<link rel="icon" type="image/svg+xml" href="/icon.svg">\n')


def drop_html(page: DropPage, cover: str = "", base: str = "") -> str:
    """Return a drop's page; `cover` is its picture's address, `base` the path of its downloads.

    Without `base` it is a file of its own: no downloads, no icon, and its policy stands inside.
    """
    body = Markup("{}{}{}<ol>{}</ol>{}").format(
        _head(page, cover),
        Markup('<p class="note" dir="auto">{}</p>').format(clean(page.note)[:LONGEST]) if page.note else "",
        _take(page, base),
        _join(_item(pick) for pick in page.picks),
        _foot(page),
    )
    return _page(_name(page), body, _ICON if base else _POLICY.format(FILE_POLICY))


def lost_html() -> str:
    """Return the page for whatever is not there; it does not say why."""
    return _page("Nothing here", Markup('<div class="lost"><h1>Nothing here</h1></div>'), Markup(""))


def said_html(title: str, sentence: str, word: str = "", beware: str = "") -> str:
    """Return a page that says one thing, with a word to be typed elsewhere and a warning if there are any."""
    body = Markup(
        '<div class="lost"><p class="eyebrow">Tastebud</p><h1>{}</h1><p class="meta">{}</p>{}{}</div>'
    ).format(
        title,
        sentence,
        Markup('<p class="word">{}</p>').format(word) if word else "",
        Markup('<p class="note">{}</p>').format(beware) if beware else "",
    )
    return _page(f"{title} · Tastebud", body, _ICON)


def _name(page: DropPage) -> str:
    return clean(page.title)[:LONGEST]


def _page(title: str, body: Markup, extra: Markup) -> str:
    return str(_PAGE.format(title=title, extra=extra, css=Markup(CSS), body=body))  # noqa: S704 - our own style sheet


def _head(page: DropPage, cover: str) -> Markup:
    picture = Markup('<img src="{}" alt="" width="176" height="176">').format(cover) if cover else Markup("")
    facts = [page.when.capitalize(), counted(len(page.picks), "track"), _length(page.picks)]
    return Markup(
        '<header>{}<div><p class="eyebrow">Tastebud</p><h1 dir="auto">{}</h1><p class="meta">{}</p></div></header>'
    ).format(picture, _name(page), " · ".join(fact for fact in facts if fact))


def _take(page: DropPage, base: str) -> Markup:
    """Return the links to the playlist on Spotify and to the files."""
    links = []
    if page.playlist.startswith("https://"):
        links.append(Markup('<a class="first" href="{}" {}>Open on Spotify</a>').format(page.playlist, OUTWARD))
    if base:
        for ending, name in ((M3U, "M3U file"), (JSPF, "JSPF file")):
            links.append(Markup('<a href="{}/playlist.{}" download>{}</a>').format(base, ending, name))
    return Markup('<ul class="take">{}</ul>').format(_join(map(_line, links))) if links else Markup("")


def _item(pick: Pick) -> Markup:
    track = pick.track
    wild = Markup('<span class="wild">wildcard</span>') if pick.explores else Markup("")
    return Markup('<li><h2><bdi>{}</bdi>{}</h2>{}{}<ul class="at">{}</ul></li>').format(
        clean(track.title)[:LONGEST] or UNTITLED,
        wild,
        _by(track),
        _why(pick),
        _join(_line(_outlet(outlet)) for outlet in outlets(track)),
    )


def _by(track: Track) -> Markup:
    """Return who made a track, and below it what is known of it."""
    said = [clean(track.album or "")[:LONGEST], str(track.year or ""), _clock(track.duration_ms)]
    more = " · ".join(part for part in said if part)
    return Markup('<p class="by"><bdi>{}</bdi>{}</p>').format(
        clean(track.byline)[:LONGEST], Markup(" <span>· <bdi>{}</bdi></span>").format(more) if more else ""
    )


def _why(pick: Pick) -> Markup:
    reasons = [Markup('<li dir="auto">{}</li>').format(clean(reason)[:LONGEST]) for reason in pick.reasons]
    return Markup('<ul class="why">{}</ul>').format(_join(reasons)) if reasons else Markup("")


def _outlet(outlet: Outlet) -> Markup:
    kind = Markup("") if outlet.exact else Markup(' class="search"')
    words = outlet.name if outlet.exact else f"Search {outlet.name}"
    return Markup('<a href="{}"{} {}>{}</a>').format(outlet.url, kind, OUTWARD, words)


def _foot(page: DropPage) -> Markup:
    return Markup(
        "<footer><p>Made on {}. Solid links lead to the track, dashed ones to a search for it. Titles come from the "
        "services the tracks were found at, such as Spotify and Deezer. Whoever has this page’s address can read it."
        "</p></footer>"
    ).format(f"{page.made:%-d %B %Y}")


def _line(content: Markup) -> Markup:
    return Markup("<li>{}</li>").format(content)


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)


def _clock(milliseconds: int | None) -> str:
    minutes, seconds = divmod(round((milliseconds or 0) / 1000), _MINUTE)
    return f"{minutes}:{seconds:02}" if milliseconds else ""


def _length(picks: tuple[Pick, ...]) -> str:
    """Return how long the tracks last together, where all of them say so."""
    lengths = [pick.track.duration_ms for pick in picks]
    if not lengths or not all(lengths):
        return ""
    hours, minutes = divmod(round(sum(length or 0 for length in lengths) / 1000 / _MINUTE), _HOUR)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
