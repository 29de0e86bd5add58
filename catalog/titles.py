"""Read an artist and a title out of what uploads are called; pure.

What comes out are readings, the likeliest first. None is believed by itself: a reading counts when a music service
has a track of exactly that title by that artist (`catalog.finder`), or when the site itself vouches for it (`sure`).
"""

import re
from dataclasses import dataclass

from catalog.matching import normalise_name


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand an upload's name.

    `sure` where the site made the name itself from artist and title, `own` where the title names who uploaded it.
    """

    artist: str
    title: str
    sure: bool = False
    own: bool = False


_TOPIC = re.compile(r"\s+-\s+topic\s*$", re.IGNORECASE)
# Channels that YouTube fills itself but that name no artist.
_NOBODY = frozenset({"release", "various artists", "release - topic"})
_VEVO = re.compile(r"\s*vevo\s*$", re.IGNORECASE)
_OFFICIAL = re.compile(r"\s+(?:official(?:\s+channel)?|music|band|tv|channel)\s*$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

# A bracket of these words alone says how the track is shown, not which it is.
_NOISE_WORDS = (
    "official|oficial|officiel|officielle|offizielles|ufficiale|music|lyrics?|letra|paroles|audio|video|vid[eé]o|videoclip"
    "|clip|clipe|musikvideo|muziekvideo|visuali[sz]er|m/?v|hd|hq|uhd|4k|8k|1080p|720p|full|high|quality|with|on|screen"
    "|explicit|premiere|color|coded|subtitulado|legendado|traduzione|tradu[cç][aã]o|eng|sub|upgraded|remaster(?:ed)?|version|ver"
    "|in|the|new|only|song|track|pseudo|art|(?:19|20)[0-9]{2}"
)
_NOISE = re.compile(rf"(?:(?:{_NOISE_WORDS})(?:[\s,.:/|&+\-]+|$))+", re.IGNORECASE)
# Some of these words must be there: `(2019)`, `(with you)` or `(The Version)` alone are part of the title.
_SHOWS = re.compile(
    r"\b(?:official|oficial|officiel(?:le)?|offizielles|ufficiale|lyrics?|letra|paroles|audio|vid[eé]o|videoclip|clip|clipe"
    r"|musikvideo|muziekvideo|visuali[sz]er|m/?v|hd|hq|uhd|4k|8k|1080p|720p|explicit|premiere|legendado|subtitulado"
    r"|traduzione|tradu[cç][aã]o|pseudo)\b",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(\[【{]\s*([^()\[\]【】{}]*?)\s*[)\]】}]")
_BEHIND_BAR = re.compile(r"\s*(?:\||//|•)\s*([^|]*)$")
_BARE_END = re.compile(
    r"(?:\s+-)?\s+(?:official\s+(?:music\s+|lyrics?\s+|hd\s+)?(?:video|audio|visuali[sz]er|m/?v)|m/?v|lyrics?\s+video|hd|hq|4k)\s*$",
    re.IGNORECASE,
)
_PRODUCED = re.compile(r"\s*[(\[]\s*(?:prod|dir|shot)(?:\.|uced|ected)?\s*(?:by)?\b[^)\]]*[)\]]", re.IGNORECASE)
_HASHTAGS = re.compile(r"(?:\s+#\w+)+\s*$|^(?:#\w+\s+)+")
_DASH = re.compile(r"\s+[-–—―‐~]+\s+|\s*[—―]\s*|(?<=[^\s0-9])\s?[-–]\s(?=\S)")
_OPENING, _CLOSING = "'\"“‘「『", "'\"”’」』"
_QUOTED = re.compile(
    rf"^(?P<artist>[^{_OPENING}]{{1,80}}?)\s*[{_OPENING}](?P<title>[^{_OPENING}{_CLOSING}]{{1,120}})[{_CLOSING}](?P<rest>.*)$"
)
_COLON = re.compile(r"(?<=[^\s0-9]):\s+(?=\S)")
# What stands behind a dash and is no title; `Live Forever`, `Radio Ga Ga` and `Single Ladies` are.
_VERSION = re.compile(
    r"(?:live|acoustic|unplugged|instrumental|demo|sped\s+up|slowed)(?:\s+(?:at|in|from|on|version|session|take|\d{4})\b.*)?$"
    r"|(?:.*\s)?(?:remix|mix|edit|version|session|remaster(?:ed)?|dub|bootleg|vip)\s*\d*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\([^()]*\)")
_BY = re.compile(r"^(?P<title>.+?)\s+by\s+(?P<artist>.+)$", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def read_video(title: str, channel: str) -> tuple[Reading, ...]:
    """Return how a video's title may be read, given the channel that shows it."""
    artist = _TOPIC.sub("", channel).strip()
    if artist != channel.strip() or channel.strip().lower() in _NOBODY:
        named = artist.lower() not in _NOBODY
        return (Reading(artist, title.strip(), sure=True),) if named else read_upload(title, "")
    return read_upload(title, _owner(channel))


