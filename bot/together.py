"""Lists for several people as they are seen on Discord. Pure: values in, embeds out, within Discord's limits."""

from collections.abc import Mapping, Sequence

import discord

from bot.embeds import GREEN, LIMIT_DESCRIPTION, track_link
from bot.showing import BLUE
from bot.text import counted, cut, shown
from catalog.links import LinkKind, find_links
from catalog.models import Pick, Service, Track
from scheduler.blending import Blend
from scheduler.portraits_server import ServerList, Sharer

NAME = 40
A_PAGE = 10
DOTS = 5
EVERYBODY = "all of you"


def names_of(people: Sequence[str]) -> str:
    """Return names, safe to show, joined as people read them."""
    safe = [shown(name, NAME) or "somebody" for name in people]
    return " and ".join([", ".join(safe[:-1]), safe[-1]] if len(safe) > 1 else safe)


def blend_embed(blend: Blend) -> discord.Embed:
    """Return a blend: each track with whom it is for."""
    names = {person.discord_id: person.name for person in blend.people}
    lines = [
        f"{number}. {track_link(pick.track)}\n*for {_credit(pick, names)}*"
        for number, pick in enumerate(blend.picks, 1)
    ]
    embed = discord.Embed(
        title=cut(f"A blend for {names_of(list(names.values()))}", 250), description=fitted(lines), colour=GREEN
    )
    return embed.set_footer(text=f"{counted(len(lines), 'track')} · whoever was least happy so far chose next")


def bridge_embed(one: str, other: str, path: Sequence[Track]) -> discord.Embed:
    """Return a bridge: its first track is one's, its last the other's."""
    lines = [f"{number}. {track_link(track)}" for number, track in enumerate(path, 1)]
    lines[0] += f"\n*where {names_of([one])} is at home*"
    lines[-1] += f"\n*where {names_of([other])} is at home*"
    embed = discord.Embed(
        title=cut(f"From {names_of([one])} to {names_of([other])}", 250), description=fitted(lines), colour=BLUE
    )
    return embed.set_footer(text=f"{counted(len(path) - 1, 'step')}, each to a track near the one before")


def server_list_embed(found: ServerList, names: Mapping[int, str], page: int) -> discord.Embed:
    """Return a page of the server's newest list, with who shared each track."""
    first = page * A_PAGE
    lines = []
    for number, pick in enumerate(found.picks[first : first + A_PAGE], first + 1):
        sharers = [names[each] for each in pick.shared_by if each in names]
        credit = f"\n*shared by {names_of(sharers[:3])}*" if sharers else ""
        lines.append(f"{number}. {track_link(pick.track)}{credit}")
    embed = discord.Embed(
        title=f"The list of us all, week {found.drop.week.rpartition('W')[2].lstrip('0')}",
        url=found.url,
        description=fitted(lines),
        colour=GREEN,
    )
    return embed.set_footer(text=counted(len(found.picks), "track"))


def tastemakers_embed(found: Sequence[Sharer], page: int) -> discord.Embed:
    """Return a page of whose shares do best with others."""
    first = page * A_PAGE
    lines = [
        f"{number}. **{names_of([each.person.name])}** {dots(each.chance)} {each.chance:.0%}\n"
        f"*{each.likes:,} of {counted(each.likes + each.dislikes, 'reaction')} by "
        f"{counted(each.voters, 'other')} were likes*"
        for number, each in enumerate(found[first : first + A_PAGE], first + 1)
    ]
    embed = discord.Embed(title="Whose shares do best with others", description=fitted(lines), colour=BLUE)
    return embed.set_footer(
        text="The chance that somebody here likes what they share: each person counts once, and not for themselves."
    )


def page_count(entries: int) -> int:
    """Return how many pages so many entries fill."""
    return max(1, -(-entries // A_PAGE))


def dots(share: float) -> str:
    """Return a share as five dots."""
    full = min(max(round(share * DOTS), 0), DOTS)
    return "●" * full + "○" * (DOTS - full)


def fitted(lines: Sequence[str]) -> str:
    """Return as many whole lines as a description holds: a link cut in two would be none."""
    kept: list[str] = []
    room = LIMIT_DESCRIPTION
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)


def spotify_ids_in(embed: discord.Embed) -> list[str]:
    """Return the tracks on Spotify that a list of ours links to, in its order."""
    found = [
        link.id
        for link in find_links(embed.description or "")
        if link.service is Service.SPOTIFY and link.kind is LinkKind.TRACK
    ]
    return list(dict.fromkeys(found))


def _credit(pick: Pick, names: Mapping[int, str]) -> str:
    mine = [names[each] for each in pick.made_for if each in names]
    return EVERYBODY if not mine or len(mine) == len(names) > 2 else names_of(mine)
