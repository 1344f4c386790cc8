"""Builds the index of a `bench search` archive, as `talehouse reindex` does, and tells what it took."""

from __future__ import annotations

import json
import resource
import sys
import time

from talehouse.search import feeding
from talehouse.search.cursors import folder


def main(arguments: list[str]) -> None:
    """Build, and print seconds, megabytes of the index, and the most memory that it took."""
    begun = time.monotonic()
    feeding.rebuild_now()
    took = time.monotonic() - begun
    size = sum(path.stat().st_size for path in folder().rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "build_s": round(took, 1),
                "index_mb": round(size / 2**20, 1),
                "build_memory_mb": round(peak),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
