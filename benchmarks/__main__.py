"""Run every benchmark: `make bench`, or one of them by `python -m benchmarks.NAME`."""

import sys

from benchmarks import taste

if __name__ == "__main__":
    sys.exit(taste.main())
