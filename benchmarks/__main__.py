"""Run every benchmark of speed: `make bench`, or one of them by `python -m benchmarks.NAME`."""

import asyncio
import sys

from benchmarks import enrich, feedback

if __name__ == "__main__":
    asyncio.run(feedback.main())
    sys.exit(enrich.main())
