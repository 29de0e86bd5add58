"""What the week's announcement says. Pure: entries in, embeds out, within Discord's limits."""

from collections.abc import Callable, Sequence
from functools import partial

import discord

from bot.embeds import GREEN, LIMIT_DESCRIPTION, sources, track_link, track_name
from bot.hit_lines import hit_line
from bot.text import counted, shown
from scheduler.announcing import AnnouncedDrop

LIMIT_MESSAGE = 5_600  # Discord counts 6,000 characters over all embeds of a message; titles and footer need some
LIMIT_PART = LIMIT_DESCRIPTION - 96
NAME, NOTE = 40, 90
LETTER_PICKS, LETTER_NOTE = 5, 600
ADDRESS = 200  # a playlist's address has 56 characters; another server's may have more


def announcement_embeds(week: str, entries: Sequence[AnnouncedDrop], marker: str, prefix: str) -> list[discord.Embed]:
    """Return the announcement: the server's list first, then everybody's; the marker stands in the footer.

    With many people the lines get shorter, and at last the rest is counted: everybody's own command shows theirs.
    """
    ordered = sorted(entries, key=lambda entry: (not entry.is_server, entry.owner_name.casefold()))
    parts = _parts(_lines(ordered, prefix, week))
    embeds = [discord.Embed(description="\n".join(part), colour=GREEN) for part in parts]
    embeds[0].title = f"The lists of week {week.rpartition('W')[2].lstrip('0') or week} are here"
    picks = [pick for entry in ordered for pick in entry.picks]
    embeds[-1].set_footer(text=f"{sources(picks)} · {marker}")
    return embeds


def _lines(entries: Sequence[AnnouncedDrop], prefix: str, week: str) -> list[str]:
    """Return a line for each list, as full as all of them allow."""
    for line in (partial(_full, week), _short):
        lines = [line(entry) for entry in entries]
        if sum(len(each) + 1 for each in lines) <= LIMIT_MESSAGE:
            return lines
    return _as_many_as_fit(entries, _short, prefix)


def _as_many_as_fit(entries: Sequence[AnnouncedDrop], line: Callable[[AnnouncedDrop], str], prefix: str) -> list[str]:
    lines: list[str] = []
    room = LIMIT_MESSAGE - 100
    for entry in entries:
        text = line(entry)
        room -= len(text) + 1
        if room < 0:
            rest = counted(len(entries) - len(lines), "more list")
            return [*lines, f"… and {rest}: `{prefix}playlist` shows you yours."]
        lines.append(text)
    return lines


def _full(week: str, entry: AnnouncedDrop) -> str:
    beside = f" · [page]({entry.page})" if entry.page and entry.url and len(entry.page) <= ADDRESS else ""
    head = f"{_short(entry)}{beside} · {counted(len(entry.picks), 'track')}"
    if entry.picks:
        head += f", first {track_name(entry.picks[0].track)}"
    note = f"\n*{shown(entry.note, NOTE)}*" if entry.note else ""
    hits = hit_line(entry.hits, week, "liked") if entry.hits else ""
    return f"{head}{f' · {hits}' if hits else ''}{note}"


def _short(entry: AnnouncedDrop) -> str:
    name = shown(entry.owner_name, NAME) or "Somebody"
    title = f"🎧 {name}, the list of us all" if entry.is_server else name
    address = entry.url or entry.page
    return f"**[{title}]({address})**" if 0 < len(address) <= ADDRESS else f"**{title}**"


def letter_embed(week: str, entry: AnnouncedDrop, page: str = "") -> discord.Embed:
    """Return what somebody is told of their drop by direct message; `page` is the one with their reasons."""
    places = [f"[Open the playlist]({entry.url})"] if 0 < len(entry.url) <= ADDRESS else []
    places += [f"[open it as a page]({page})"] if page else []
    lines = [" or ".join(places)] if places else ["`/playlist` shows it, and hands it out as files."]
    lines += [f"{number}. {track_link(pick.track)}" for number, pick in enumerate(entry.picks[:LETTER_PICKS], 1)]
    if len(entry.picks) > LETTER_PICKS:
        lines.append(f"… and {len(entry.picks) - LETTER_PICKS} more")
    hits = hit_line(entry.hits, week, "you liked") if entry.hits else ""
    lines += [f"-# {hits}"] if hits else []
    lines += [f"*{shown(entry.note, LETTER_NOTE)}*"] if entry.note else []
    title = f"Your list of week {week.rpartition('W')[2].lstrip('0') or week} is here"
    embed = discord.Embed(title=title, description="\n".join(lines), colour=GREEN)
    return embed.set_footer(text=f"{sources(entry.picks)} · /schedule changes where I tell you")


def _parts(lines: Sequence[str]) -> list[list[str]]:
    """Divide the lines among embeds."""
    parts: list[list[str]] = [[]]
    room = LIMIT_PART
    for line in lines:
        if len(line) + 1 > room and parts[-1]:
            parts.append([])
            room = LIMIT_PART
        parts[-1].append(line)
        room -= len(line) + 1
    return parts
