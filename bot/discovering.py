"""What members ask `discover` for: words become tags, an artist, or a surprise."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.apologies import Sentence
from bot.text import clean, cut, shown
from catalog.matching import normalise_name
from scheduler.wanting import Only

if TYPE_CHECKING:
    from bot.services import Services

SURPRISE = "surprise"
LONGEST = 40  # characters of what is asked for; it stands in the ids of buttons
NEAR = 3
SUGGESTIONS = 20
LOOKED_THROUGH = 30
FEELINGS = ("chill", "happy", "sad", "energetic", "dark", "dreamy", "party", "romantic", "aggressive")
BY = ("artist:", "artist ", "by ")

UNKNOWN = "I know no mood, tag or artist called {}.{} `surprise` is a choice too."
MEANT = " Did you mean {}?"


async def wanted(services: "Services", words: str, server_id: int) -> Only:
    """Return what is asked for by words such as `chill`, `shoegaze, 90s`, `by Bicep` or `surprise`.

    Raise Sentence, with near names, for what nobody knows here.
    """
    text = cut(clean(words), LONGEST)
    if not text:
        return Only()
    if normalise_name(text) == SURPRISE:
        return Only(surprise=True)
    named = next((text[len(word) :].strip() for word in BY if text.casefold().startswith(word)), "")
    tags = [] if named else [_tag(part) for part in text.split(",") if part.strip()]
    if tags and all(tags):
        return Only(tags=tuple(dict.fromkeys(tag for tag in tags if tag is not None)))
    artists = await _artists(services, named or text, server_id)
    same = [name for name in artists if normalise_name(name) == normalise_name(named or text)]
    if same:
        return Only(artist=same[0])
    raise Sentence(_unknown(text, artists))


async def suggestions(services: "Services", typed: str, server_id: int | None) -> list[tuple[str, str]]:
    """Return what to show and what to fill in for what was typed so far: moods first, then tags and artists."""
    text = cut(clean(typed), LONGEST).casefold()
    names = _names()
    if not text:
        return [("🎲 surprise me", SURPRISE), *((name, name) for name in FEELINGS if name in names)]
    starting = sorted((name for name in names if name.startswith(text)), key=len)
    inside = sorted((name for name in names if text in name and name not in starting), key=len)
    found = [(name, name) for name in [*starting, *inside][: SUGGESTIONS - NEAR - 1]]
    if SURPRISE.startswith(text):
        found.insert(0, ("🎲 surprise me", SURPRISE))
    artists = await _artists(services, text, server_id) if server_id else []
    found += [(f"artist: {name}", f"artist: {name}") for name in artists[:NEAR] if len(name) <= LONGEST - len(BY[0])]
    return [(cut(clean(name), 100), value.replace(":", " ")) for name, value in found]


def _tag(name: str) -> str | None:
    """Return the one name of a tag that stands in our table or is made of such, else None."""
    from recommender.tag_names import canonical, is_known

    found = canonical(name.strip())
    return found if found is not None and is_known(found) else None


def _names() -> Sequence[str]:
    from recommender.tag_names import PARENTS

    return tuple(PARENTS)


async def _artists(services: "Services", words: str, server_id: int) -> list[str]:
    """Return artists that these words find among what was shared in this server or is public knowledge."""
    found = await services.storage.tracks.find(words, LOOKED_THROUGH, server_id)
    looked_for = normalise_name(words)
    names = dict.fromkeys(artist.name for track in found for artist in track.artists)
    return [name for name in names if looked_for in normalise_name(name)]


def _unknown(text: str, artists: Iterable[str]) -> str:
    near = [*artists, *get_close_matches(text.casefold(), _names(), NEAR)][:NEAR]
    meant = MEANT.format(" or ".join(f"**{shown(name, LONGEST)}**" for name in near)) if near else ""
    return UNKNOWN.format(f"“{shown(text, LONGEST)}”", meant)
