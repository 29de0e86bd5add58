"""The network against its reference, against a slow textbook version of itself, and on real clips."""

import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from recommender.audio import Clip, UnreadableAudio, open_clip
from recommender.cnn import CNN_NAMES, CNN_TAGS, Heard, Network
from recommender.cnn_layers import sigmoid
from recommender.cnn_mel import BANDS, PATCH, SAMPLE_RATE, log_mel, patches
from recommender.cnn_weights import Weights
from tests.network_helpers import SHARED, as_wav, noise, random_weights, real_weights

REFERENCE = SHARED / "musicnn_reference.npz"
Stored = dict[str, np.ndarray]


@pytest.fixture(autouse=True)
def _one_core() -> Iterator[None]:
    """Keep numpy to one core, as the product does: on a busy machine its threads wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def network() -> Network:
    """Return a network of random weights."""
    return Network(random_weights())


def normalised(values: np.ndarray, stored: Stored, number: int) -> np.ndarray:
    """Normalise the last axis, as the textbook says."""
    name = f"batch_normalization_{number}" if number else "batch_normalization"
    beta, gamma, mean, variance = (stored[f"{name}/{p}"] for p in ("beta", "gamma", "moving_mean", "moving_variance"))
    return gamma * (values - mean) / np.sqrt(variance + 1e-3) + beta


def layer(stored: Stored, kind: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return kernel and bias of a layer."""
    name = f"{kind}_{number}" if number else kind
    return stored[f"{name}/kernel"], stored[f"{name}/bias"]


