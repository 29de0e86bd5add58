"""What a convolutional network hears in a clip: 50 tags and an embedding of 200 numbers.

The network is MSD_musicnn (Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", 2019), trained on the Million Song Dataset with Last.fm's tags; its weights are published under the ISC
licence and read by `recommender.cnn_weights`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.audio import Clip, UnreadableAudio
from recommender.cnn_layers import dense_in_time, sigmoid, tempo, timbre
from recommender.cnn_mel import SAMPLE_RATE, Signal, patches
from recommender.cnn_weights import EMBEDDING, MIDDLES, TEMPO_KERNELS, TIMBRE_KERNELS, Array, Weights

CNN_BLOCK = "cnn"
CNN_VERSION = 1
"""Counts up whenever the numbers change, so that stored vectors of an older way are made anew."""

CNN_TAGS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock"),
    *("jazz", "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "Mellow"),
    *("electronica", "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient"),
    *("acoustic", "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country", "easy listening"),
    *("sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock", "60s", "rnb", "indie pop", "sad"),
    *("House", "happy"),
)
"""The tags in the order of the network's outputs, spelt as Last.fm's listeners spelt them."""

CNN_NAMES = (*CNN_TAGS, *(f"embedding_{number}" for number in range(EMBEDDING)))
"""The columns of a block: how probable each tag is (0 to 1), then the embedding."""

PATCHES_AT_ONCE = 2
"""More are no faster and take more memory: two patches need about 15 MB, ten 70."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A clip as the network hears it, means over its patches: `tags` (50,), `embedding` (200,), `pooled` (753,)."""

    tags: Array
    embedding: Array
    pooled: Array

    @property
    def block(self) -> Array:
        """Return the row that is stored: CNN_NAMES, float32."""
        return np.concatenate([self.tags, self.embedding])


class Network:
    """The forward pass; made once, used by one thread or many."""

    def __init__(self, weights: Weights) -> None:
        front, middle = len(TIMBRE_KERNELS), len(TIMBRE_KERNELS) + len(TEMPO_KERNELS)
        convs = [weights.conv(number) for number in range(middle + len(MIDDLES))]
        self._timbre, self._tempo, self._middle = convs[:front], convs[front:middle], convs[middle:]
        self._input = weights.norm(0)
        self._pooled, self._dense = weights.norm(len(convs) + 1), weights.dense(0)
        self._embedding, self._tags = weights.norm(len(convs) + 2), weights.dense(1)

    @classmethod
    def from_bytes(cls, blob: bytes) -> Self:
        """Make the network from stored weights; raise ValueError with a sentence for anything else."""
        return cls(Weights.from_bytes(blob))

    def describe(self, clip: Clip) -> Array:
        """Return the clip's block as CNN_NAMES; raise UnreadableAudio where it gives no numbers."""
        with np.errstate(over="ignore", invalid="ignore"):
            block = self.hear(clip.at(SAMPLE_RATE)).block
        if not np.isfinite(block).all():
            raise UnreadableAudio("The audio clip is too loud for any music, so it cannot be heard.")
        return block

    def hear(self, signal: Signal) -> Heard:
        """Return what the network hears in mono samples at SAMPLE_RATE."""
        waiting = patches(signal)
        parts = [self._forward(waiting[at : at + PATCHES_AT_ONCE]) for at in range(0, len(waiting), PATCHES_AT_ONCE)]
        tags, embedding, pooled = (np.concatenate(part).mean(axis=0) for part in zip(*parts, strict=True))
        return Heard(tags, embedding, pooled)

    def _forward(self, batch: Array) -> tuple[Array, Array, Array]:
        """Return tags (n, 50), embeddings (n, 200) and means over time (n, 753) of patches (n, frames, bands)."""
        bands = (batch * self._input.scale + self._input.shift).transpose(2, 0, 1)
        maps = [np.concatenate([*timbre(bands, self._timbre), *tempo(bands, self._tempo)])]
        for conv in self._middle:
            found = dense_in_time(maps[-1], conv)
            # From the second on, each layer adds to what the one before found.
            maps.append(found + maps[-1] if len(maps) > 1 else found)
        everything = np.concatenate(maps)
        highest, mean = everything.max(axis=2).T, everything.mean(axis=2).T
        # Flattened channel by channel: its maximum, then its mean.
        pooled = np.stack([highest, mean], axis=2).reshape(len(batch), -1)
        pooled = pooled * self._pooled.scale + self._pooled.shift
        hidden: Array = np.maximum(pooled @ self._dense.kernel + self._dense.bias, 0, dtype=np.float32)
        embedding: Array = hidden * self._embedding.scale + self._embedding.shift
        return sigmoid(embedding @ self._tags.kernel + self._tags.bias), embedding, mean
