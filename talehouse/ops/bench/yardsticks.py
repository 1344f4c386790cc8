"""What the pages are measured against: nginx with the same bytes, and a bare Django."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from talehouse.ops.bench.bare import BODY
from talehouse.ops.bench.fetching import Answer
from talehouse.ops.bench.processes import Server, free_port, own_environment, start
from talehouse.ops.management.commands import serve

NOT_ADDED = frozenset(
    {"connection", "content-length", "content-type", "date", "etag", "keep-alive", "server"}
)
"""Headers that nginx writes by itself."""

CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.err;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=10000 inactive=1h;
  open_file_cache_valid 1h;
  types {{ }}
  default_type "{content_type}";
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/root;
{headers}
  }}
}}
"""


def static_path(path: str) -> str:
    """Where nginx has the answer for `path`: a plain file, the cheapest there is (no index, no redirect)."""
    return urlsplit(path).path.rstrip("/") or "/home"


def nginx(folder: Path, answers: Mapping[str, Answer]) -> Server:
    """One worker of nginx that serves these answers, compressed as they came, with their headers."""
    folder.mkdir()
    for path, answer in answers.items():
        file = folder / "root" / static_path(path).lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.body)
    port = free_port()
    first_path, first = next(iter(answers.items()))
    config = folder / "nginx.conf"
    config.write_text(_config(folder, port, first.headers))
    command = [
        program("nginx") or "nginx",
        "-p",
        str(folder),
        "-c",
        str(config),
        "-e",
        str(folder / "nginx.err"),
    ]
    environment = {"PATH": os.environ.get("PATH", "")}
    log = folder / "nginx.log"
    return start("nginx", command, port, environment=environment, log=log, path=static_path(first_path))


def _config(folder: Path, port: int, headers: Mapping[str, str]) -> str:
    added = "\n".join(
        f'    add_header {name} "{value}";'
        for name, value in headers.items()
        if name.lower() not in NOT_ADDED
    )
    content_type = next(
        (value for name, value in headers.items() if name.lower() == "content-type"), "text/html"
    )
    return CONFIG.format(folder=folder, port=port, headers=added, content_type=content_type, user=_user())


def _user() -> str:
    """Root's nginx hands its worker to another account unless told, which cannot read our folder."""
    if os.geteuid() != 0:
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"


def program(name: str) -> str | None:
    """Where a program is; `/usr/sbin` is not on everybody's path."""
    return shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    )


def bare_django(folder: Path, body: bytes) -> Server:
    """The bare view under granian, with the options that `talehouse serve` gives it, on a port of its own."""
    data = folder / "bare"
    data.mkdir()
    (data / "static").mkdir()
    (data / BODY).write_bytes(body)
    port = free_port()
    command = bare_command(port)
    return start("bare Django", command, port, environment=own_environment(data), log=folder / "bare.log")


def bare_command(port: int) -> list[str]:
    """What `talehouse serve` starts for Django, but for the application and where it listens."""
    own = serve.django_command(Path("django.sock"), serve_workers())
    at = own.index("--uds")
    own[at : at + 4] = ["--host", "127.0.0.1", "--port", str(port)]
    return [
        "talehouse.ops.bench.bare_wsgi:application" if word == "config.wsgi:application" else word
        for word in own
    ]


def serve_workers() -> int:
    """How many Django processes `talehouse serve` starts here, unless told."""
    return max(1, min(os.cpu_count() or 1, 4))


def talehouse(folder: Path, data: Path, name: str, **settings: str) -> Server:
    """The real `talehouse serve` with this data, one Django process a core, on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "talehouse.ops.cli", "serve", "--port", str(port), "--no-demo"]
    environment = own_environment(data, TALEHOUSE_TRUSTED_PROXIES="127.0.0.1", **settings)
    return start(name, command, port, environment=environment, log=folder / f"{name}.log")
