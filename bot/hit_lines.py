"""How often picks were liked, in words. Pure."""

from datetime import date, timedelta

import discord

from bot.embeds import GREEN
from bot.text import counted
from scheduler.hits import MEAN_OF, HitRate, Hits
from scheduler.weeks import iso_week

BAR = 10
LIKED, DISLIKED, IGNORED = "🟦", "🟧", "▫️"


def hit_line(rate: HitRate, week: str, who: str = "You liked") -> str:
    """Return `You liked 11 of 30 last week (3-week mean 9.4)`: what became of the drop before that week's."""
    hits = rate.last
    if hits is None:
        return ""
    weeks = min(len(rate.weeks), MEAN_OF)
    mean = f" ({weeks}-week mean {rate.mean:.1f})" if weeks > 1 else ""
    return f"{who} {hits.liked} of {hits.picks} {_when(hits.week, week)}{mean}{_wild(hits)}"


def so_far(hits: Hits) -> str:
    """Return what became of the drop that is shown, nothing where nobody said anything of it."""
    return f"You like {hits.liked} of {hits.picks} on this list{_wild(hits)}" if hits.votes else ""


def hits_embed(rate: HitRate, weeks: int) -> discord.Embed:
    """Return what became of somebody's last drops, two lines each."""
    lines = [_line(hits) for hits in rate.weeks[:weeks]]
    if len(rate.weeks) > 1:
        lines.append(f"\n{min(len(rate.weeks), MEAN_OF)}-week mean: **{rate.mean:.1f}** liked a list")
    embed = discord.Embed(title="How your lists did", description="\n".join(lines), colour=GREEN)
    embed.set_footer(text=f"{LIKED} liked  {DISLIKED} disliked  {IGNORED} not rated · wildcards are counted apart")
    return embed


def week_name(week: str) -> str:
    """Return `week 41` for 2026-W41."""
    return f"week {int(week[6:])}"


def _line(hits: Hits) -> str:
    disliked = f", disliked {hits.disliked}" if hits.disliked else ""
    return f"**{week_name(hits.week)}**: liked {hits.liked} of {hits.picks}{disliked}{_wild(hits)}\n{_bar(hits)}"


def _bar(hits: Hits) -> str:
    """Return the liked, the disliked and the unrated part; what is there at all has a square."""
    if not hits.picks:
        return IGNORED * BAR
    liked = _part(hits.liked, hits.picks)
    disliked = min(_part(hits.disliked, hits.picks), BAR - liked)
    return LIKED * liked + DISLIKED * disliked + IGNORED * (BAR - liked - disliked)


def _part(some: int, of_all: int) -> int:
    return max(round(BAR * some / of_all), 1) if some else 0


def _wild(hits: Hits) -> str:
    return f", and {hits.wild_liked} of {counted(hits.wildcards, 'wildcard')}" if hits.wildcards else ""


def _when(drop_week: str, week: str) -> str:
    before = date.fromisocalendar(int(week[:4]), int(week[6:]), 1) - timedelta(weeks=1)
    return "last week" if drop_week == iso_week(before) else f"in {week_name(drop_week)}"
