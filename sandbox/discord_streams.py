"""The transport compressions of the gateway: one stream a connection, flushed after each message."""

import importlib
import zlib
from typing import Any, Protocol


class Stream(Protocol):
    """Turn one gateway message into what goes over the socket."""

    def encode(self, text: str) -> str | bytes:
        """Return a text frame as str or a binary one as bytes."""
        ...


class PlainStream:
    """No compression: text frames."""

    def encode(self, text: str) -> str:
        """Return the text as it is."""
        return text


class ZlibStream:
    """`compress=zlib-stream`: one deflate stream, each message ending in 00 00 FF FF."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def encode(self, text: str) -> bytes:
        """Return the message as the next piece of the stream."""
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """`compress=zstd-stream`, which discord.py asks for when zstandard is installed beside it."""

    def __init__(self) -> None:
        zstandard: Any = importlib.import_module("zstandard")
        self._flush_block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        self._stream = zstandard.ZstdCompressor().compressobj()

    def encode(self, text: str) -> bytes:
        """Return the message as the next piece of the stream."""
        piece: bytes = self._stream.compress(text.encode()) + self._stream.flush(self._flush_block)
        return piece


def stream_for(compress: str | None) -> Stream:
    """Return the stream that the query of a gateway connection asks for."""
    if compress == "zlib-stream":
        return ZlibStream()
    if compress == "zstd-stream":
        return ZstdStream()
    return PlainStream()
