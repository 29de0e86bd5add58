"""Other people's words on Discord."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clean, counted, cut, escape, shown


@given(st.text())
def test_clean_text_is_one_line_of_seen_characters(text: str) -> None:
    """No control character, no mark that turns the reading direction, no zero-width character is left."""
    result = clean(text)
    assert "\n" not in result
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} for char in result)


@given(st.text(), st.integers(1, 60))
def test_shown_text_keeps_to_its_limit(text: str, limit: int) -> None:
    """Escaping never makes a text longer than there is room for."""
    assert len(shown(text, limit)) <= limit


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("**loud**", r"\*\*loud\*\*"),
        ("[click](https://evil.example)", "\\[click\\](https:\u200b//evil.example)"),
        ("@everyone", "@\u200beveryone"),
        ("<@123>", "\\<@\u200b123\\>"),
        ("||secret||", r"\|\|secret\|\|"),
        ("# big", r"\# big"),
        ("plain - title", "plain - title"),
    ],
)
def test_markup_in_a_title_is_shown_and_not_obeyed(hostile: str, harmless: str) -> None:
    """A title cannot format, link or mention."""
    assert escape(hostile) == harmless


def test_a_turned_title_reads_forward() -> None:
    """A right-to-left override does not turn the rest of the line round."""
    assert clean("abc\u202egpj.exe\u2066x") == "abcgpj.exex"


def test_a_tower_of_marks_is_taken_down() -> None:
    """Marks stacked on one letter cannot draw over the lines above."""
    assert len(clean("a" + "\u0301" * 50)) < 6


def test_a_cut_text_says_so() -> None:
    """What is cut off ends in …, and never in half an escape."""
    assert cut("abcdef", 4) == "abc…"
    assert shown("****", 4) == r"\*…"


def test_numbers_agree_with_their_words() -> None:
    """One track, two tracks."""
    assert (counted(1, "track"), counted(2, "track"), counted(1200, "list")) == ("1 track", "2 tracks", "1,200 lists")
