"""The settings of worker processes under test: as ever, and one more consumer reads the log."""

from __future__ import annotations

from config.settings import *  # noqa: F403
from config.settings import ACTIVITY_CONSUMERS as _CONSUMERS

ACTIVITY_CONSUMERS = {**_CONSUMERS, "watch": "tests.watching.note"}
