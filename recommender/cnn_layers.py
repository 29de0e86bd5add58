"""The convolutions of the network, as matrix products that copy next to nothing.

Maps are (channels, patches, frames) float32. Each layer is a convolution over frames, ReLU, batch normalisation; those
of the front end then take the maximum over all bands. A kernel's product is computed for one band at a time while the
running maximum is kept, so that the (filters, bands, frames) map of a textbook never exists: that is what makes numpy
as fast here as a library made for it (measured by `python -m benchmarks.enrich`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recommender.cnn_weights import Array, Conv


def timbre(bands: Array, convs: Sequence[Conv]) -> list[Array]:
    """Convolve (bands, patches, frames) with kernels (filters, frames, bands seen), maxima over all bands.

    Frames are padded with zeros so that their number stays; bands are not padded. All kernels see as many frames.
    """
    size, shape = len(bands), bands.shape[1:]
    seen = convs[0].kernel.shape[1]
    # Rows are (band, frame seen): the rows of neighbouring bands are a plain slice.
    rows = _shifts(bands, seen).reshape(size * seen, -1)
    found = []
    for conv in convs:
        width = conv.kernel.shape[2]
        kernel, sign = _upward(conv, conv.kernel.transpose(0, 2, 1))
        windows = [rows[low * seen : (low + width) * seen] for low in range(size - width + 1)]
        found.append(_finish(_highest(kernel, windows) * sign, conv).reshape(-1, *shape))
    return found


def tempo(bands: Array, convs: Sequence[Conv]) -> list[Array]:
    """Convolve each band with kernels (filters, frames, 1), longest first, maxima over all bands.

    Padded as TensorFlow pads an even kernel: one frame less before than behind.
    """
    longest = convs[0].kernel.shape[1]
    shape = bands.shape[1:]
    kernels = [_upward(conv, conv.kernel) for conv in convs]
    best = [np.full((len(kernel), shape[0] * shape[1]), -np.inf, dtype=np.float32) for kernel, _ in kernels]
    spare = np.empty_like(best[0])
    for band in bands:
        rows = _shifts(band[None], longest).reshape(longest, -1)
        for (kernel, _), highest in zip(kernels, best, strict=True):
            # A shorter kernel sees the frames in the middle of what the longest sees.
            start = (longest - 1) // 2 - (kernel.shape[1] - 1) // 2
            product = np.matmul(kernel, rows[start : start + kernel.shape[1]], out=spare[: len(kernel)])
            np.maximum(highest, product, out=highest)
    return [
        _finish(highest * sign, conv).reshape(-1, *shape)
        for highest, (_, sign), conv in zip(best, kernels, convs, strict=True)
    ]


def dense_in_time(channels: Array, conv: Conv) -> Array:
    """Convolve (channels, patches, frames) with a kernel (filters, frames, channels) that sees every channel."""
    seen = conv.kernel.shape[1]
    rows = _shifts(channels, seen).reshape(len(channels) * seen, -1)
    kernel = conv.kernel.transpose(0, 2, 1).reshape(len(conv.kernel), -1)
    return _finish(kernel @ rows, conv).reshape(-1, *channels.shape[1:])


def _shifts(channels: Array, seen: int) -> Array:
    """Return (channels, seen, patches, frames): each channel as each place of a kernel sees it, zeros outside."""
    before = (seen - 1) // 2
    padded = np.pad(channels, ((0, 0), (0, 0), (before, seen - 1 - before)))
    frames = channels.shape[2]
    shifted: Array = np.empty((len(channels), seen, *channels.shape[1:]), dtype=np.float32)
    for place in range(seen):
        shifted[:, place] = padded[:, :, place : place + frames]
    return shifted


def _upward(conv: Conv, kernel: Array) -> tuple[Array, Array]:
    """Return the kernel as a matrix whose greatest product is the greatest output, and the signs to undo it by.

    Bias, ReLU and normalisation rise with the product, or fall with it where the scale is negative.
    """
    sign = np.where(conv.norm.scale < 0, -1, 1).astype(np.float32)[:, None]
    return np.ascontiguousarray(kernel.reshape(len(kernel), -1) * sign), sign


def _highest(kernel: Array, windows: Sequence[Array]) -> Array:
    """Return the greatest of the products of the kernel with each window, element by element."""
    best: Array = np.matmul(kernel, windows[0])
    product: Array = np.empty_like(best)
    for window in windows[1:]:
        np.matmul(kernel, window, out=product)
        np.maximum(best, product, out=best)
    return best


def _finish(product: Array, conv: Conv) -> Array:
    """Add the bias, cut off what is negative, and normalise."""
    product += conv.bias[:, None]
    np.maximum(product, 0, out=product)
    product *= conv.norm.scale[:, None]
    product += conv.norm.shift[:, None]
    return product


def sigmoid(logits: npt.NDArray[np.float32]) -> Array:
    """Return the probabilities of logits, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)), dtype=np.float32)
