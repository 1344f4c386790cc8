"""`talehouse worker`: runs long jobs and keeps the clock."""

from __future__ import annotations

import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from talehouse.ops.working import beat, keep_doing


class Command(BaseCommand):
    """One thread does the duties of the clock, the main one the jobs. SIGTERM lets the job end."""

    help = "Run jobs (imports, exports) and keep the clock (releases, folding, purging)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--once", action="store_true", help="do what waits now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is told to stop."""
        name = get_random_string(32)
        beat(name)
        ended = threading.Event()
        clock = threading.Thread(target=keep_doing, args=(name, ended.wait), daemon=True, name="clock")
        clock.start()
        worker = Worker(
            queue_names=["*"],
            interval=0.5,
            batch=options["once"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=name,
            excluded_queue_names=[],
        )
        worker.configure_signals()
        try:
            worker.run()
        finally:
            ended.set()
            clock.join(timeout=10)
