"""The process that works ranks out in the background.

python -m talehouse.rankings.child ranks|alike
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django


def main(work: str) -> None:
    """Set Django up, then do it, politely: others answer visitors."""
    django.setup()
    os.nice(10)
    import_module("talehouse.rankings.working").WORK[work]()


if __name__ == "__main__":
    main(sys.argv[1])
