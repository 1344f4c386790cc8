"""What follows a release happens exactly once and in order, with many workers, however they end.

Real worker processes, of which one is killed again and again in the midst of its work, and started anew.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.serving import ROOT, TALEHOUSE, Begin, Serving, told, until

STORIES = 5

MAKE = """
from datetime import timedelta
from django.utils import timezone
from talehouse.accounts import pen_names
from talehouse.accounts.models import Account
from talehouse.stories import publishing, rhythm
by = Account.objects.create_user("wren@example.org")
pen = pen_names.add("Wren", by=by)
for number in range({stories}):
    story = publishing.create(by=by, pen_name=pen, title=f"Story {{number}}", rating="general")
    for n in range({parts}):
        part = publishing.add_part(story, by=by, title=f"Part {{n}}", html="<p>Two words.</p>")
        publishing.schedule(part, by=by, at=timezone.now() + timedelta(days=30, seconds=n))
"""

COME = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from talehouse.stories.models import Part
with transaction.atomic():
    soon = timezone.now() + timedelta(seconds=5)
    for step in range({parts} // 3 + 1):
        together = Part.objects.filter(position__in=range(3 * step, 3 * step + 3))
        together.update(release_at=soon + timedelta(seconds=step * {apart}))
"""
"""Three parts of each story come out in the same moment, so that their positions decide."""


@dataclass
class Workers:
    """Three workers. `kill` ends one in the midst of what it does, and starts another in its place."""

    house: Serving
    living: list[subprocess.Popen[bytes]]
    kills: int = 0

    def start(self) -> None:
        """One more worker."""
        environment = {
            **self.house.environment,
            "DJANGO_SETTINGS_MODULE": "tests.watching_settings",
            "PYTHONPATH": str(ROOT),
        }
        with self.house.log.open("ab") as log:
            worker = subprocess.Popen(
                [TALEHOUSE, "worker"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.living.append(worker)

    def kill(self) -> None:
        """SIGKILL the one that has lived longest."""
        worker = self.living.pop(0)
        assert worker.poll() is None, f"a worker ended by itself:\n{self.house.said[-3000:]}"
        worker.kill()
        worker.wait()
        self.kills += 1
        self.start()

    def end(self) -> None:
        """End them all."""
        for worker in self.living:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()


@pytest.fixture
def workers(begin: Begin) -> Iterator[Workers]:
    """An archive that nobody serves, and no worker yet."""
    house = begin()
    house.run("migrate", "-v", "0")
    team = Workers(house, [])
    yield team
    team.end()


def released(house: Serving) -> int:
    """How many parts have been released."""
    return house.number("SELECT count(*) FROM stories_part WHERE released_at IS NOT NULL")


def noted(house: Serving) -> int:
    """How many releases the consumer was told of."""
    return house.number("SELECT count(*) FROM activity_event WHERE verb = 'watch.noted'")


def release_all(workers: Workers, *, parts: int, apart: float, every: float, most: int = 1000) -> None:
    """Let so many parts of each story come out while one worker is killed every so many seconds, `most` times
    at the most."""
    house, wanted = workers.house, parts * STORIES
    house.python(MAKE.format(stories=STORIES, parts=parts))
    for _number in range(3):
        workers.start()
    until(lambda: house.number("SELECT count(*) FROM ops_workerbeat") >= 3, seconds=90)
    house.python(COME.format(apart=apart, parts=parts))
    while (before := released(house)) < wanted:
        until(lambda: released(house) > before, seconds=90)  # noqa: B023  it is asked at once
        if workers.kills < most:
            time.sleep(every)
            workers.kill()
    until(lambda: noted(house) >= wanted, seconds=60)


def judge(house: Serving, *, parts: int) -> None:
    """Each once, in order; counters and events agree; nothing was handed over twice."""
    wanted = parts * STORIES
    for verb in ("part.released", "watch.noted"):
        query = "SELECT count(*), count(DISTINCT subject_id) FROM activity_event WHERE verb = ?"
        assert house.rows(query, verb) == [(wanted, wanted)], verb
        assert in_order(house, verb) == [], verb
    assert house.number("SELECT count(*) FROM stories_part WHERE released_at < release_at") == 0
    sums = house.rows("SELECT part_count, word_count FROM stories_story")
    assert sums == [(parts, 2 * parts)] * STORIES
    assert house.json("recount", "--check") == {"differences": [], "mended": False}


def in_order(house: Serving, verb: str) -> list[tuple[object, ...]]:
    """Parts of one story of which the event came before that of an earlier one."""
    numbered = (
        "SELECT p.story_id AS story, p.title AS title, "
        "row_number() OVER (PARTITION BY p.story_id ORDER BY p.release_at, p.position) AS place, "
        "row_number() OVER (PARTITION BY p.story_id ORDER BY e.id) AS came "
        "FROM stories_part p JOIN activity_event e ON e.subject_id = p.id "
        "WHERE e.verb = ? AND e.subject_type = 'part'"
    )
    return house.rows(
        f"SELECT story, title, place, came FROM ({numbered}) numbered WHERE place <> came", verb
    )


def test_every_part_is_released_once_while_workers_are_killed(workers: Workers) -> None:
    release_all(workers, parts=12, apart=0.3, every=0.3, most=3)
    judge(workers.house, parts=12)
    assert workers.kills >= 1


@pytest.mark.slow
def test_five_hundred_parts_are_released_once_while_a_worker_is_killed_each_second(workers: Workers) -> None:
    release_all(workers, parts=100, apart=0.8, every=1.0)
    judge(workers.house, parts=100)
    assert workers.kills >= 10
    print(f"{workers.kills} kills, {released(workers.house)} parts released once each, in order")


def test_what_is_killed_is_a_worker(workers: Workers) -> None:
    """A test that kills nothing would prove nothing."""
    workers.start()
    until(lambda: workers.house.number("SELECT count(*) FROM ops_workerbeat") >= 1, seconds=90)
    assert b"tests.watching_settings" in told(workers.living[0].pid, "environ")
