"""What somebody sees of their schedule and their dial, and the buttons below; like all of ours they work for ever."""

import re
from datetime import datetime
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.embeds import GREEN, VIOLET
from bot.schedules import BOTH, DM, PAUSE, PLACES, RESUME, SERVERS
from scheduler.weeks import Slot
from storage.people import Person

ASKER = "(?P<asker>[0-9]{15,20})"
NOT_YOURS = "That is somebody else's: `/schedule` and `/dial` show yours."
MIDDLE, MOST = 5, 10
TOLD = {
    DM: "By direct message only; no server's announcement names you.",
    SERVERS: "In the announcement of your servers.",
    BOTH: "In the announcement of your servers, and by direct message.",
}
LEANINGS = (
    (1, "Only what lies closest to what you love."),
    (4, "Mostly close to what you love, with a little that is new."),
    (6, "A mix: familiar ground, and steps off it."),
    (9, "Mostly new ground that you may well like."),
    (10, "As far out as I dare."),
)


class WishButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tb:wish:(?P<name>pause|resume|dm|servers|both|dial-[0-9]{{1,2}}):{ASKER}",
):
    """Change one wish of who asked; nobody else may."""

    def __init__(self, name: str, asker: int, label: str = "?", emoji: str | None = None, **look: Any) -> None:
        look.setdefault("style", discord.ButtonStyle.secondary)
        super().__init__(discord.ui.Button(label=label, emoji=emoji, custom_id=f"tb:wish:{name}:{asker}", **look))
        self.name = name
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the wish from the id."""
        return cls(match["name"], int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the wish, and show how it is now in place of how it was."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            embed, view = await interaction.client.member_wishes.pressed(interaction.user, self.name)
            await interaction.edit_original_response(embed=embed, view=view)


WISH_ITEMS = (WishButton,)


def schedule_embed(person: Person, slot: Slot, due: datetime, *, usual: bool) -> discord.Embed:
    """Return when and where somebody gets their drop."""
    if person.paused:
        embed = discord.Embed(
            title="⏸️ Your drops are paused",
            description="Nothing new comes until you resume. What you say with reactions still counts.",
            colour=VIOLET,
        )
    else:
        stamp = int(due.timestamp())
        embed = discord.Embed(
            title=f"🗓️ Your drop comes on {slot.weekday.capitalize()} at {slot.hour:02d}:00",
            description=f"{slot.timezone}{', as for everybody here' if usual else ''}\n"
            f"**Next:** <t:{stamp}:F> (<t:{stamp}:R>)",
            colour=GREEN,
        )
    embed.add_field(name="Where I tell you", value=TOLD[place_of(person)], inline=False)
    return embed.set_footer(text="Only you see this. Change it with /schedule, such as: friday 18 Europe/Berlin")


def schedule_view(person: Person, asker: int) -> discord.ui.View:
    """Return the buttons below a schedule."""
    view = discord.ui.View(timeout=None)
    if person.paused:
        view.add_item(WishButton(RESUME, asker, "Resume", "▶️", style=discord.ButtonStyle.success))
    else:
        view.add_item(WishButton(PAUSE, asker, "Pause", "⏸️"))
    here = place_of(person)
    for place, label in ((SERVERS, "In servers"), (BOTH, "And by DM"), (DM, "By DM only")):
        style = discord.ButtonStyle.primary if place == here else discord.ButtonStyle.secondary
        view.add_item(WishButton(place, asker, label, style=style, disabled=place == here, row=1))
    return view


def dial_embed(dial: int | None) -> discord.Embed:
    """Return how adventurous somebody's drops are."""
    value = MIDDLE if dial is None else dial
    bar = "".join("🟢" if place == value else "▫️" for place in range(MOST + 1))
    leaning = next(sentence for most, sentence in LEANINGS if value <= most)
    embed = discord.Embed(
        title=f"🎚️ Your dial stands at {value}", description=f"familiar {bar} adventurous\n{leaning}", colour=GREEN
    )
    return embed.set_footer(text="Only you see this. It counts from your next drop on, and for discover at once.")


def dial_view(dial: int | None, asker: int) -> discord.ui.View:
    """Return the buttons that turn the dial."""
    value = MIDDLE if dial is None else dial
    view = discord.ui.View(timeout=None)
    down, up = max(value - 1, 0), min(value + 1, MOST)
    view.add_item(WishButton(f"dial-{down}", asker, "More familiar", "◀️", disabled=value == 0))
    view.add_item(WishButton(f"dial-{up}", asker, "More adventurous", "▶️", disabled=value == MOST))
    return view


def place_of(person: Person) -> str:
    """Return where somebody is told of their drop."""
    wish = person.by_dm, person.hushed
    return next((place for place, flags in PLACES.items() if flags == wish), DM)
