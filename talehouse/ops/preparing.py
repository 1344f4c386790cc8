"""What has to be true before pages are served: tables, static files, the demo, the host's link."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from talehouse.accounts.house import host
from talehouse.ops.demo.loading import load
from talehouse.site.house import change, current
from talehouse.site.models import Site
from talehouse.stories.models import Story

PRIVATE_FOLDER = 0o700


def prepare(*, demo: bool = True) -> None:
    """Make the folders and tables, collect static files, and on the very first start put the demo in."""
    make_folders()
    first = migrate()
    collect()
    if first and demo and not Story.objects.exists():
        load()


def make_folders() -> None:
    """What is missing of the data folder, for this account alone: mails hold links that open accounts, and
    the database and the uploads hold what nobody has published.
    """
    ours = (settings.DATA, settings.MEDIA_ROOT, settings.UPLOADS, settings.MAIL_FOLDER, settings.INDEX)
    for folder in ours:
        Path(folder).mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if connection.vendor == "sqlite" and not _in_memory(name := str(connection.settings_dict["NAME"])):
        with suppress(OSError):  # where it cannot be made, the database says so itself
            Path(name).touch(mode=0o600)  # its WAL takes the same mode


def _in_memory(name: str) -> bool:
    return name == ":memory:" or "mode=memory" in name


def migrate() -> bool:
    """Bring the tables up to date; True if there were none."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    first = not executor.loader.applied_migrations
    call_command("migrate", verbosity=0, interactive=False)
    return first


def make_first_tables(*, kept: bool = True) -> None:
    """For what brings stories into a new data folder: the host need not `serve` first. Tables that are
    there, and a database on a server, are brought up to date by `serve` or `migrate` alone.

    With `kept` off they stand in memory until the process ends, so that only looking leaves no trace and the
    first start is still the first.
    """
    if connection.vendor == "sqlite":
        make_folders()
        if not connection.introspection.table_names():
            if not kept:
                connection.close()
                connection.settings_dict["NAME"] = ":memory:"
            migrate()


def collect() -> None:
    """Collect the static files if any has changed since they were last collected."""
    if not is_collected():
        call_command("collectstatic", verbosity=0, interactive=False)
        _stamp().write_text(_fingerprint())


def is_collected() -> bool:
    """Whether the static files are those of this version, so that starting takes no time."""
    return _stamp().exists() and _stamp().read_text() == _fingerprint()


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    told = hashlib.sha256(repr(settings.STATIC_BUNDLES).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            told.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    return told.hexdigest()


def welcome_link() -> str:
    """The one-time address that makes the host's account; "" once there is a host.

    Each start makes a new one: only its hash is kept, so nobody finds it in the database.
    """
    if host() is not None:
        return ""
    token = secrets.token_urlsafe(24)
    change(welcome_token_hash=_hash(token))
    return f"/host/welcome/{token}/"


def welcome_opens(token: str) -> bool:
    """Whether this is the token of the link that was printed, and there is no host yet."""
    return host() is None and secrets.compare_digest(_hash(token), current().welcome_token_hash)


def spend_welcome(token: str) -> bool:
    """Make the link void, inside the transaction that makes the host. Of two who spend it at once, one can:
    the other waits for the row and then finds it changed.
    """
    spent = Site.objects.filter(welcome_token_hash=_hash(token)).update(welcome_token_hash="")
    return spent == 1 and host() is None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
