"""Covers of playlists: drawn by us from a seed, never from other people's covers."""

from bot.pictures.cards import Cover
from bot.pictures.draw import draw
from storage.owners import Owner


async def paint_cover(owner: Owner, name: str, week: str) -> bytes:
    """Return the cover of an owner's list of that week: another drawing each week, in colours that stay theirs."""
    key = f"{owner.kind} {owner.id}"
    card = Cover(f"{key} {week}", "" if owner.kind == "blend" else name, _line(owner, week), (key,))
    return (await draw(card)).data


def _line(owner: Owner, week: str) -> str:
    return "a blend" if owner.kind == "blend" else f"week {int(week.rpartition('W')[2])}"
