"""The process that builds a base in the background.

python -m talehouse.search.child rebuild|fold
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django


def main(work: str) -> None:
    """Set Django up, then build, politely: others answer visitors."""
    django.setup()
    os.nice(10)
    import_module("talehouse.search.rebuilding").in_background(work)


if __name__ == "__main__":
    main(sys.argv[1])
