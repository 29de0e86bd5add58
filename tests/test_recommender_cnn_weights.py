"""The weights: read from a checkpoint without the library that wrote it, kept without pickle."""

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.cnn_checkpoint import BadCheckpoint, read_checkpoint
from recommender.cnn_weights import SHAPES, Weights
from tests.network_helpers import as_checkpoint, random_weights

SMALL = {
    "a/kernel": np.arange(6, dtype=np.float32).reshape(1, 2, 3),
    "a/kernel/Adam": np.zeros(2, np.float32),
    "b": np.float32([1.5]),
    "beta1_power": np.array(0.9, np.float32),
    **{f"layer_{number}/bias": np.full(number, number, np.float32) for number in range(1, 40)},
}
INDEX, DATA = as_checkpoint(SMALL)


def saved(**arrays: np.ndarray) -> bytes:
    """Return an npz archive, with pickle where numpy would use it."""
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def test_a_checkpoint_gives_every_array() -> None:
    """Names that share beginnings, scalars, empty extents and several blocks are all read."""
    found = read_checkpoint(INDEX, DATA)
    assert found.keys() == SMALL.keys()
    for name, array in SMALL.items():
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    ("index", "data", "why"),
    [
        (b"", DATA, "no table"),
        (INDEX[:-1], DATA, "no table"),
        (INDEX, DATA[:-1], "does not lie"),
        (b"\x00" * 40 + INDEX[-48:], DATA, "cannot be read"),
        (INDEX.replace(b"\x08\x01\x12", b"\x08\x01\x1b", 1), DATA, "unknown kind"),
    ],
    ids=["empty", "cut", "short data", "no blocks", "strange field"],
)
def test_what_is_no_checkpoint_is_refused(index: bytes, data: bytes, why: str) -> None:
    """Damage is said in a sentence."""
    with pytest.raises(BadCheckpoint, match=why):
        read_checkpoint(index, data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(INDEX) - 9), st.binary(min_size=1, max_size=6))
def test_damage_is_refused_or_harmless(at: int, damage: bytes) -> None:
    """Whatever bytes are wrong, there is no other error than ours, and no end without an answer."""
    broken = INDEX[:at] + damage + INDEX[at + len(damage) :]
    with suppress(BadCheckpoint):
        read_checkpoint(broken, DATA)


def test_weights_come_back_as_they_were() -> None:
    """An archive of plain arrays, of about the size of the numbers in it."""
    weights = random_weights()
    blob = weights.to_bytes()
    again = Weights.from_bytes(blob)
    assert len(blob) < 3.4e6
    for name in SHAPES:
        np.testing.assert_array_equal(again.arrays[name], weights.arrays[name])


def test_a_norm_is_one_factor_and_one_addend() -> None:
    """Folded, it does what the four published arrays say."""
    weights = random_weights()
    beta, gamma, mean, variance = (
        weights.arrays[f"batch_normalization_10/{part}"] for part in ("beta", "gamma", "moving_mean", "moving_variance")
    )
    norm = weights.norm(10)
    x = np.linspace(-3, 3, 200, dtype=np.float32)
    np.testing.assert_allclose(
        x * norm.scale + norm.shift, gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta, atol=1e-5
    )


@pytest.mark.parametrize(
    ("blob", "why"),
    [
        (b"", "no archive"),
        (b"not weights at all", "no archive"),
        (random_weights().to_bytes()[:-500], "no archive"),
        (saved(some=np.zeros(3)), "hold no usable"),
        (saved(**{"conv2d/kernel": np.array([{"code": "that pickle would run"}], dtype=object)}), "no archive"),
    ],
    ids=["empty", "text", "cut", "other arrays", "pickled"],
)
def test_what_are_no_weights_is_refused(blob: bytes, why: str) -> None:
    """Anything else is a ValueError with a sentence; nothing is unpickled."""
    with pytest.raises(ValueError, match=why):
        Weights.from_bytes(blob)


@pytest.mark.parametrize("change", ["missing", "misshapen", "double", "nan"])
def test_every_array_must_be_usable(change: str) -> None:
    """A missing, misshapen or broken array is named."""
    arrays = dict(random_weights().arrays)
    kernel = arrays.pop("dense_1/kernel")
    changed = {"misshapen": kernel.T, "double": kernel.astype(np.float64), "nan": np.full_like(kernel, np.nan)}
    if change in changed:
        arrays["dense_1/kernel"] = changed[change]
    with pytest.raises(ValueError, match="dense_1/kernel"):
        Weights(arrays)
