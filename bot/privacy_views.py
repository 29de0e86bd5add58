"""The question before somebody is forgotten, and the button that answers it: once, and for a quarter of an hour."""

import re
from datetime import datetime, timedelta
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.embeds import GREEN, VIOLET

ASKER = "(?P<asker>[0-9]{15,20})"
ANSWERABLE = timedelta(minutes=15)
RED = discord.Colour(0xE5484D)

NOT_YOURS = "Only who asked may answer that: `/forget-me` is there for everybody."
TOO_LATE = "That question is older than a quarter of an hour: ask again with `/forget-me`."
KEPT = "Nothing was forgotten: all is as it was."

WHAT_GOES = """**For good, and at once:** your linked account and its tokens, your reactions, ratings and imports, \
your drops and why they were picked, your schedule and your dial, what the taste models learned of you.
**On Spotify:** your playlist on my account is emptied and renamed; whoever follows it follows an empty list.
**What stays:** tracks that you shared, without your name and your words, since others have rated them. Your reactions \
still stand on Discord; I do not read them again."""


class ForgetButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tb:forget:(?P<way>yes|no):(?P<asked>[0-9]{{1,11}}):{ASKER}",
):
    """Answer whether all of somebody's data shall go; only they may."""

    def __init__(self, way: str, asked: int, asker: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Forget me for good" if way == "yes" else "Keep everything",
                style=discord.ButtonStyle.danger if way == "yes" else discord.ButtonStyle.secondary,
                custom_id=f"tb:forget:{way}:{asked}:{asker}",
            )
        )
        self.way = way
        self.asked = asked
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id who asked, and when."""
        return cls(match["way"], int(match["asked"]), int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Forget, or keep; the question goes either way."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            embed = await interaction.client.privacy.answered(interaction.user, self.asked, self.way == "yes")
            await interaction.edit_original_response(embed=embed, view=None)


PRIVACY_ITEMS = (ForgetButton,)


def forget_embed() -> discord.Embed:
    """Return the question."""
    embed = discord.Embed(title="Forget everything about you?", description=WHAT_GOES, colour=RED)
    embed.add_field(name="Before that", value="`/my-data` gives you all of it as a file.", inline=False)
    return embed.set_footer(text="Only you see this. The button works once, for 15 minutes. Nobody can undo it.")


def forget_view(asker: int, now: datetime) -> discord.ui.View:
    """Return the buttons below the question."""
    view = discord.ui.View(timeout=None)
    for way in ("yes", "no"):
        view.add_item(ForgetButton(way, int(now.timestamp()), asker))
    return view


def forgotten_embed(*, stays_out: bool, has_playlist: bool) -> discord.Embed:
    """Return what somebody reads once they are forgotten."""
    lines = ["I know nothing of you any more."]
    if has_playlist:
        lines.append("Your playlist is being emptied and renamed.")
    if stays_out:
        lines.append("I keep your number on Discord, and that alone, to go on leaving you alone: `/opt-in` ends that.")
    else:
        lines.append("If you share or react from now on, I get to know you anew; `/opt-out` keeps me from it.")
    return discord.Embed(title="Forgotten", description="\n".join(lines), colour=VIOLET)


def opt_embed(*, out: bool) -> discord.Embed:
    """Return what somebody reads who opted out or in."""
    if out:
        return discord.Embed(
            title="🤫 You are left alone from now on",
            description="Nothing you share, react to, rate or import is recorded, and no drop comes. Tracks you share "
            "are kept without your name, so that others can rate them.\nWhat I knew of you stays, unused: `/forget-me` "
            "removes it, `/opt-in` lets me use it again.",
            colour=VIOLET,
        )
    return discord.Embed(
        title="👋 You are back",
        description="From now on your shares, reactions and ratings count again. What you did meanwhile is not read.",
        colour=GREEN,
    )
