"""Tracks, picks and drops as people see them on Discord. Pure: values in, embeds out, within Discord's limits."""

from collections.abc import Iterable, Sequence

import discord

from bot.text import counted, cut, shown
from catalog.links import link_of
from catalog.models import Pick, Service, Track

GREEN = discord.Colour(0x1DB954)
VIOLET = discord.Colour(0x7C5CFF)
LIMIT_DESCRIPTION = 4_096
LIMIT_TITLE = 256

TITLE, ARTISTS, REASON = 80, 60, 110  # characters of one line in a list: ten of them fit into one description
PAGE = 10  # picks on a page
UNTITLED = "a track whose service has not told us its name yet"

# The services that a track is linked at, the first that has it.
_SERVICES = {
    Service.SPOTIFY: "Spotify",
    Service.DEEZER: "Deezer",
    Service.APPLE: "Apple Music",
    Service.TIDAL: "Tidal",
    Service.BANDCAMP: "Bandcamp",
    Service.SOUNDCLOUD: "SoundCloud",
    Service.YOUTUBE: "YouTube",
}


def track_address(track: Track) -> tuple[str, str] | None:
    """Return the name of a service that has the track and its page there, Spotify first; None if none is known."""
    for service, name in _SERVICES.items():
        ref = track.ref(service)
        if ref is not None and (link := link_of(ref)) is not None:
            return name, link.url
    return None


def track_name(track: Track) -> str:
    """Return `Title by Artist`, safe to show."""
    if track.is_placeholder:
        return UNTITLED
    title = f"**{shown(track.title, TITLE)}**"
    return f"{title} by {shown(track.byline, ARTISTS)}" if track.artists else title


def track_link(track: Track) -> str:
    """Return the track as a link to where it can be heard, with its artists."""
    title = shown(track.title, TITLE) if track.title else UNTITLED
    address = track_address(track)
    linked = f"[{title}]({address[1]})" if address else title
    return f"**{linked}** · {shown(track.byline, ARTISTS)}" if track.artists else f"**{linked}**"


def pick_embed(number: int, pick: Pick) -> discord.Embed:
    """Return one numbered pick with its reasons."""
    track = pick.track
    address = track_address(track)
    embed = discord.Embed(
        title=cut(f"{number}. {shown(track.title, TITLE)}", LIMIT_TITLE),
        url=address[1] if address else None,
        description="\n".join([f"by {shown(track.byline, ARTISTS) or 'somebody'}", *reasons(pick, 2)]),
        colour=VIOLET if pick.explores else GREEN,
    )
    if address:
        embed.set_footer(text=f"Listen on {address[0]}")
    return embed


def list_embed(
    title: str, url: str | None, picks: Sequence[Pick], page: int, note: str = "", hits: Sequence[str] = ()
) -> discord.Embed:
    """Return one page of a drop: numbered, linked, each with why it is there; on the first, how the last ones did."""
    first = page * PAGE
    lines = [
        "\n".join([f"{number}. {track_link(pick.track)}", *reasons(pick, 1)])
        for number, pick in enumerate(picks[first : first + PAGE], first + 1)
    ]
    if note and page == 0:
        lines.insert(0, f"*{shown(note, 200)}*\n")
    embed = discord.Embed(
        title=cut(title, LIMIT_TITLE), url=url, description=cut("\n".join(lines), LIMIT_DESCRIPTION), colour=GREEN
    )
    if (told := [line for line in hits if line]) and page == 0:
        embed.add_field(name="Your hit rate", value="\n".join(told), inline=False)
    pages = page_count(len(picks))
    paging = f" · page {page + 1} of {pages}" if pages > 1 else ""
    return embed.set_footer(text=f"{counted(len(picks), 'track')}{paging} · {sources(picks)}")


def page_count(picks: int) -> int:
    """Return how many pages a list of so many picks has."""
    return max(1, -(-picks // PAGE))


def reasons(pick: Pick, limit: int) -> list[str]:
    """Return a pick's first reasons as lines of their own."""
    return [f"*{shown(reason, REASON)}*" for reason in pick.reasons[:limit]]


def sources(picks: Iterable[Pick]) -> str:
    """Name the services that the links lead to."""
    addresses = [track_address(pick.track) for pick in picks]
    names = dict.fromkeys(address[0] for address in addresses if address)
    return f"listen on {' and '.join(names)}" if names else "no links yet"