def convolved(image: np.ndarray, stored: Stored, number: int) -> np.ndarray:
    """Convolve (frames, bands) and keep the number of frames: (frames, places, filters), all of it at once."""
    kernel, bias = layer(stored, "conv2d", number)
    frames, bands = kernel.shape[:2]
    padded = np.pad(image, (((frames - 1) // 2, frames - 1 - (frames - 1) // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (frames, bands))
    product = np.tensordot(windows, kernel[:, :, 0, :], axes=2)
    return normalised(np.maximum(product + bias, 0), stored, number + 1)


def slowly(patch: np.ndarray, weights: Weights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run one patch (frames, bands) through the network in float64, layer after layer as it was published."""
    stored = {name: array.astype(np.float64) for name, array in weights.arrays.items()}
    image = normalised(patch[:, :, None].astype(np.float64), stored, 0)[:, :, 0]
    maps = [np.concatenate([convolved(image, stored, number).max(axis=1) for number in range(5)], axis=1)]
    for number in (5, 6, 7):
        found = convolved(maps[-1], stored, number)[:, 0]
        maps.append(found + maps[-1] if number > 5 else found)
    everything = np.concatenate(maps, axis=1)
    mean = everything.mean(axis=0)
    pooled = normalised(np.stack([everything.max(axis=0), mean], axis=1).ravel(), stored, 9)
    kernel, bias = layer(stored, "dense", 0)
    embedding = normalised(np.maximum(pooled @ kernel + bias, 0), stored, 10)
    kernel, bias = layer(stored, "dense", 1)
    return 1 / (1 + np.exp(-(embedding @ kernel + bias))), embedding, mean


def test_the_network_is_equal_to_its_reference() -> None:
    """Tags, embedding and pooled maps are those of the network that was published, to 1e-4."""
    if not REFERENCE.exists():
        pytest.skip("the network's reference beside the project is absent")
    network = Network(real_weights())
    t = np.arange(9 * SAMPLE_RATE) / SAMPLE_RATE
    tones = 0.3 * np.sin(2 * np.pi * 220 * t) + 0.2 * np.sin(2 * np.pi * 330 * t)
    signal = (tones + 0.05 * np.random.default_rng(7).standard_normal(t.size)).astype(np.float32)
    heard = network.hear(signal)
    with np.load(REFERENCE, allow_pickle=False) as reference:
        assert tuple(reference["tag_names"].tolist()) == CNN_TAGS
        for name, found in (("tags", heard.tags), ("penultimate", heard.embedding), ("mean_pool", heard.pooled)):
            np.testing.assert_allclose(found, reference[name], rtol=0, atol=1e-4)


@pytest.mark.parametrize(("clip", "tag"), [("solo-trumpet", "jazz"), ("Lets_Go_Fishin", "folk"), ("Vibe_Ace", "jazz")])
def test_real_clips_have_sensible_tags(clip: str, tag: str) -> None:
    """A solo trumpet is jazz; a woman singing to a guitar is folk, and nearly as much "female vocalists"."""
    file = next(SHARED.glob(f"*{clip}*.ogg"), None)
    if file is None:
        pytest.skip("the real clips beside the project are absent")
    block = Network(real_weights()).describe(open_clip(file.read_bytes()))
    first, second = np.argsort(-block[: len(CNN_TAGS)])[:2]
    assert tag in {CNN_TAGS[first], CNN_TAGS[second]}
    assert block[CNN_TAGS.index(tag)] > 0.2


@pytest.mark.parametrize(("seed", "seconds"), [(0, 3.1), (1, 9.2)])
def test_the_fast_way_agrees_with_the_slow_one(seed: int, seconds: float) -> None:
    """A clip gives what plain convolutions in double precision give, patch by patch, with scales of either sign."""
    weights = random_weights(seed)
    signal = noise(seconds, seed)
    heard = Network(weights).hear(signal)
    each = zip(*(slowly(patch, weights) for patch in patches(signal)), strict=True)
    for found, wanted in zip((heard.tags, heard.embedding, heard.pooled), each, strict=True):
        np.testing.assert_allclose(found, np.mean(wanted, axis=0), rtol=0, atol=2e-4)


@pytest.mark.parametrize("at_once", [1, 7, 100])
def test_how_many_patches_go_at_once_changes_nothing(
    network: Network, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Patches do not see each other."""
    signal = noise(16)
    wanted = network.hear(signal).block
    monkeypatch.setattr("recommender.cnn.PATCHES_AT_ONCE", at_once)
    np.testing.assert_allclose(network.hear(signal).block, wanted, rtol=0, atol=1e-4)


def test_the_block_has_its_shape_and_is_the_same_again(network: Network) -> None:
    """250 finite numbers, float32, equal in every run and in threads that share the network."""
    signal = noise(7)
    heard = network.hear(signal)
    assert isinstance(heard, Heard)
    assert heard.block.shape == (len(CNN_NAMES),) == (250,)
    assert heard.block.dtype == np.float32
    assert ((heard.tags > 0) & (heard.tags < 1)).all()
    with ThreadPoolExecutor(2) as threads:
        again = list(threads.map(lambda _: network.hear(signal).block, range(4)))
    for block in again:
        np.testing.assert_array_equal(block, heard.block)


def test_another_sound_gives_other_numbers(network: Network) -> None:
    """Nothing is kept from one clip to the next."""
    first, other = noise(4, 1), noise(4, 2)
    before = network.hear(first).block
    assert np.abs(network.hear(other).block - before).max() > 1e-3
    np.testing.assert_array_equal(network.hear(first).block, before)


def test_a_preview_takes_little_memory(network: Network) -> None:
    """Half a minute takes no more than 32 MB beside the weights, however long the clip."""
    signal = noise(30)
    network.hear(signal[: SAMPLE_RATE * 4])
    tracemalloc.start()
    network.hear(signal)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32e6


def test_a_preview_is_cut_into_patches() -> None:
    """Thirty seconds are ten patches; what fills none is left out; less than one is repeated, not padded."""
    assert patches(noise(30)).shape == (10, PATCH, BANDS)
    assert patches(noise(5.9)).shape == (1, PATCH, BANDS)
    short = patches(noise(1))
    frames = log_mel(noise(1))
    assert short.shape == (1, PATCH, BANDS)
    np.testing.assert_array_equal(short[0, len(frames) : 2 * len(frames)], frames)


@pytest.mark.parametrize(("hertz", "band"), [(200, 6), (1_000, 32), (4_000, 73)])
def test_a_tone_stands_in_its_mel_band(hertz: float, band: int) -> None:
    """Bands are linear in pitch below 1 kHz and logarithmic above, and silence is exactly nothing."""
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    mels = log_mel(np.sin(2 * np.pi * hertz * t).astype(np.float32))
    assert mels.shape == (63, BANDS)
    assert abs(int(mels[30].argmax()) - band) <= 1
    assert not log_mel(np.zeros(SAMPLE_RATE, dtype=np.float32)).any()


def test_any_rate_and_format_is_heard(network: Network) -> None:
    """A stereo clip at CD rate sounds like the same one at the network's own."""
    t = np.arange(4 * 44_100) / 44_100
    tone = 0.3 * np.sin(2 * np.pi * 440 * t)
    stereo = network.describe(open_clip(as_wav(np.stack([tone, tone], axis=1), 44_100)))
    mono = network.describe(Clip(np.sin(2 * np.pi * 440 * np.arange(64_000) / 16_000).astype(np.float32) * 0.3, 16_000))
    np.testing.assert_allclose(stereo, mono, atol=0.05)


@pytest.mark.parametrize("level", [np.nan, 1e30])
def test_samples_that_are_no_music_are_refused(network: Network, level: float) -> None:
    """A float file may hold anything: what gives no numbers is unreadable, without a warning."""
    with pytest.raises(UnreadableAudio, match="cannot be heard"):
        network.describe(open_clip(as_wav(np.full(64_000, level), 16_000, "FLOAT")))


def test_probabilities_of_any_logits_are_numbers() -> None:
    """No overflow at either end."""
    found = sigmoid(np.array([-1e4, -1, 0, 1, 1e4], np.float32))
    np.testing.assert_allclose(found, [0, 0.26894, 0.5, 0.73106, 1], atol=1e-5)
