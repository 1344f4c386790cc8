"""What the worker does besides jobs: the clock, the consumers of the log, and taking back orphaned jobs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from talehouse.accounts import signed_in
from talehouse.activity.log import deliver_all
from talehouse.imports.working import forget_left, give_up
from talehouse.ops.models import WorkerBeat
from talehouse.reads import counting
from talehouse.stories import publishing, purging, thinning

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""A worker that has not said for so long that it lives has lost its jobs."""


MOST_TRIES = 3
"""Workers that one job may cost: a file that kills the process must not do so for ever."""


class Duty(NamedTuple):
    """Something done again and again; each may run twice, or in two workers at once, without harm."""

    name: str
    every: float
    do: Callable[[], object]


def beat(worker: str) -> None:
    """Say that this worker lives."""
    WorkerBeat.objects.update_or_create(worker=worker, defaults={"at": timezone.now()})


def take_back() -> int:
    """Jobs of workers that have died wait again, unless it was their third; returns how many."""
    alive = WorkerBeat.objects.filter(at__gt=timezone.now() - LEASE).values_list("worker", flat=True)
    living = set(alive)
    lost = 0
    for result in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if not result.worker_ids or result.worker_ids[-1] not in living:
            running = DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.RUNNING)
            if len(result.worker_ids) < MOST_TRIES:
                lost += running.update(status=TaskResultStatus.READY, started_at=None)
            elif running.update(status=TaskResultStatus.FAILED, finished_at=timezone.now()):
                logger.error("The job %s ended %d workers; it is given up.", result.pk, MOST_TRIES)
                give_up(result.args_kwargs["args"][0])  # all our jobs are imports
    WorkerBeat.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()
    return lost


def duties(worker: str) -> list[Duty]:
    """All duties, with their rhythm in seconds."""
    return [
        Duty("beat", 5, lambda: beat(worker)),
        Duty("release", 0.5, publishing.release_due),
        Duty("consumers", 0.5, deliver_all),
        Duty("take back", 10, take_back),
        Duty("forget salts", 300, counting.forget_salts),
        Duty("fold reads", 3600, counting.fold),
        Duty("thin revisions", 300, thinning.thin),
        Duty("thin all revisions", 86_400, thinning.thin_all),
        Duty("purge", 3600, purging.purge_due),
        Duty("forget imports", 3600, forget_left),
        Duty("forget sessions", 3600, signed_in.forget),
        *(Duty(name, every, import_string(do)) for name, (every, do) in settings.WORKER_DUTIES.items()),
    ]


def keep_doing(worker: str, stop: Callable[[float], bool]) -> None:
    """Do the duties until `stop(seconds to wait)` says so. A failure is logged and tried again."""
    due = {duty.name: 0.0 for duty in duties(worker)}
    while True:
        now = time.monotonic()
        for duty in duties(worker):
            if due[duty.name] <= now:
                due[duty.name] = now + duty.every
                _do(duty)
        if stop(0.25):
            return


def _do(duty: Duty) -> None:
    try:
        close_old_connections()
        duty.do()
    except Exception:  # the clock must not stop because one duty failed
        logger.exception("The duty “%s” failed; it is tried again.", duty.name)
