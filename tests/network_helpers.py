"""Small makers for tests of the network: random weights, and the checkpoint and wheel that they would come in."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.audio_install import DATA, INDEX, LICENCE
from recommender.cnn_checkpoint import MAGIC
from recommender.cnn_weights import SHAPES, Weights

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "audio"
RESTART_EVERY = 16
METADATA = "musicnn-0.1.0.dist-info"


def random_weights(seed: int = 0) -> Weights:
    """Return weights of the right shapes: every layer's output stays of the order of one, scales have both signs."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for name, shape in SHAPES.items():
        numbers = rng.normal(size=shape)
        if name.endswith("kernel"):
            numbers *= np.sqrt(2 / np.prod(shape[:-1]))
        if name.endswith("moving_variance"):
            numbers = 0.5 + numbers**2
        arrays[name] = numbers.astype(np.float32)
    return Weights(arrays)


def real_weights() -> Weights:
    """Return the published weights, where `make audio` has put them, or skip the test."""
    file = Path(os.environ.get("TASTEBUD_AUDIO__WEIGHTS") or ROOT / "data" / "musicnn.npz")
    if not file.exists():
        pytest.skip(f"The weights of the network are not in {file}: run make audio.")
    return Weights.from_bytes(file.read_bytes())


def noise(seconds: float, seed: int = 0, rate: int = 16_000) -> np.ndarray:
    """Return quiet noise, float32."""
    return np.random.default_rng(seed).normal(0, 0.1, int(seconds * rate)).astype(np.float32)


def as_wav(signal: np.ndarray, rate: int, subtype: str = "PCM_16") -> bytes:
    """Return a signal as a file's bytes."""
    out = io.BytesIO()
    soundfile.write(out, signal, rate, format="WAV", subtype=subtype)
    return out.getvalue()


def as_checkpoint(arrays: Mapping[str, np.ndarray]) -> tuple[bytes, bytes]:
    """Return index and data of a checkpoint, written as TensorFlow writes them: keys share their beginnings."""
    data, entries = b"", [(b"", b"\x08\x01")]  # the first entry is the bundle's header
    for name in sorted(arrays):
        numbers = arrays[name].tobytes()
        shape = b"".join(_message(2, b"\x08" + _varint(size)) for size in arrays[name].shape)
        entry = b"\x08\x01" + _message(2, shape)
        if data:
            entry += b"\x20" + _varint(len(data))  # zeros are left out
        entries.append((name.encode(), entry + b"\x28" + _varint(len(numbers)) + b"\x35" + b"\0\0\0\0"))
        data += numbers
    half = len(entries) // 2
    table, places = b"", []
    for part in (entries[:half], entries[half:]):
        block = _block(part)
        places.append((part[-1][0], _varint(len(table)) + _varint(len(block))))
        table += block + b"\0" * 5  # the kind of compression, and a checksum
    meta, index = _block([]), _block(places)
    at = len(table)
    table += meta + b"\0" * 5 + index + b"\0" * 5
    footer = _varint(at) + _varint(len(meta)) + _varint(at + len(meta) + 5) + _varint(len(index))
    return table + footer.ljust(40, b"\0") + MAGIC, data


def as_wheel(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return a wheel like the one that the weights are published in."""
    index, data = as_checkpoint(arrays)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as wheel:
        wheel.writestr(INDEX, index)
        wheel.writestr(DATA, data)
        wheel.writestr(LICENCE, "May be used by anybody.")
        wheel.writestr(f"{METADATA}/METADATA", "Metadata-Version: 2.1\nName: musicnn\nVersion: 0.1.0\n")
        wheel.writestr(f"{METADATA}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{METADATA}/RECORD", "")
    return out.getvalue()


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    out, before, restarts = b"", b"", []
    for number, (key, value) in enumerate(entries):
        shared = 0
        while number % RESTART_EVERY and key[shared : shared + 1] == before[shared : shared + 1] != b"":
            shared += 1
        if not number % RESTART_EVERY:
            restarts.append(len(out))
        out += _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        before = key
    starts = restarts or [0]
    return out + b"".join(at.to_bytes(4, "little") for at in starts) + len(starts).to_bytes(4, "little")


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])
