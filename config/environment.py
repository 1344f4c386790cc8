"""Reading the environment: each value checked, each error one plain sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The value of `name`, without surrounding spaces."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """A yes or no; anything else is an error that names the setting."""
    value = text(name, "yes" if default else "no").lower()
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def number(name: str, default: int) -> int:
    """A whole number that is not negative."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list divided by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name: str, default: str) -> str:
    """An address of the web that others can be made from: http or https, with a host; no slash at its end."""
    value = text(name) or default
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise ImproperlyConfigured(
            f"{name} must begin with http:// or https:// and name a host, not be {value!r}."
        )
    return value.rstrip("/")


def near_hosts(base_url: str) -> list[str]:
    """Loopback names, and the host of the address that people use."""
    own = urlsplit(base_url).hostname
    return list(dict.fromkeys(["127.0.0.1", "localhost", "[::1]", *([own] if own else [])]))


def is_loopback(base_url: str) -> bool:
    """Whether people reach this address only from the machine itself."""
    return urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}


def secret_key(data: Path) -> str:
    """The key from the environment, else from `secret-key` in the data folder, made on the first start."""
    if key := text("TALEHOUSE_SECRET_KEY"):
        return key
    path = data / "secret-key"
    try:
        return _key_in(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {data} cannot be made or written: {error.strerror} ({error.filename})."
        ) from error


def _key_in(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"secret-key.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)  # the first process wins; the others read its key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()


SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA mmap_size=268435456; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;"
)


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at `sqlite:///PATH` or `postgresql://user:password@host:port/name`.

    A path after three slashes is relative to the folder where the command runs, after four it is absolute.

    SQLite: WAL, every transaction takes the write lock at its start (IMMEDIATE), for which it stands in line;
    a power cut loses nothing that was acknowledged (synchronous=FULL). PostgreSQL: psycopg's pool.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "talehouse.lib.sqlite",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "CONN_MAX_AGE": None,  # opening the file anew costs more than most questions
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
        }
    if parts.scheme in {"postgresql", "postgres"}:
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", "") or parts.hostname or "",
            "PORT": str(parts.port or query.pop("port", "") or ""),
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 20}, **query},
        }
    raise ImproperlyConfigured(
        f"TALEHOUSE_DATABASE_URL must begin with sqlite:/// or postgresql://, not {parts.scheme!r}."
    )
