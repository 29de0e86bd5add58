"""Open what somebody sent: archives and texts, never more of them than is good for us."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TextIO, cast

from catalog.imports import UnreadableFile

HEAD = 64 * 1024
MOST_BYTES = 1024**3  # unpacked: twenty years of extended history were seen to take 300 MB
MOST_MEMBERS = 10_000
# Texts of entries that repeat their keys were seen to shrink to a thirtieth; a bomb shrinks to a thousandth.
MOST_SHRUNK = 150
SMALL = 1024 * 1024  # below this, how far a part shrank does not matter

# The parts of an export that tell of music; nothing else in it is opened. Newer names stand beside older ones.
PARTS = (
    "streaminghistory*.json",
    "streaming_history_audio*.json",
    "endsong*.json",
    "yourlibrary.json",
    "playlist*.json",
    "*.jsonl",
    "*listen*.json",
    "*feedback*.json",
    "*scrobble*.json",
    "*lastfm*.json",
    "*recenttracks*.json",
    "*lovedtracks*.json",
    "*.csv",
    "*.tsv",
)
# What is said of tracks is read before what was heard, since it says of which.
FIRST = ("*feedback*",)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
_WESTERN_NOTE = "Its letters are not UTF-8; I read them as Western European ones."
_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"SQLite format 3", "a database"),
    (b"ID3", "sound"),
)
TAKES = "I take a CSV of tracks, or an export of Spotify, ListenBrainz or Last.fm (zip, JSON, JSONL or CSV)."


@dataclass(frozen=True, slots=True)
class Part:
    """One text to read: its name, empty for a file that is no archive, and how it is spelt."""

    name: str
    file: BinaryIO
    head: bytes

    @contextmanager
    def text(self, notes: list[str]) -> Iterator[TextIO]:
        """Give the text; what had to be guessed to read it is added to the notes."""
        encoding = _encoding(self.head)
        if encoding == _WESTERN and _WESTERN_NOTE not in notes:
            notes.append(_WESTERN_NOTE)
        with io.TextIOWrapper(self.file, encoding=encoding, errors="replace", newline="") as opened:
            yield opened


DAMAGED = "The archive is damaged: download it again, and send it as it came."


class _Metered(io.RawIOBase):
    """A stream that ends with an error when it turns out longer than was agreed, whatever its archive says."""

    def __init__(self, file: BinaryIO, room: list[int]) -> None:
        self._file = file
        self._room = room

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read on; raise UnreadableFile past the limit, and for an archive that is damaged."""
        try:
            piece = self._file.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise UnreadableFile(DAMAGED) from error
        self._room[0] -= len(piece)
        if self._room[0] < 0:
            raise UnreadableFile(_too_large())
        buffer[: len(piece)] = piece
        return len(piece)


def open_parts(path: Path) -> Iterator[Part]:
    """Yield the texts of a file: of an archive, one after the other, those that tell of music.

    Raises:
        UnreadableFile: it is nothing that can be imported, or more than should be.
    """
    room = [MOST_BYTES]
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(0)
        if not head.strip():
            raise UnreadableFile(f"That file is empty. {TAKES}")
        if head.startswith(b"PK\x03\x04"):
            yield from _members(file, room)
            return
        _refuse_others(head)
        yield Part("", _buffered(file, room), head)


def _members(file: BinaryIO, room: list[int]) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(file) as archive:
            for member in _chosen(archive.infolist()):
                with archive.open(member) as opened:
                    metered = _buffered(cast(BinaryIO, opened), room)
                    head = metered.peek(HEAD)[:HEAD]
                    yield Part(PurePosixPath(member.filename).name, cast(BinaryIO, metered), head)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise UnreadableFile(DAMAGED) from error
    except RuntimeError as error:  # a password, or (NotImplementedError is one) a method nobody uses
        raise UnreadableFile(
            "The archive is locked by a password, or packed in an unusual way: unpack it, and send the files in it."
        ) from error


def _chosen(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the parts to read, in order, or say why the archive is none to read."""
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnreadableFile("That is a spreadsheet or a document: save it as CSV, and send that.")
    found = [member for member in members if not member.is_dir() and _tells(member.filename)]
    if not found:
        raise UnreadableFile(f"I know nothing that is in this archive. {TAKES}")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in found) > MOST_BYTES:
        raise UnreadableFile(_too_large())
    for member in found:
        if member.file_size > max(SMALL, MOST_SHRUNK * member.compress_size):
            raise UnreadableFile(
                f"I do not open {PurePosixPath(member.filename).name[:60]}: it would grow to "
                f"{member.file_size // 1024**2:,} MB, which no export does. Unpack the archive, and send that file."
            )
    return sorted(found, key=lambda member: (not _is_any(member.filename, FIRST), member.filename))


def _tells(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" not in parts and _is_any(name, PARTS)


def _is_any(name: str, patterns: tuple[str, ...]) -> bool:
    last = PurePosixPath(name).name.lower()
    return any(fnmatch(last, pattern) for pattern in patterns)


def _buffered(file: BinaryIO, room: list[int]) -> io.BufferedReader:
    return io.BufferedReader(_Metered(file, room), HEAD)


def _refuse_others(head: bytes) -> None:
    for mark, what in _FORMATS:
        if head.startswith(mark):
            raise UnreadableFile(f"That is {what}. {TAKES}")
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableFile(f"That is a web page. {TAKES}")
    if start.startswith(b"<?xml"):
        raise UnreadableFile(f"That is XML. {TAKES}")
    if _encoding(head) == _WESTERN and sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) // 100:
        raise UnreadableFile(f"That file is no text. {TAKES}")


def _encoding(head: bytes) -> str:
    """Return how a text is spelt: by its mark, by the zeros between its letters, else UTF-8 where it can be."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _WESTERN
    return "utf-8"


def _too_large() -> str:
    return (
        f"Unpacked that is more than {MOST_BYTES // 1024**3} GB, which no export is: "
        "send one of the files in it at a time."
    )
