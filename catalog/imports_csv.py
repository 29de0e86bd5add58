"""Read lists whose values stand between commas, semicolons or tabs, whoever wrote them."""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from catalog.imports import ImportKind, UnreadableFile
from catalog.imports_cells import read_instant
from catalog.imports_columns import HOW, Columns, ref_of
from catalog.imports_tally import Entry, Reading, Wrong

SIGNS = ",;\t|"
MOST_LINE = 1024 * 1024
HEARD = 4
"""Columns of a history without names: artist, album, track, date (benjaminbenben.com/lastfm-to-csv)."""


def read_rows(text: TextIO) -> Iterator[tuple[int, Reading]]:
    """Yield what the rows tell, each with the number of its line.

    Raises:
        UnreadableFile: its first line tells nothing of tracks.
    """
    lines = _lines(text)
    # Spreadsheets may begin with empty lines, or with `sep=;` for each other.
    ahead = enumerate(lines, 1)
    number, first = next(((n, line) for n, line in ahead if _says(line)), (1, ""))
    sign = _sign(first)
    header = _cells(first, sign)
    columns = Columns.of(header)
    if columns is not None:
        return _named(columns, header, lines, sign, number + 1)
    if len(header) == HEARD and read_instant(header[-1]) is not None:
        return _unnamed(chain((first,), lines), sign, number)
    if ref_of(header) is not None:
        return _links(chain((first,), lines), sign, number)
    shown = ", ".join(cell[:30] for cell in header[:6] if cell)
    raise UnreadableFile(f"I do not know what the columns of that list are ({shown or 'there are none'}): {HOW}.")


def _named(
    columns: Columns, header: list[str], lines: Iterator[str], sign: str, first: int
) -> Iterator[tuple[int, Reading]]:
    for number, row in _rows(lines, sign, first):
        yield number, row if isinstance(row, Wrong) else columns.read(dict(zip(header, row, strict=False)))


def _unnamed(lines: Iterator[str], sign: str, first: int) -> Iterator[tuple[int, Reading]]:
    for number, row in _rows(lines, sign, first):
        if isinstance(row, Wrong):
            yield number, row
        elif len(row) != HEARD:
            yield number, Wrong(f"it has {len(row)} values in place of {HEARD}")
        else:
            artist, album, title, at = row
            yield number, Entry(title, artist, album or None, plays=1, at=read_instant(at), kind=ImportKind.LASTFM)


def _links(lines: Iterator[str], sign: str, first: int) -> Iterator[tuple[int, Reading]]:
    for number, row in _rows(lines, sign, first):
        if isinstance(row, Wrong):
            yield number, row
        else:
            ref = ref_of(row)
            yield number, Wrong("it holds no link to a track") if ref is None else Entry(ref=ref, value=1)


def _rows(lines: Iterator[str], sign: str, first: int) -> Iterator[tuple[int, list[str] | Wrong]]:
    """Yield the rows that hold anything, with the numbers of their lines.

    Each line is read by itself, although a quoted value may hold line breaks: names of tracks do not, and so a quote
    that somebody forgot to close spoils one line and not the rest of the list.
    """
    for number, line in enumerate(lines, first):
        try:
            row = [cell.strip() for cell in next(csv.reader([line], delimiter=sign, strict=True), [])]
        except csv.Error:
            yield number, Wrong("its quotes do not fit together")
            continue
        if any(row):
            yield number, row


def _lines(text: TextIO) -> Iterator[str]:
    """Yield the lines; raise UnreadableFile for one without an end."""
    while line := text.readline(MOST_LINE):
        if len(line) >= MOST_LINE:
            raise UnreadableFile("That file has a line of more than a million letters: it is no CSV of tracks.")
        yield line.replace("\0", "")


def _says(line: str) -> bool:
    return bool(line.strip("\ufeff \t\r\n,;|")) and not line.startswith("sep=")


def _sign(line: str) -> str:
    """Return what stands between the values of a line: outside quotes, what is there most."""
    bare = "".join(line.split('"')[::2])
    return max(SIGNS, key=bare.count)


def _cells(line: str, sign: str) -> list[str]:
    try:
        return [cell.strip("\ufeff \t") for cell in next(csv.reader([line], delimiter=sign), [])]
    except csv.Error:
        return []
