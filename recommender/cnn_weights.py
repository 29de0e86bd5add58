"""The weights of the convolutional network: as they were published, and folded for the forward pass."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

EPSILON = 1e-3
"""What batch normalisation adds to a variance (the default of TensorFlow's layer)."""

TIMBRE_KERNELS = ((7, 38), (7, 67))
"""Frames and bands that the two timbral filters see."""

TEMPO_KERNELS = (128, 64, 32)
"""Frames that the three temporal filters see, each in one band."""

TIMBRE_FILTERS, TEMPO_FILTERS, MIDDLE_FILTERS = 204, 51, 64
MIDDLE_FRAMES = 7
FRONT = len(TIMBRE_KERNELS) * TIMBRE_FILTERS + len(TEMPO_KERNELS) * TEMPO_FILTERS
MIDDLES = (FRONT, MIDDLE_FILTERS, MIDDLE_FILTERS)
"""Channels that go into each of the three layers in the middle."""

POOLED = FRONT + len(MIDDLES) * MIDDLE_FILTERS
EMBEDDING, TAGS = 200, 50
_PARTS = ("beta", "gamma", "moving_mean", "moving_variance")


def _shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of every array, by its name in the published checkpoint."""
    kernels = [(*size, 1, TIMBRE_FILTERS) for size in TIMBRE_KERNELS]
    kernels += [(frames, 1, 1, TEMPO_FILTERS) for frames in TEMPO_KERNELS]
    kernels += [(MIDDLE_FRAMES, channels, 1, MIDDLE_FILTERS) for channels in MIDDLES]
    shapes: dict[str, tuple[int, ...]] = {}
    for number, kernel in enumerate(kernels):
        shapes[_name("conv2d", number) + "/kernel"] = kernel
        shapes[_name("conv2d", number) + "/bias"] = kernel[-1:]
    for number, dense in enumerate(((2 * POOLED, EMBEDDING), (EMBEDDING, TAGS))):
        shapes[_name("dense", number) + "/kernel"] = dense
        shapes[_name("dense", number) + "/bias"] = dense[-1:]
    for number, size in enumerate((1, *(kernel[-1] for kernel in kernels), 2 * POOLED, EMBEDDING)):
        shapes |= {f"{_name('batch_normalization', number)}/{part}": (size,) for part in _PARTS}
    return shapes


def _name(layer: str, number: int) -> str:
    return f"{layer}_{number}" if number else layer


SHAPES: Mapping[str, tuple[int, ...]] = _shapes()


@dataclass(frozen=True, slots=True)
class Norm:
    """Batch normalisation as one factor and one addend a channel."""

    scale: Array
    shift: Array


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution, ReLU and batch normalisation: kernel (filters, ...), `bias` (filters,), `norm`."""

    kernel: Array
    bias: Array
    norm: Norm


@dataclass(frozen=True, slots=True)
class Dense:
    """A dense layer: kernel (in, out), bias (out,)."""

    kernel: Array
    bias: Array


class Weights:
    """Every array of the network by its name in the checkpoint, each of its one right shape.

    Raises ValueError with a sentence where one is missing, misshapen or not made of numbers.
    """

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.arrays: dict[str, Array] = {}
        for name, shape in SHAPES.items():
            found = arrays.get(name)
            if found is None or found.shape != shape or found.dtype != np.float32 or not np.isfinite(found).all():
                raise ValueError(f"The weights of the network hold no usable {name} of shape {shape}.")
            self.arrays[name] = found.astype(np.float32, copy=False)

    @classmethod
    def from_bytes(cls, blob: bytes) -> Self:
        """Read what `to_bytes` wrote, an npz archive, never with pickle; raise ValueError for anything else."""
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in SHAPES if name in archive.files}
        except (OSError, EOFError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise ValueError("The file is no archive of the network's weights.") from error
        return cls(arrays)

    def to_bytes(self) -> bytes:
        """Return the weights as an npz archive of plain arrays."""
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **self.arrays)
        return out.getvalue()

    def conv(self, number: int) -> Conv:
        """Return the convolution of that number, kernel (filters, frames, bands or channels)."""
        kernel, bias = self._pair("conv2d", number)
        return Conv(np.moveaxis(kernel[:, :, 0, :], -1, 0), bias, self.norm(number + 1))

    def dense(self, number: int) -> Dense:
        """Return the dense layer of that number."""
        return Dense(*self._pair("dense", number))

    def norm(self, number: int) -> Norm:
        """Return the batch normalisation of that number: 0 is the input's, each convolution has the next."""
        beta, gamma, mean, variance = (self.arrays[f"{_name('batch_normalization', number)}/{p}"] for p in _PARTS)
        scale = gamma / np.sqrt(variance + EPSILON)
        return Norm(scale.astype(np.float32), (beta - mean * scale).astype(np.float32))

    def _pair(self, layer: str, number: int) -> tuple[Array, Array]:
        name = _name(layer, number)
        return self.arrays[f"{name}/kernel"], self.arrays[f"{name}/bias"]
