"""Read a TensorFlow checkpoint without TensorFlow: an index of names, and one file of plain numbers.

The index is a table of LevelDB (github.com/google/leveldb, doc/table_format.md): blocks of sorted keys that share
their beginnings, found through an index block that a footer points to. Each value is a protobuf, BundleEntryProto of
tensorflow/core/protobuf/tensor_bundle.proto, that says where the numbers lie.
"""

from collections.abc import Iterator, Mapping
from math import prod

import numpy as np
import numpy.typing as npt

FOOTER = 48
MAGIC = bytes.fromhex("57fb808b247547db")
UNCOMPRESSED = 0
FLOAT32 = 1
"""DT_FLOAT of TensorFlow's types; the only one read here."""

DTYPE, SHAPE, SHARD, OFFSET, SIZE = 1, 2, 3, 4, 5
DIMENSION, EXTENT = 2, 1
VARINT, FIXED64, LENGTHY, FIXED32 = 0, 1, 2, 5


class BadCheckpoint(ValueError):
    """The bytes are no checkpoint that can be read here; the message is a sentence."""


def read_checkpoint(index: bytes, data: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """Return every float32 array of a checkpoint of one data file, by name; raise BadCheckpoint for anything else."""
    if len(index) < FOOTER or index[-len(MAGIC) :] != MAGIC:
        raise BadCheckpoint("The index of the checkpoint is no table of LevelDB.")
    try:
        # Each handle is an offset and a size; the footer has that of the meta index first, which is of no use.
        handles = list(_varints(index[-FOOTER : -len(MAGIC)], 4))
        found = {}
        for _, place in _entries(index, *handles[2:]):
            for name, value in _entries(index, *_varints(place, 2)):
                entry = dict(_fields(value))
                if name and entry.get(DTYPE) == FLOAT32:
                    found[name.decode()] = _array(entry, data)
    except (IndexError, TypeError, ValueError) as error:
        raise BadCheckpoint(f"The checkpoint cannot be read: {error}") from error
    return found


def _array(entry: Mapping[int, int | bytes], data: bytes) -> npt.NDArray[np.float32]:
    shape = []
    message = entry.get(SHAPE, b"")
    for field, dimension in _fields(message if isinstance(message, bytes) else b""):
        if field == DIMENSION and isinstance(dimension, bytes):
            shape.append(_number(dict(_fields(dimension)), EXTENT))
    offset, size = _number(entry, OFFSET), _number(entry, SIZE)
    if _number(entry, SHARD) or offset + size > len(data) or prod(shape) * 4 != size:
        raise BadCheckpoint("an array does not lie where the index says.")
    return np.frombuffer(data, dtype="<f4", count=size // 4, offset=offset).reshape(shape).astype(np.float32)


def _number(fields: Mapping[int, int | bytes], field: int) -> int:
    value = fields.get(field, 0)  # protobuf leaves zeros out
    if not isinstance(value, int):
        raise BadCheckpoint("a number was expected.")
    return value


def _entries(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of one block."""
    block = table[offset : offset + size]
    if len(block) != size or table[offset + size] != UNCOMPRESSED:
        raise BadCheckpoint("a block is cut off or compressed.")
    restarts = int.from_bytes(block[-4:], "little")
    at, end, key = 0, size - 4 - 4 * restarts, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        at += own
        yield key, block[at : at + length]
        at += length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field of a protobuf: an integer, or bytes for anything else."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if kind == LENGTHY:
            length, at = _varint(message, at)
        elif kind in {FIXED32, FIXED64}:
            length = 4 if kind == FIXED32 else 8
        else:
            raise BadCheckpoint(f"field {tag >> 3} is of an unknown kind.")
        yield tag >> 3, message[at : at + length]
        at += length


def _varints(source: bytes, count: int) -> Iterator[int]:
    at = 0
    for _ in range(count):
        value, at = _varint(source, at)
        yield value


def _varint(source: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins there, seven bits a byte and the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = source[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
