"""Files that are no import, or harm: a sentence each, in bounded time and memory."""

import codecs
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from catalog import imports_files, imports_json, imports_tally
from catalog.imports import UnreadableFile
from tests.fixtures.imports import Desk
from tests.import_files import (
    extended,
    packed,
)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "x.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n....", "x.png", "picture"),
        (b"%PDF-1.4", "x.pdf", "PDF"),
        (b"\x1f\x8b\x08\0", "x.gz", "gzip"),
        (bytes(range(256)) * 20, "x.bin", "no text"),
        ("<!DOCTYPE html><title>x</title>", "x.html", "web page"),
        ('<?xml version="1.0"?><plist/>', "Library.xml", "XML"),
        ("foo,bar\n1,2\n", "x.csv", "title, artist"),
        ("title,artist\n", "x.csv", "no tracks"),
        ("title,artist\nA,\n", "x.csv", "line 2: it names no artist"),
        ("[" * 100_000, "x.json", "nested"),
        ('{"a":' * 100_000, "x.json", "nested"),
        ("[1" + "0" * 5_000 + "]", "x.json", "no tracks"),
        ([{"foo": 1}], "x.json", "entry 1: I do not know entries of this form"),
        ([extended("A")], "x.json", "1 heard once only"),
        ("title,artist\n" + "x" * 2_000_000, "x.csv", "a million letters"),
        (packed({"Identity.json": {}, "photo.jpg": "x"}), "x.zip", "nothing that is in this archive"),
        (packed({"[Content_Types].xml": "x", "xl/a.csv": "x"}), "x.xlsx", "save it as CSV"),
        (packed({"feedback.jsonl": "x"})[:60], "x.zip", "damaged"),
    ],
)
def test_what_is_no_import_is_a_sentence(desk: Desk, content: object, name: str, sentence: str) -> None:
    """It says what the file is, or what is missing in it."""
    assert sentence in desk.refusal(content, name)


def test_an_archive_that_lies_about_itself_is_damaged(desk: Desk) -> None:
    """A checksum that does not fit is a sentence and not a stumble."""
    blob = bytearray(packed({"StreamingHistory0.json": [extended("A")] * 50}))
    blob[blob.index(b"StreamingHistory0.json") + 60] ^= 0xFF
    assert "damaged" in desk.refusal(bytes(blob))


def test_a_locked_archive_is_a_sentence(desk: Desk) -> None:
    """The flag of a password is enough."""
    blob = bytearray(packed({"StreamingHistory0.json": [extended("A")]}))
    blob[blob.index(b"PK\x01\x02") + 8] |= 1
    blob[6] |= 1
    assert "password" in desk.refusal(bytes(blob))


def test_a_bomb_is_not_opened(desk: Desk) -> None:
    """What shrank a thousandfold is refused by its own figures, before a byte of it is unpacked."""
    blob = packed({"StreamingHistory0.json": "[" + " " * 20_000_000 + "]"})
    assert len(blob) < 100_000
    assert "would grow to 19 MB" in desk.refusal(blob)


def test_a_bomb_that_hides_its_size_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes that come are counted, whatever the figures say; all parts of an archive share the room."""
    monkeypatch.setattr(imports_files, "MOST_BYTES", 200_000)
    monkeypatch.setattr(imports_files, "SMALL", 200_000)
    rng = random.Random(1)
    part = [extended(f"T{rng.random()}") for _ in range(300)]
    files = {f"StreamingHistory{number}.json": part for number in range(3)}
    assert "send one of the files in it at a time" in desk.refusal(packed(files))
    assert "send one of the files in it at a time" in desk.refusal("title,artist\n" + "A,B\n" * 100_000)


def test_an_entry_without_end_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds one entry at a time, and no entry is that large."""
    monkeypatch.setattr(imports_json, "MOST_RECORD", 1_000_000)
    monkeypatch.setattr(imports_json, "CERTAIN", 10_000_000)
    assert "One entry" in desk.refusal('[{"a": "' + "x" * 3_000_000)


def test_memory_is_bounded_however_many_tracks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past so many tracks new ones are counted and not kept."""
    monkeypatch.setattr(imports_tally, "MOST_TRACKS", 10)
    found = desk.read("title,artist\n" + "".join(f"T{number},A\n" for number in range(15)))
    assert len(found.lines) == 10
    assert found.left_out["beyond those you play most"] == 5


class Pieces:
    """A text that comes in pieces as small as can be."""

    def __init__(self, text: str, size: int) -> None:
        self._pieces: Iterator[str] = iter([text[at : at + size] for at in range(0, len(text), size)])

    def read(self, _: int) -> str:
        """Return the next piece."""
        return next(self._pieces, "")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(rows=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=6), size=st.integers(1, 9))
@examples(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_json_is_the_same_in_pieces(rows: Sequence[dict[str, object]], size: int) -> None:
    """Wherever a piece ends, in a number or in a letter's escape, the entries are those that json reads."""
    text = json.dumps({"before": 12.5, "list": rows, "after": [1, [2], {"x": rows}]})
    found = list(imports_json.records(Pieces(text, size), lines=False))  # type: ignore[arg-type]
    assert [record for path, record in found if path == ("list",)] == list(rows)


@given(blob=st.binary(max_size=400))
@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_makes_it_stumble(desk: Desk, blob: bytes) -> None:
    """Whatever the bytes: lines, or a sentence."""
    before = (b"", b"title,artist\n", b'[{"title":"', codecs.BOM_UTF16_LE, b"PK\x03\x04")
    for start in before:
        with suppress(UnreadableFile):
            assert desk.read(start + blob).lines
