"""`talehouse serve`: the whole archive by one command."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
import time
from argparse import ArgumentParser, ArgumentTypeError
from errno import EACCES, EADDRINUSE
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from talehouse.ops.preparing import is_collected, prepare, welcome_link
from talehouse.ops.supervising import Process, Supervisor

LAST_PORT = 65535


class Command(BaseCommand):
    """Prepares what is missing, then starts and supervises three processes: pages, Django, worker."""

    help = "Serve the archive: one command starts and supervises all its processes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--port", type=_port, default=8000, help="the port to listen on (default: 8000)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)"
        )
        parser.add_argument(
            "--workers",
            type=_workers,
            default=0,
            help="Django processes (default, and with 0: one a core, at most 4)",
        )
        parser.add_argument("--no-demo", action="store_true", help="start empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves until Ctrl+C or SIGTERM. Exit status 2 if the port is taken."""
        host, port = options["host"], options["port"]
        _check_free(host, port)
        base = os.environ.get("TALEHOUSE_BASE_URL") or _address(host, port)
        if not is_collected():
            self.stdout.write("Getting ready: the first start of each version takes up to a minute.")
            self.stdout.flush()
        prepare(demo=not options["no_demo"])
        room = Path(tempfile.mkdtemp(prefix="talehouse-", dir=_short_folder()))
        try:
            self._greet(base)
            workers = options["workers"] or max(1, min(os.cpu_count() or 1, 4))
            Supervisor(_processes(host, port, base, room, workers)).run()
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def _greet(self, base: str) -> None:
        self.stdout.write(f"Talehouse is at {base}/")
        if link := welcome_link():
            self.stdout.write(f"Make the host's account (the link works once): {base}{link}")
        self.stdout.flush()


def _short_folder() -> str | None:
    """Where sockets go: their paths may have at most 107 bytes (unix(7)), so a long TMPDIR will not do."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) < 70 else "/tmp"


def _port(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word[:6]) <= LAST_PORT:
        raise ArgumentTypeError(f"a number from 1 to {LAST_PORT}, not {word!r}")
    return int(word)


def _workers(word: str) -> int:
    if not word.isdecimal():
        raise ArgumentTypeError(f"a whole number that is not negative, not {word!r}")
    return int(word)


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host or 'localhost'}:{port}"


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = "port" if error.errno in {EADDRINUSE, EACCES} else "address"
            raise CommandError(
                f"Cannot listen on {host}:{port}: {error.strerror or error}. Choose another {other}.",
                returncode=2,
            ) from error


def _processes(host: str, port: int, base: str, room: Path, workers: int) -> list[Process]:
    door = room / "django.sock"
    environment = {
        "TALEHOUSE_DATA": str(settings.DATA),
        "TALEHOUSE_DATABASE_URL": settings.DATABASE_URL,
        "TALEHOUSE_BASE_URL": base,
        "TALEHOUSE_BEHIND_FRONT": "yes",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return [
        Process("pages", _front(host, port, base, door), environment),
        Process("django", django_command(door, workers), environment, leaves=[door]),
        Process("worker", [sys.executable, "-m", "talehouse.ops.cli", "worker"], environment),
    ]


def _front(host: str, port: int, base: str, door: Path) -> list[str]:
    command = [sys.executable, "-m", "talehouse.pages.front", "--listen", f"{host}:{port}"]
    command += ["--upstream", f"unix:{door}", "--database", "env:TALEHOUSE_DATABASE_URL"]
    command += ["--hosts", ",".join(settings.ALLOWED_HOSTS)]
    command += ["--languages", ",".join(code for code, _name in settings.LANGUAGES)]
    command += ["--default-language", settings.LANGUAGE_CODE]
    command += ["--page-query", json.dumps(settings.PAGE_QUERY)]
    command += ["--memory-mb", str(settings.PAGE_MEMORY // (1024 * 1024))]
    command += ["--body-limit-mb", str(settings.UPLOAD_LIMIT // (1024 * 1024) + 1)]
    command += ["--scheme", "https" if base.startswith("https://") else "http"]
    if settings.TRUSTED_PROXIES:
        command += ["--trusted-proxies", ",".join(settings.TRUSTED_PROXIES)]
    return command


def django_command(door: Path, workers: int) -> list[str]:
    """Granian around Django on a socket that only this account may open.

    0600 is 384 in decimal, which is how granian reads it. Its backpressure counts connections, also those
    that are kept alive, so it stands above all that the front may open.
    """
    options = (
        f"--uds {door} --uds-permissions 384 --workers {workers} --blocking-threads 2 --backpressure 1024 "
        "--no-ws --log-level warning --respawn-failed-workers --respawn-interval 0.5 "
        "--workers-kill-timeout 10"
    )
    start = [sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi"]
    return [*start, *options.split()]


def wait_until_ready(url: str, seconds: float = 60) -> bool:
    """Whether the archive answers within `seconds`; for those who start it from a program."""
    parts = urlsplit(url)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False
