"""The worker's duties: lost jobs wait again, the clock goes on, whatever fails."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from django.utils import timezone
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from talehouse.imports.models import Import
from talehouse.imports.tasks import work
from talehouse.ops import working
from talehouse.ops.models import WorkerBeat
from tests.cast import Cast

Job: TypeAlias = "DBTaskResult[Any, Any]"


@pytest.fixture
def job(cast: Cast) -> Job:
    """A job that waits."""
    work.enqueue(str(Import.objects.create(owner=cast.writer).uuid))
    return DBTaskResult.objects.get()


def taken_by(job: Job, worker: str) -> None:
    DBTaskResult.objects.filter(pk=job.pk).update(
        status=TaskResultStatus.RUNNING, worker_ids=[worker], started_at=timezone.now()
    )


def beat(worker: str, ago: timedelta) -> None:
    WorkerBeat.objects.create(worker=worker, at=timezone.now() - ago)


def test_the_job_of_a_worker_that_died_waits_again(job: Job) -> None:
    taken_by(job, "gone")
    beat("gone", working.LEASE + timedelta(seconds=5))
    beat("here", timedelta(0))
    assert working.take_back() == 1
    job.refresh_from_db()
    assert (job.status, job.started_at) == (TaskResultStatus.READY, None)
    assert working.take_back() == 0


def test_the_job_of_a_worker_that_never_said_a_word_waits_again(job: Job) -> None:
    taken_by(job, "unknown")
    assert working.take_back() == 1


def test_a_job_that_ends_every_worker_is_given_up(job: Job) -> None:
    """A file that is too much for the machine must not keep everybody else's waiting for ever."""
    taken_by(job, "first")
    DBTaskResult.objects.update(worker_ids=["first", "second", "third"])
    assert working.take_back() == 0
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED and job.finished_at is not None
    assert Import.objects.get().state == Import.State.FAILED


def test_the_job_of_a_living_worker_is_left_alone(job: Job) -> None:
    taken_by(job, "here")
    working.beat("here")
    assert working.take_back() == 0
    job.refresh_from_db()
    assert job.status == TaskResultStatus.RUNNING


@pytest.mark.parametrize(
    "status", [TaskResultStatus.READY, TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
)
def test_what_does_not_run_is_left_alone(job: Job, status: str) -> None:
    DBTaskResult.objects.update(status=status)
    assert working.take_back() == 0
    assert DBTaskResult.objects.get().status == status


def test_old_beats_are_forgotten(db: None) -> None:
    beat("old", timedelta(days=2))
    beat("new", timedelta(minutes=2))
    working.take_back()
    assert [row.worker for row in WorkerBeat.objects.all()] == ["new"]


def test_one_beat_a_worker(db: None) -> None:
    working.beat("one")
    first = WorkerBeat.objects.get().at
    working.beat("one")
    assert WorkerBeat.objects.get().at > first


@pytest.mark.django_db(transaction=True)
def test_a_duty_that_fails_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("bad")
        raise RuntimeError("the duty fell over")

    bad, good = working.Duty("bad", 0.0, fail), working.Duty("good", 0.0, lambda: done.append("good"))
    monkeypatch.setattr(working, "duties", lambda worker: [bad, good])
    rounds = iter([False, True])
    with caplog.at_level(logging.ERROR):
        working.keep_doing("one", lambda seconds: next(rounds))
    assert done == ["bad", "good", "bad", "good"]
    assert "The duty “bad” failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_every_duty_may_run_twice_on_an_empty_archive() -> None:
    for _ in range(2):
        for duty in working.duties("one"):
            duty.do()
    assert [row.worker for row in WorkerBeat.objects.all()] == ["one"]
