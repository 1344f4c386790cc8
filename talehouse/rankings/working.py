"""What the worker does for this room: at once where it is little, else in a process of its own, politely, so
that parts come out on time meanwhile.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from django.conf import settings
from django.db.models import Max

from talehouse.library.models import Reading
from talehouse.rankings import computing
from talehouse.rankings.alike import computing as alike_computing
from talehouse.reads.models import Read

LITTLE = 50_000
"""So many rows of reads, and of stories begun, are worked through in less than a second or two."""
WORK: dict[str, Callable[[], int]] = {"ranks": computing.recompute, "alike": alike_computing.recompute}
_children: dict[str, subprocess.Popen[bytes]] = {}


def ranks() -> None:
    """The ranks, anew."""
    _see_to("ranks")


def alike() -> None:
    """What is alike, anew."""
    _see_to("alike")


def _see_to(work: str) -> None:
    """Do it; nothing is begun while the last time still runs."""
    child = _children.get(work)
    if child is not None and child.poll() is None:
        return
    if is_little():
        WORK[work]()
    else:
        _children[work] = start(work)


def is_little() -> bool:
    """Whether it is done in a moment, by the numbers of the newest rows."""
    newest = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in (Read, Reading))
    return max(newest) <= LITTLE


def start(work: str) -> subprocess.Popen[bytes]:
    """A process that does it (`talehouse.rankings.child`)."""
    ours = {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings")}
    ours |= {"TALEHOUSE_DATA": str(settings.DATA), "TALEHOUSE_DATABASE_URL": settings.DATABASE_URL}
    command = [sys.executable, "-m", "talehouse.rankings.child", work]
    return subprocess.Popen(command, env={**os.environ, **ours}, stdin=subprocess.DEVNULL)
