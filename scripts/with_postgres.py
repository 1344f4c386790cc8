"""Runs a command beside a PostgreSQL server that lives only as long as the command.

    .venv/bin/python scripts/with_postgres.py COMMAND…

The server's files are in a temporary folder and it listens on a Unix socket in there alone, so no port can
be taken and nobody else can connect. It does not wait for the disk (fsync off): its data is thrown away. The
command finds it through TALEHOUSE_DATABASE_URL. PostgreSQL refuses to run as root, so root hands it to the
account `postgres` (or `nobody`).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from urllib.parse import quote

OLDEST = 15
USER = "talehouse"
START_SECONDS = 60  # a busy machine is slow, and a broken server ends at once
FAST_AND_LOOSE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def programs() -> Path:
    """The folder of the newest PostgreSQL here that is new enough."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    versions = {version_of(folder): folder for folder in folders}
    if not versions or max(versions) < OLDEST:
        sys.exit(f"talehouse: PostgreSQL {OLDEST} or newer is needed. On Debian: apt install postgresql")
    return versions[max(versions)]


def version_of(folder: Path) -> int:
    """The major version of the programs in a folder."""
    said = subprocess.run([folder / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def unprivileged(folder: Path) -> list[str]:
    """What stands before a PostgreSQL program: it ends with this process, and root does not run it.

    Where root is not to run it, the folder is given to the account that does.
    """
    launcher = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return launcher
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    os.chown(folder, account.pw_uid, account.pw_gid)
    return [*launcher, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def create(bin_folder: Path, folder: Path, as_user: list[str]) -> None:
    """Makes the cluster: UTF-8, the C locale, and trust, since the folder itself is closed to others."""
    command = [*as_user, f"{bin_folder}/initdb", "-D", f"{folder}/data", "-U", USER, "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"talehouse: initdb failed:\n{done.stdout}{done.stderr}")


def wait_until_ready(bin_folder: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Returns when the server answers; says what its log says when it does not."""
    until = time.monotonic() + START_SECONDS
    probe = [f"{bin_folder}/pg_isready", "-q", "-h", str(folder), "-U", USER, "-d", "postgres"]
    while server.poll() is None and time.monotonic() < until:
        if subprocess.run(probe, check=False).returncode == 0:
            return
        time.sleep(0.05)
    sys.exit(f"talehouse: PostgreSQL did not start:\n{(folder / 'log').read_text()}")


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """A running server; gives its URL, and leaves neither process nor file behind."""
    bin_folder = programs()
    folder = Path(tempfile.mkdtemp(prefix="talehouse-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        as_user = unprivileged(folder)
        create(bin_folder, folder, as_user)
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", *FAST_AND_LOOSE]
        command = [*as_user, f"{bin_folder}/postgres", "-D", f"{folder}/data"]
        command += [part for setting in settings for part in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        wait_until_ready(bin_folder, folder, server)
        yield f"postgresql://{USER}@/postgres?host={quote(str(folder), safe='')}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def leave(number: int, frame: FrameType | None) -> None:
    """Turns a signal into an ordinary exit, so that the server is stopped on the way out."""
    sys.exit(128 + number)


def main() -> int:
    """The status is that of the command."""
    command = sys.argv[1:]
    if not command:
        sys.exit("talehouse: usage: scripts/with_postgres.py COMMAND…")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with cluster() as url:
        child = subprocess.Popen(command, env=dict(os.environ, TALEHOUSE_DATABASE_URL=url))
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
