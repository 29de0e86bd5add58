"""Buttons and a menu by which somebody corrects their own taste ("that's wrong"), and takes the correction back."""

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import answering
from bot.intake import author_of
from bot.portraying import spelt
from bot.showing import BLUE
from bot.text import clean, cut, shown
from scheduler.portraits import Portrait
from storage.corrections import Way

if TYPE_CHECKING:
    from bot.client import TastebudBot

ASKER = "(?P<asker>[0-9]{15,20})"
SUBJECT = "(?P<subject>(?:tag|side):[^\n]{1,45})"
OPTION = re.compile(rf"(?P<way>less|more|undo) {SUBJECT}")
NOT_YOURS = "That is somebody else's taste: `/taste` shows yours."
NOTHING_TO_CORRECT = "I know nothing of your taste that you could correct yet."
NOT_KEPT = "That was not kept: you have many corrections already, take one back first."
NO_SUCH = "I do not know that any more: `/taste` shows what I know."
TAGS_OFFERED, OPTIONS = 10, 25
LABEL = 100
WAYS = {"less": Way.LESS, "more": Way.MORE}


class WrongButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:wrong:{ASKER}"):
    """Ask what is wrong with a taste; only its owner may."""

    def __init__(self, asker: int) -> None:
        super().__init__(
            discord.ui.Button(label="That's wrong", style=discord.ButtonStyle.secondary, custom_id=f"tb:wrong:{asker}")
        )
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id whose taste it is."""
        return cls(int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show a menu of what may be wrong."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            portrait = await interaction.client.services.society.portraits.of(self.asker)
            options = options_of(portrait) if portrait else []
            if not options:
                await interaction.followup.send(NOTHING_TO_CORRECT, ephemeral=True)
                return
            view = discord.ui.View(timeout=None)
            view.add_item(CorrectionMenu(self.asker, options))
            await interaction.followup.send("What should I know better?", view=view, ephemeral=True)


class CorrectionMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tb:correct:{ASKER}"):
    """Choose what there should be more or less of, or which correction no longer holds."""

    def __init__(self, asker: int, options: list[discord.SelectOption] | None = None) -> None:
        super().__init__(
            discord.ui.Select(
                placeholder="Less of this, more of that …",
                custom_id=f"tb:correct:{asker}",
                options=options or [discord.SelectOption(label="nothing")],
            )
        )
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id whose menu it is."""
        return cls(int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the correction, or take it back; what was chosen comes from outside and is checked."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            chosen = OPTION.fullmatch(self.item.values[0]) if self.item.values else None
            if chosen is None or not is_subject(chosen["subject"]):
                await interaction.followup.send(NO_SUCH, ephemeral=True)
            elif chosen["way"] == "undo":
                await take_back(interaction, chosen["subject"])
            else:
                await _correct(interaction, chosen["subject"], WAYS[chosen["way"]])


class TakeBackButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:uncorrect:{ASKER}:{SUBJECT}"):
    """Take a correction back; only who made it may."""

    def __init__(self, asker: int, subject: str) -> None:
        super().__init__(
            discord.ui.Button(
                label="Undo",
                emoji="↩️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:uncorrect:{asker}:{subject}",
            )
        )
        self.asker = asker
        self.subject = subject

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id whose correction it is, and which."""
        return cls(int(match["asker"]), match["subject"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Forget the correction."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            await take_back(interaction, self.subject)


TASTE_ITEMS = (WrongButton, CorrectionMenu, TakeBackButton)


def options_of(portrait: Portrait) -> list[discord.SelectOption]:
    """Return what may be corrected: the tags of the taste, its sides, and corrections that stand."""
    from recommender.corrections import subject_of_side, subject_of_tag

    standing = {correction.subject for correction in portrait.corrections}
    found = [
        _option("undo", correction.subject, f"Take back: {told(correction.subject, correction.way)}")
        for correction in portrait.corrections
    ]
    for record in portrait.sketch.tags[:TAGS_OFFERED]:
        subject = subject_of_tag(record.name)
        if subject not in standing:
            found.append(_option("less", subject, told(subject, Way.LESS).capitalize()))
    for stand in portrait.sketch.stands:
        subject, way = subject_of_side(stand.key), Way.LESS if stand.value > 0.5 else Way.MORE
        if subject not in standing:
            found.append(_option("less" if way is Way.LESS else "more", subject, told(subject, way).capitalize()))
    return found[:OPTIONS]


def told(subject: str, way: int) -> str:
    """Return a correction in plain words, safe to show."""
    from recommender.corrections import TAG, in_words

    if subject.startswith(TAG):
        return f"{'more' if way > 0 else 'less'} {clean(spelt(subject.removeprefix(TAG)))}"
    return in_words(subject, way)


def is_subject(subject: str) -> bool:
    """Tell whether there is such a tag or side: anybody can send anything."""
    from recommender.corrections import SIDE, TAG, subject_of_tag
    from recommender.sides import KEYS

    if subject.startswith(SIDE):
        return subject.removeprefix(SIDE) in KEYS
    return subject == subject_of_tag(subject.removeprefix(TAG)) and bool(clean(subject.removeprefix(TAG)))


def taste_embed(portrait: Portrait) -> discord.Embed:
    """Return the words that go with the picture."""
    named = [f"**{shown(spelt(tag.name), 40)}** {tag.liked} of {tag.rated}" for tag in portrait.sketch.tags[:6]]
    lines = [f"You tend to like {' · '.join(named)}"] if named else []
    if portrait.corrections:
        said = ", ".join(shown(told(each.subject, each.way), 60) for each in portrait.corrections)
        lines.append(f"You told me: {said}.")
    embed = discord.Embed(title="Your taste", description="\n".join(lines) or None, colour=BLUE)
    return embed.set_footer(text="On the radar the middle is what is usual among all tracks I know.")


def taste_view(asker: int) -> discord.ui.View:
    """Return the button to correct it."""
    view = discord.ui.View(timeout=None)
    view.add_item(WrongButton(asker))
    return view


async def take_back(interaction: discord.Interaction["TastebudBot"], subject: str) -> None:
    """Forget a correction of who acted, and say so."""
    gone = await interaction.client.services.storage.corrections.take_back(interaction.user.id, subject)
    name = shown(told(subject, Way.LESS).removeprefix("less "), 60)
    sentence = f"↩️ Forgotten: what you told me about {name}." if gone else f"You have not corrected {name}."
    await interaction.followup.send(sentence, ephemeral=True)


async def _correct(interaction: discord.Interaction["TastebudBot"], subject: str, way: Way) -> None:
    kept = await interaction.client.services.storage.corrections.correct(author_of(interaction.user), subject, way)
    if not kept:
        await interaction.followup.send(NOT_KEPT, ephemeral=True)
        return
    view = discord.ui.View(timeout=None)
    view.add_item(TakeBackButton(interaction.user.id, subject))
    sentence = f"Noted: {shown(told(subject, way), 60)}. Your next picks know; what you said of tracks stays as it is."
    await interaction.followup.send(sentence, view=view, ephemeral=True)


def _option(word: str, subject: str, label: str) -> discord.SelectOption:
    return discord.SelectOption(label=cut(label, LABEL), value=f"{word} {subject}"[:LABEL])
