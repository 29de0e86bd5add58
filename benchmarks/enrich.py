"""Measure what a track's blocks cost: `python -m benchmarks.enrich [clip]`.

Seconds are of one core, the median of some runs; megabytes are the most that is held at a time beyond what was held
before. The clip is a chord in noise, half a minute of stereo MP3 as previews are, unless another file is named. Where
the packages onnx and onnxruntime are installed (the product needs neither) the same network is run by them too.

The blocks that others tell (`reccobeats`, `tags`) are asked for over HTTP from the sandbox's services, whose own work
is in their seconds. How many calls a track costs matters more there: the real ones answer once to eight times a second.
"""

import asyncio
import io
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from benchmarks.enrich_sources import ask_sources, show_sources
from catalog.models import Artist, Track
from recommender.audio import AUDIO_NAMES, Clip, describe_clip, open_clip
from recommender.cnn import CNN_NAMES, PATCHES_AT_ONCE, Network
from recommender.cnn_mel import SAMPLE_RATE, patches
from recommender.cnn_weights import SHAPES, Weights
from recommender.features import NUMBERS_NAMES, numbers_of
from scheduler.settings import AudioSettings

RUNS = 7
PAGE = 4_096
RATE, SECONDS = 44_100, 30
CNN_BUDGET = 1.5
"""Seconds that the network may take for half a minute of sound on one core."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one track costs: seconds of one core, and megabytes held at a time."""

    seconds: float
    megabytes: float

    @classmethod
    def of(cls, work: Callable[[], object]) -> "Cost":
        """Measure some work, once for memory and some times for speed."""
        work()
        tracemalloc.start()
        work()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return cls(_seconds(work), peak / 1e6)


def _seconds(work: Callable[[], object]) -> float:
    """Return the median of processor time, which other programs on the machine hardly change."""
    taken = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return median(taken)


def _preview() -> bytes:
    """Return half a minute of a chord in noise as stereo MP3."""
    rng = np.random.default_rng(0)
    t = np.arange(RATE * SECONDS) / RATE
    chord = sum(0.1 * np.sin(2 * np.pi * hertz * t) for hertz in (220.0, 277.2, 329.6))
    stereo = np.stack([chord, chord], axis=1) + rng.normal(0, 0.02, (len(t), 2))
    out = io.BytesIO()
    soundfile.write(out, stereo, RATE, format="MP3")
    return out.getvalue()


def _weights() -> tuple[Weights, str]:
    file = Path(AudioSettings().weights)
    if file.is_file():
        return Weights.from_bytes(file.read_bytes()), str(file)
    rng = np.random.default_rng(0)
    return Weights(
        {name: rng.uniform(0.01, 0.02, shape).astype(np.float32) for name, shape in SHAPES.items()}
    ), "chance"


def _resident() -> float:
    """Return the megabytes that the process has in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6


def _blocks(preview: bytes, clip: Clip, network: Network) -> Table:
    track = Track("Title", (Artist("Artist"),), duration_ms=200_000, year=2001)
    rows: tuple[tuple[str, int, Callable[[], object]], ...] = (
        ("decode, once for both", 0, lambda: open_clip(preview)),
        ("audio", len(AUDIO_NAMES), lambda: describe_clip(clip)),
        ("cnn", len(CNN_NAMES), lambda: network.describe(clip)),
        ("deezer", len(NUMBERS_NAMES), lambda: numbers_of(track, -8.0, 500_000.0, 120.0)),
    )
    table = Table("block", "seconds", "megabytes", "stored bytes", box=None)
    for name, numbers, work in rows:
        cost = Cost.of(work)
        table.add_row(name, f"{cost.seconds:.4f}", f"{cost.megabytes:.1f}", f"{4 * numbers:,}")
    return table


def _compare(console: Console, clip: Clip, weights: Weights, network: Network) -> None:
    """Run the network the numpy way and by onnxruntime, in turns, over the same patches."""
    batch = patches(clip.at(SAMPLE_RATE))
    try:
        from benchmarks.cnn_onnx import forward

        before = _resident()
        run = forward(weights)
    except ModuleNotFoundError as error:
        console.print(f"{error.name} is not installed: the network is not compared with onnxruntime.")
        return

    def by_onnx() -> list[np.ndarray]:
        parts = [run(batch[at : at + PATCHES_AT_ONCE]) for at in range(0, len(batch), PATCHES_AT_ONCE)]
        return [np.concatenate(part).mean(axis=0) for part in zip(*parts, strict=True)]

    heard = network.hear(clip.at(SAMPLE_RATE))
    apart = max(
        float(np.abs(ours - theirs).max())
        for ours, theirs in zip((heard.tags, heard.embedding, heard.pooled), by_onnx(), strict=True)
    )
    grown = _resident() - before
    ours, theirs = (_seconds(work) for work in (lambda: network.hear(clip.at(SAMPLE_RATE)), by_onnx))
    console.print(
        f"numpy {ours:.3f} s, onnxruntime {theirs:.3f} s ({ours / theirs:.2f} times as long by numpy); "
        f"onnxruntime adds {grown:.0f} MB of memory; the two differ by {apart:.0e} at most.",
        highlight=False,
    )


def main() -> int:
    """Print the tables; return 1 when the network takes longer than it may."""
    console = Console()
    preview = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else _preview()
    weights, origin = _weights()
    with threadpool_limits(1):
        network, clip = Network(weights), open_clip(preview)
        seconds = len(clip.samples) / clip.rate
        console.print(f"A clip of {seconds:.1f} s and {len(preview) / 1e6:.1f} MB; weights: {origin}.", highlight=False)
        console.print(_blocks(preview, clip, network))
        console.print(show_sources(asyncio.run(ask_sources())))
        _compare(console, clip, weights, network)
        a_clip = _seconds(lambda: network.describe(clip)) * SECONDS / seconds
    console.print(f"cnn: {a_clip:.2f} s of one core for {SECONDS} s of sound (at most {CNN_BUDGET}).", highlight=False)
    return 0 if a_clip <= CNN_BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
