"""Find the track that somebody means: by a link, by words from title and artists, or as they chose it from a list."""

from typing import TYPE_CHECKING

from bot.apologies import Sentence
from bot.intake import TRACKS
from bot.text import clean, cut
from catalog.links import find_links
from catalog.matching import normalise_title
from catalog.models import Service, Track
from catalog.resolver import Found

if TYPE_CHECKING:
    from bot.services import Services

CHOICES = 5  # buttons in one row
SUGGESTIONS = 20
CHOICE_TEXT = 100  # Discord's limit for a suggestion
SEEN_AMONG = 50  # tracks of the very same words, at most, that a chosen one is looked for among

NO_SUCH_TRACK = "I could not find that track: the link may be broken."
IN_DOUBT = "I am not sure which track that is: use words from its title, or its link on Spotify or Deezer."
NOT_A_TRACK = "That link leads to an album, a playlist or an artist: I need a single track."
UNKNOWN = "I know no track by those words: paste its link, and I will."


async def find_tracks(services: "Services", subject: str, server_id: int | None) -> list[Track]:
    """Return the one track that was meant, or those that may have been, the latest shared first.

    What only other servers shared is not found by words. Raise Sentence where there is none.
    """
    if find_links(subject):
        return [await _by_link(services, subject)]
    tracks = services.storage.tracks
    if subject.startswith("#") and subject[1:].isdecimal() and len(subject) < CHOICE_TEXT:
        number = int(subject[1:19])
        chosen = (await tracks.get([number])).get(number)
        if chosen and await _may_be_seen(services, chosen, server_id):
            return [chosen]
    found = await tracks.find(subject, CHOICES + 1, server_id)
    exact = [track for track in found if normalise_title(track.title) == normalise_title(subject)]
    if not found:
        raise Sentence(UNKNOWN)
    return exact if len(exact) == 1 else found


async def suggest_tracks(services: "Services", typed: str, server_id: int | None) -> list[tuple[str, str]]:
    """Return what to show and what to fill in for the words typed so far."""
    if not typed.strip() or find_links(typed):
        return []
    found = await services.storage.tracks.find(typed, SUGGESTIONS, server_id)
    return [(cut(clean(track.label), CHOICE_TEXT), f"#{track.id}") for track in found if clean(track.label)]


async def _may_be_seen(services: "Services", track: Track, server_id: int | None) -> bool:
    """Tell whether words would find the track here: anybody can type the number of any track."""
    words = " ".join((track.title, *(artist.name for artist in track.artists)))
    return track.id in {found.id for found in await services.storage.tracks.find(words, SEEN_AMONG, server_id)}


async def _by_link(services: "Services", subject: str) -> Track:
    link = next((each for each in find_links(subject) if each.kind in TRACKS), None)
    if link is None:
        raise Sentence(NOT_A_TRACK)
    found = await services.resolver.find_or_keep(link, anew=True)
    if found.track is None:
        raise Sentence(_why_not(found))
    return found.track


def _why_not(found: Found) -> str:
    """Return why a link leads to no track."""
    if found.link.kind not in TRACKS:
        return NOT_A_TRACK
    return IN_DOUBT if found.near or found.link.service is Service.YOUTUBE else NO_SUCH_TRACK