def read_upload(title: str, owner: str) -> tuple[Reading, ...]:
    """Return how the name of an upload may be read: its own artist before the dash, else who uploaded it."""
    bare = tidy(title)
    readings = _split(bare, _DASH, owner) or _quoted(bare)
    if not readings:
        readings = (Reading(owner, _unquoted(bare)), *_split(bare, _COLON, owner))
    return tuple(reading for reading in dict.fromkeys(readings) if reading.artist and reading.title)


def tidy(title: str) -> str:
    """Return a title without what only says how it is shown: `(Official Video)`, `[HD]`, `| Lyrics`, hashtags."""
    bare = _HASHTAGS.sub("", _PRODUCED.sub("", title))
    bare = _BRACKET.sub(lambda match: "" if _is_noise(match[1]) else match[0], bare)
    while (bar := _BEHIND_BAR.search(bare)) and bar.start() and _is_noise(bar[1]):
        bare = bare[: bar.start()]
    return _SPACES.sub(" ", _BARE_END.sub("", bare)).strip(" -–—|") or title.strip()


def by_line(text: str) -> Reading | None:
    """Return the reading of `Title by Artist`, as services write it on their pages, or None."""
    match = _BY.match(text.strip())
    return Reading(match["artist"].strip(), match["title"].strip()) if match else None


def _split(bare: str, sign: re.Pattern[str], owner: str) -> tuple[Reading, ...]:
    """Read `Artist - Title` and `Title - Artist`, or the one of them that the owner's name confirms.

    What an owner calls `Title - Live in Oslo` has no artist in it.
    """
    pairs = [(bare[: dash.start()].strip(), bare[dash.end() :].strip()) for dash in sign.finditer(bare)]
    if not pairs:
        return ()
    for left, right in pairs if owner else ():
        if _same(_name(left), owner):
            return (Reading(_name(left), _unquoted(right), own=True),)
        if _same(_name(right), owner):
            return (Reading(_name(right), _unquoted(left), own=True),)
    left, right = pairs[0]
    usual, turned = Reading(_name(left), _unquoted(right)), Reading(_name(right), _unquoted(left))
    is_version = owner and len(pairs) == 1 and _VERSION.match(right)
    return (Reading(owner, bare), usual) if is_version else (usual, turned)


def _quoted(bare: str) -> tuple[Reading, ...]:
    """Read `Artist "Title"`, as Korean and Japanese uploads are called."""
    match = _QUOTED.match(bare)
    if match is None:
        return ()
    title = f"{match['title'].strip()} {match['rest'].strip()}".strip()
    return (Reading(_name(match["artist"]), title),)


def _owner(channel: str) -> str:
    """Return the artist that a channel is named for: `KatyPerryVEVO` is Katy Perry's."""
    if bare := _VEVO.sub("", channel):
        name = _CAMEL.sub(" ", bare) if bare != channel else bare
        return _OFFICIAL.sub("", name).strip() or name.strip()
    return channel.strip()


def _name(text: str) -> str:
    """Return an artist's name without the same in another script: `BTS (방탄소년단)`."""
    return _ASIDE.sub("", text).strip() or text.strip()


def _is_noise(words: str) -> bool:
    words = words.strip()
    return bool(_NOISE.fullmatch(words)) and bool(_SHOWS.search(words))


def _unquoted(title: str) -> str:
    stripped = title.strip()
    pairs = {'"': '"', "“": "”", "'": "'", "‘": "’", "「": "」", "『": "』"}
    closing = pairs.get(stripped[:1])
    return stripped[1:-1] if closing and stripped.endswith(closing) and stripped.count(closing) <= 2 else stripped


def _same(a: str, b: str) -> bool:
    """Tell whether two names are the same, be it without the spaces between their words."""
    return normalise_name(a).replace(" ", "") == normalise_name(b).replace(" ", "")
