"""`talehouse serve` as a host meets it: starting, stopping, and what happens when a process dies."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.serving import Begin, Serving, command_of, kill, served, until

FRONT, DJANGO, WORKER = "talehouse.pages.front", "granian", "talehouse.ops.cli worker"


def test_a_taken_port_is_said_and_nothing_is_started(begin: Begin) -> None:
    house = begin()
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = house.run("serve", "--port", port, expect=2)
    assert re.search(rf"Cannot listen on 127\.0\.0\.1:{port}: .+ Choose another port\.", told.stderr)
    assert "Traceback" not in told.stderr
    assert not (house.data / "talehouse.sqlite3").exists()
    assert house.processes() == []


@pytest.mark.parametrize("port", ["99999999", "65536", "0", "-1", "http"])
def test_a_port_that_is_none_is_said(begin: Begin, port: str) -> None:
    told = begin().run("serve", "--port", port, expect=2)
    assert f"argument --port: a number from 1 to 65535, not '{port}'" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.1"])
def test_an_address_that_is_not_of_this_machine_is_said(begin: Begin, host: str) -> None:
    house = begin()
    told = house.run("serve", "--host", host, "--port", str(house.port), expect=2)
    assert re.search(
        rf"Cannot listen on {host}:{house.port}: [^.]+\. Choose another address\.\n$", told.stderr
    )


def test_workers_below_none_are_refused(begin: Begin) -> None:
    house = begin()
    told = house.run("serve", "--port", str(house.port), "--workers", "-3", expect=2)
    assert "argument --workers: a whole number that is not negative, not '-3'" in told.stderr
    assert not (house.data / "talehouse.sqlite3").exists()


def test_it_starts_three_processes_and_ends_them_all(begin: Begin) -> None:
    house = begin()
    house.start("--no-demo", "--workers", "1")
    for name in (FRONT, DJANGO, WORKER):
        assert house.processes(named=name), name
    assert house.process is not None
    house.process.terminate()
    assert house.process.wait(30) == 0
    until(lambda: not house.processes(), seconds=10)
    assert "Traceback" not in house.said


def test_a_second_start_prepares_nothing_again(begin: Begin) -> None:
    house = begin()
    house.start("--no-demo", "--workers", "1")
    applied = house.rows("SELECT id, applied FROM django_migrations ORDER BY id")
    static = written(house.data / "static")
    assert applied and static
    assert house.welcome
    first_link = house.welcome
    house.stop()
    house.start("--no-demo", "--workers", "1")
    assert house.rows("SELECT id, applied FROM django_migrations ORDER BY id") == applied
    assert written(house.data / "static") == static
    assert house.welcome != first_link, "each start prints a link of its own until there is a host"
    assert house.get(house.welcome.removeprefix(house.url)).status == 200
    assert house.get(first_link.removeprefix(house.url)).status == 404
    house.python(
        "from talehouse.accounts.house import welcome\n"
        "welcome(email='host@example.org', password='an orchard under water', pen_name='Keeper')\nprint(0)"
    )
    assert house.get(house.welcome.removeprefix(house.url)).status == 404
    house.stop()
    house.start("--no-demo", "--workers", "1")
    assert house.welcome == "", "there is a host now"


def written(folder: Path) -> dict[str, int]:
    """When each file of a folder was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def house(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A running archive, whose processes the tests kill one kind at a time."""
    folder = tmp_path_factory.mktemp("house") / "data"
    with served(folder, new_database(), ["--no-demo", "--workers", "1"]) as archive:
        yield archive


def test_kept_pages_outlive_django_and_django_comes_back(house: Serving) -> None:
    seen = house.get("/")
    assert seen.status == 200
    assert house.process is not None
    house.process.send_signal(signal.SIGSTOP)  # so that it starts nothing again while we look
    try:
        end_all(house, DJANGO)
        kept = house.get("/")
        assert (kept.status, kept.text) == (200, seen.text), "a visitor still gets what is kept"
        other = house.get("/browse/?sort=words")
        assert other.status == 503
        assert "try again in a few seconds" in other.text
        assert int(other.headers["retry-after"]) > 0
    finally:
        house.process.send_signal(signal.SIGCONT)
    until(house.answers)
    assert house.get("/browse/?sort=words").status == 200
    assert "django ended (-9); starting it again." in house.said


def test_the_front_comes_back(house: Serving) -> None:
    end_all(house, FRONT)
    until(house.answers)
    assert house.get("/").status == 200
    assert "pages ended (-9); starting it again." in house.said


def test_the_worker_comes_back_and_does_what_waits(house: Serving) -> None:
    def beats() -> int:
        return house.number("SELECT count(*) FROM ops_workerbeat")

    before = until(beats)
    end_all(house, WORKER)
    until(lambda: house.processes(named=WORKER))
    until(lambda: beats() > before)


def test_no_process_outlives_a_supervisor_that_was_killed(begin: Begin) -> None:
    house = begin()
    house.start("--no-demo", "--workers", "1")
    assert house.process is not None
    house.process.kill()
    house.process.wait()
    with suppress(pytest.fail.Exception):
        until(lambda: not house.processes(), seconds=60)
    assert {pid: command_of(pid) for pid in house.processes()} == {}
    house.start("--no-demo", "--workers", "1")


def end_all(house: Serving, name: str) -> None:
    """SIGKILL for every process of this name; returns when they are gone."""
    ended = [pid for pid in house.processes(named=name) if "talehouse serve" not in command_of(pid)]
    assert ended, f"no process {name!r} is running"
    for pid in ended:
        kill(pid)
    until(lambda: not set(ended) & set(house.processes()))
