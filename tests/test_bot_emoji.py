"""What an emoji is called and means."""

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emoji import Verdicts, canonical, emoji_key

TONES = ("🏻", "🏼", "🏽", "🏾", "🏿")
THUMBS = Verdicts(("👍",), ("👎",))


@pytest.mark.parametrize("tone", ["", *TONES])
def test_a_thumb_means_the_same_in_every_skin_tone(tone: str) -> None:
    """A like is a like, whatever the colour of the hand."""
    assert THUMBS.value("👍" + tone) == 1
    assert THUMBS.value("👎" + tone) == -1


def test_skin_tones_are_kept_apart_as_reactions() -> None:
    """One person may set two tones and take one away, so their keys differ."""
    assert len({emoji_key("👍" + tone) for tone in ("", *TONES)}) == 6


@pytest.mark.parametrize("emoji", ["❤️", "👍️", "☹️"])
def test_the_variation_selector_makes_no_difference(emoji: str) -> None:
    """Discord sends an emoji with or without U+FE0F."""
    assert "\ufe0f" in emoji
    assert emoji_key(emoji) == emoji_key(emoji.replace("\ufe0f", ""))
    assert Verdicts((emoji,), ()).value(emoji.replace("\ufe0f", "")) == 1
    assert Verdicts((emoji.replace("\ufe0f", ""),), ()).value(emoji) == 1


@pytest.mark.parametrize(
    "written", ["<:fire:123456789012345678>", "<a:fire:123456789012345678>", "fire:123456789012345678"]
)
def test_a_custom_emoji_goes_by_its_id(written: str) -> None:
    """A custom emoji that was renamed is still the same one."""
    renamed = discord.PartialEmoji(name="flame", id=123456789012345678)
    assert emoji_key(written) == emoji_key(renamed) == "123456789012345678"
    assert Verdicts((written,), ()).value(renamed) == 1


def test_other_emoji_say_nothing() -> None:
    """Only the emoji in the settings count."""
    assert THUMBS.value("🎉") is None
    assert THUMBS.value("") is None
    assert THUMBS.value(discord.PartialEmoji(name="👍x")) is None


def test_a_deleted_custom_emoji_says_nothing() -> None:
    """Discord sends a reaction with a deleted emoji without a name."""
    assert THUMBS.value(discord.PartialEmoji.from_dict({"name": None, "id": 123456789012345678})) is None


@given(st.text())
def test_canonical_changes_nothing_the_second_time(text: str) -> None:
    """Whatever arrives, its meaning is found in one step."""
    assert canonical(canonical(text)) == canonical(text)
    assert emoji_key(emoji_key(text)) == emoji_key(text)
