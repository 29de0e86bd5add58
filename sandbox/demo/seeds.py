"""Play the demo with several seeds and check what it claims: picks that beat random tracks, nothing lost."""

import argparse
import asyncio
import io
import sys

import numpy as np
from rich.console import Console

from sandbox.demo.run import DEFAULT_SEED, Outcome, perform
from sandbox.demo.show import Show
from sandbox.demo.stage import open_stage

LIFT = 0.15
"""How much more often picks are to be liked than random unheard tracks."""
LUCKLESS = 0.1
"""Share of seeds that may fall short of the lift, as long as the mean does not."""


async def _perform(seed: int) -> Outcome:
    async with open_stage(seed) as stage:
        return await perform(stage, Show(Console(file=io.StringIO())))


def main() -> int:
    """Play the seeds one after another, print a line each and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=DEFAULT_SEED, help="the first of them")
    given = parser.parse_args()
    lifts, sound = [], True
    for seed in range(given.first, given.first + given.seeds):
        outcome = asyncio.run(_perform(seed))
        lifts.append(outcome.hit_rate - outcome.random)
        sound &= outcome.ok
        print(f"seed={seed:<3} lift={lifts[-1]:+.2f}  {outcome}", flush=True)
    reached = sum(lift >= LIFT for lift in lifts)
    good = sound and float(np.mean(lifts)) >= LIFT and reached >= (1 - LUCKLESS) * len(lifts)
    verdict = "ok" if good else "failed"
    print(f"demo-seeds: {verdict} seeds={len(lifts)} mean_lift={np.mean(lifts):.2f} at_least_{LIFT}={reached}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
