"""Understand a file that somebody brought along: whichever export it is, however large, in one pass."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from catalog.imports import Understood, UnreadableFile
from catalog.imports_csv import read_rows
from catalog.imports_files import Part, open_parts
from catalog.imports_json import Broken, is_lines, records
from catalog.imports_shapes import Shapes
from catalog.imports_tally import Reading, Tally

DAMAGED = "{what} is damaged after entry {count:,}: what stands before it counts."


def read_import(path: Path, name: str, now: datetime, most: int) -> Understood:
    """Return what a file tells of tracks, the `most` strongest; `name` is what its owner calls it.

    Raises:
        UnreadableFile: with a sentence that says what to do.
    """
    tally, shapes = Tally(), Shapes()
    for part in open_parts(path):
        with part.text(tally.notes) as text:
            _read(part, text, part.name or name, shapes, tally)
    for reading in shapes.leftover():
        tally.add(reading, "feedback")
    return tally.understood(now, most)


def digest_of(path: Path) -> str:
    """Return what tells the file from any other."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(part: Part, text: TextIO, name: str, shapes: Shapes, tally: Tally) -> None:
    head = part.head.replace(b"\0", b"").decode("utf-8", "ignore").lstrip("\ufeff\ufffe \t\r\n")
    prefix = f"{part.name[:60]}, " if part.name else ""
    if not head.startswith(("[", "{")):
        _read_list(text, prefix, bool(part.name), tally)
        return
    lines = is_lines(head, name)
    word, count = ("line" if lines else "entry"), 0
    try:
        for count, reading in _entries(text, shapes, lines=lines):
            tally.add(reading, f"{prefix}{word} {count:,}")
    except Broken:
        tally.notes.append(DAMAGED.format(what=part.name[:60] or "The file", count=count))


def _read_list(text: TextIO, prefix: str, in_archive: bool, tally: Tally) -> None:
    try:
        for number, reading in read_rows(text):
            tally.add(reading, f"{prefix}line {number:,}")
    except UnreadableFile as error:
        if not in_archive:
            raise
        tally.notes.append(f"{prefix.rstrip(', ')} is left out: {error}")


def _entries(text: TextIO, shapes: Shapes, *, lines: bool) -> Iterator[tuple[int, Reading]]:
    for number, (path, record) in enumerate(records(text, lines=lines), 1):
        for reading in shapes.read(path, record):
            yield number, reading
