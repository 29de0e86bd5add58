"""The tracks nearest to one, as people see them on Discord. Pure: values in, an embed out, within Discord's limits."""

from collections.abc import Sequence

import discord

from bot.embeds import GREEN, LIMIT_DESCRIPTION, LIMIT_TITLE, TITLE, track_address, track_link, track_name
from bot.text import cut, shown
from catalog.models import Track
from scheduler.similar import Near, Surroundings

TAG = 30  # characters of one tag
DOTS = 5
NAMED = 3  # other tracks by the same words

NOTHING_NEAR = "I know no track here that is like it yet."
NOTHING_SAID = "Nobody has told me yet what {} is like: ask again when I have heard it, in some minutes."


def similar_embed(around: Surroundings, others: Sequence[Track] = ()) -> discord.Embed:
    """Return the nearest tracks, numbered and linked, with how near they are and what ties them.

    `others` are tracks that the same words may have meant.
    """
    track = around.track
    address = track_address(track)
    lines = []
    if around.tags:
        lines.append(" · ".join(f"`{_plain(tag)}`" for tag in around.tags))
    for number, near in enumerate(around.near, 1):
        lines.append(f"\n{number}. {track_link(near.track)}\n{dots(near.likeness)} {_tied(near)}".rstrip())
    if not around.near:
        lines.append(f"\n{NOTHING_NEAR}")
    embed = discord.Embed(
        title=cut(f"Like {shown(track.title, TITLE)}", LIMIT_TITLE),
        url=address[1] if address else None,
        description=cut("\n".join(lines).strip(), LIMIT_DESCRIPTION),
        colour=GREEN,
    )
    if track.artists:
        embed.set_author(name=shown(track.byline, TITLE))
    if others:
        named = ", ".join(track_name(other) for other in others[:NAMED])
        embed.add_field(name="Did you mean another?", value=f"{named}: add a word to what you typed.", inline=False)
    return embed.set_footer(text="By tags and sound, among what is shared here and what I found.")


def dots(likeness: float) -> str:
    """Return how near a track is, as five dots."""
    full = min(max(round(likeness * DOTS), 1), DOTS)
    return "●" * full + "○" * (DOTS - full)


def tied_in_words(near: Near) -> str:
    """Return what ties two tracks, in plain words."""
    if near.ties:
        return ", ".join(near.ties)
    if near.heard:
        return f"sounds like {', '.join(near.heard)}"
    if near.kin:
        return f"akin: {', '.join(near.kin)}"
    return "sounds alike" if near.sounds else "sounds a little alike"


def _tied(near: Near) -> str:
    return f"*{shown(tied_in_words(near), DOTS * TAG)}*"


def _plain(tag: str) -> str:
    """Return a tag for a code span, in which nothing can be escaped."""
    return shown(tag, TAG).replace("\\", "").replace("`", "'")
