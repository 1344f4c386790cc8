"""A process of the bench that works in the data folder of the bench, not in the host's.

    python -m talehouse.ops.bench.child making|queries ARGUMENT…

Django's settings are read once per process, so what needs other data needs another process.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django


def main(arguments: list[str]) -> None:
    """Set Django up, then run the module of this name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    import_module(f"talehouse.ops.bench.{arguments[0]}").main(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
