"""Read JSON of any size piece by piece: the objects in its lists, one at a time."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from catalog.imports import UnreadableFile

Record = Mapping[str, Any]
Path = tuple[str, ...]

PIECE = 256 * 1024
MOST_RECORD = 16 * 1024 * 1024  # letters; the longest list of one entry, a playlist's, was 3 million
CERTAIN = 1024 * 1024  # a slip so far before the end of what was read is no cut
MOST_DEPTH = 12
MOST_LINE = 4 * 1024 * 1024

_NUMBERS = (int, float)
_ENDS = tuple(",]} \t\r\n")
_SPACE = " \t\r\n\ufeff"


class Broken(Exception):
    """The text ends or goes wrong in the middle; what was read before stands."""


def records(text: TextIO, *, lines: bool) -> Iterator[tuple[Path, object]]:
    """Yield the objects in the lists of a document, each with the names that led to its list.

    With `lines` every line is an object of its own; a line that is none comes as None. Raises Broken where the
    document goes wrong.
    """
    if not lines:
        yield from _Walk(text).value(())
        return
    while line := text.readline(MOST_LINE):
        if line.strip(_SPACE):
            yield (), _one(line)


def is_lines(head: str, name: str) -> bool:
    """Tell whether a text is a list of objects, a line each, by its name or by its first two lines."""
    if name.lower().endswith((".jsonl", ".ndjson")):
        return True
    first, newline, rest = head.strip(_SPACE).partition("\n")
    return bool(newline) and rest.lstrip(_SPACE).startswith("{") and isinstance(_one(first), Mapping)


def _one(line: str) -> object:
    try:
        return json.loads(line.strip(_SPACE))
    except (ValueError, RecursionError):
        return None


class _Walk:
    """One pass over a document, holding no more of it than its longest entry."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder()

    def value(self, path: Path) -> Iterator[tuple[Path, object]]:
        """Yield the objects in the lists of the value that comes next."""
        if len(path) > MOST_DEPTH:
            raise UnreadableFile("That JSON is nested too deeply to be an export.")
        match self._peek():
            case "[":
                yield from self._list(path)
            case "{":
                yield from self._object(path)
            case _:
                self._decode()

    def _list(self, path: Path) -> Iterator[tuple[Path, object]]:
        self._at += 1
        while (sign := self._peek()) != "]":
            if sign == ",":
                self._at += 1
            elif sign == "[":
                yield from self.value((*path, ""))
            else:
                yield path, self._decode()
        self._at += 1

    def _object(self, path: Path) -> Iterator[tuple[Path, object]]:
        self._at += 1
        while (sign := self._peek()) != "}":
            if sign == ",":
                self._at += 1
                continue
            name = self._decode()
            if self._peek() != ":" or not isinstance(name, str):
                raise Broken
            self._at += 1
            yield from self.value((*path, name))
        self._at += 1

    def _peek(self) -> str:
        """Return the next sign that is not space; raise Broken at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more():
                raise Broken

    def _decode(self) -> object:
        """Return the value that comes next, whole."""
        self._peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if len(self._buffer) - error.pos > CERTAIN or not self._more():
                    raise Broken from error
                continue
            except (ValueError, RecursionError) as error:  # a number of thousands of digits, a thousand brackets
                raise Broken from error
            length = end - self._at
            if type(found) in _NUMBERS and self._buffer[end : end + 1] not in _ENDS and self._more():
                continue  # it goes on: `12` may be the begin of `12.5`
            self._at += length
            return found

    def _more(self) -> bool:
        """Read on, letting go of what is done; tell whether there was more."""
        if self._ended:
            return False
        left = len(self._buffer) - self._at
        if left > MOST_RECORD:
            raise UnreadableFile("One entry of that JSON is larger than any export's: it cannot be read.")
        piece = self._text.read(max(PIECE, left))
        self._ended = not piece
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
        return bool(piece)
