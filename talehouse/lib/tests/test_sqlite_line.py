"""Writers of one SQLite file stand in line: nobody is pushed aside, nobody holds others up for ever."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from talehouse.accounts.models import Account
from talehouse.lib.sqlite.line import Line, line_of

HOLD = """
import sys, time
from talehouse.lib.sqlite.line import Line
line = Line(sys.argv[1])
assert line.enter(5)
print("mine", flush=True)
time.sleep(600)
"""

FORK = """
import os, sys
from talehouse.lib.sqlite.line import line_of
line = line_of(sys.argv[1])
assert line.enter(1)
child = os.fork()
if child == 0:
    os._exit(0 if line_of(sys.argv[1]) is not line else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_one_turn_at_a_time(tmp_path: Path) -> None:
    line = Line(str(tmp_path / "line"))
    assert line.enter(1)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(1)
    line.leave()


def test_another_process_gives_its_turn_up_when_it_is_killed(tmp_path: Path) -> None:
    path = str(tmp_path / "line")
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"mine\n"
        here, got = Line(path), threading.Event()

        def wait() -> None:
            if here.enter(60):
                got.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        too_early = got.wait(0.2)
        other.send_signal(signal.SIGKILL)
        waiting.join()
    assert got.is_set() and not too_early
    here.leave()


def test_a_child_process_does_not_take_its_parents_turn_for_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORK, str(tmp_path / "database")]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0


def free() -> bool:
    """Whether nobody holds the line of the tests' database."""
    line = line_of(str(connection.settings_dict["NAME"]))
    if not line.enter(0.01):
        return False
    line.leave()
    return True


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_transaction_holds_its_turn_until_it_is_over() -> None:
    with transaction.atomic():
        assert not free()
        with transaction.atomic():
            Account.objects.create_user("one@example.org")
        assert not free()
    assert free()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Account.objects.create_user("two@example.org")
        raise ZeroDivisionError
    assert free()
    with transaction.atomic():
        connection.close()
        assert free()
    assert list(Account.objects.values_list("email", flat=True)) == ["one@example.org"]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_whoever_waits_in_vain_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    line = line_of(str(connection.settings_dict["NAME"]))
    assert line.enter(1)
    with pytest.raises(OperationalError, match="locked"), transaction.atomic():
        pass
    line.leave()
    with transaction.atomic():
        assert not free()
