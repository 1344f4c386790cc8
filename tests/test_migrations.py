"""Every migration of ours can be undone and done again, on an archive with stories in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

from django.apps import apps

PROGRAM = """
import json
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from talehouse.ops.demo.loading import load

def tell():
    look = connection.introspection
    with connection.cursor() as cursor:
        names = [name for name in look.table_names(cursor) if name.partition("_")[0] in ROOMS]
        return {name: [column.name for column in look.get_table_description(cursor, name)] for name in names}

call_command("migrate", verbosity=0)
before = tell()
loaded = load()
for room in ROOMS:
    call_command("migrate", room, "zero", verbosity=0)
between = tell()
call_command("migrate", verbosity=0)
print(json.dumps({"before": before, "between": between, "after": tell(), "loaded": loaded}))
"""


def test_all_migrations_go_back_and_forth(new_database: Callable[[], str]) -> None:
    rooms = [app.label for app in apps.get_app_configs() if app.name.startswith("talehouse.")]
    with_tables = [label for label in rooms if list(apps.get_app_config(label).get_models())]
    ended = subprocess.run(
        [sys.executable, "-c", f"ROOMS = {rooms_from_the_top(with_tables)!r}\n{PROGRAM}"],
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TALEHOUSE_DATABASE_URL": new_database(),
        },
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert {name.partition("_")[0] for name in told["before"]} == set(with_tables)
    assert told["between"] == {}
    assert told["after"] == told["before"]
    assert told["loaded"] > 0


def rooms_from_the_top(labels: list[str]) -> list[str]:
    """Upper rooms first, as their keys point down; settings list the rooms from below."""
    return labels[::-1]


def test_no_model_has_changed_without_a_migration(new_database: Callable[[], str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "talehouse.ops.cli", "makemigrations", "--check", "--dry-run"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "TALEHOUSE_DATABASE_URL": new_database()},
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
