"""Faults of the database that a host can mend, each as one plain sentence for the command line."""

from __future__ import annotations

from django.db import Error, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

UNDEFINED = {"42P01", "42703"}
"""PostgreSQL's codes for a table and a column that do not exist."""
WITHOUT = ("no such table", "no such column", "has no column named")
"""What SQLite says of the same."""
PREPARE = {"migrate", "serve"}
"""Commands that make the tables: what they lack is a fault of the program."""


def sentence(error: Error, command: str) -> str:
    """What to say of an error that `command` has met; "" for one that only its traceback explains."""
    if _is_out_of_reach(error):
        return _far()
    if connection.vendor == "sqlite" and "unable to open database file" in str(error):
        name = connection.settings_dict["NAME"]
        return f"The database file {name} cannot be opened: its folder is missing or may not be written."
    if command not in PREPARE and _lacks(error) and _migrations_wait():
        return (
            "The tables of this database are missing or older than the program: "
            "run “talehouse serve” once, or “talehouse migrate”."
        )
    return ""


def _is_out_of_reach(error: Error) -> bool:
    """Whether the pool has waited in vain for a connection; psycopg tells of a lost one without a code."""
    if connection.vendor != "postgresql" or not isinstance(error, OperationalError):
        return False
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

    cause = error.__cause__
    return isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None


def _far() -> str:
    told = connection.settings_dict
    where = f"{told['HOST'] or 'this machine'}, port {told['PORT'] or 5432}"
    return (
        f"PostgreSQL on {where}, does not let us in. Is it running, and are address, name and password "
        "in TALEHOUSE_DATABASE_URL right?"
    )


def _lacks(error: Error) -> bool:
    if connection.vendor == "sqlite":
        return any(words in str(error) for words in WITHOUT)
    return getattr(error.__cause__, "sqlstate", None) in UNDEFINED


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
