"""The house's own rules that no linter knows: keys point down, no signals, views that only respond."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from config import settings

ROOMS = settings.BASE / "talehouse"
MAP = settings.BASE / "docs" / "map.md"
LONGEST_VIEW = 25
WRITES = {
    "save",
    "create",
    "delete",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
SIGNALS = {
    "pre_save",
    "post_save",
    "pre_delete",
    "post_delete",
    "m2m_changed",
    "pre_init",
    "post_init",
}


def levels() -> dict[str, int]:
    """Each room and its height, as the map draws the line: `lib < pages < … < (imports | exports) < …`."""
    line = next(line for line in MAP.read_text("utf-8").splitlines() if line.startswith("`lib <"))
    heights = (re.findall(r"\w+", step) for step in line.split("<"))
    return {room: height for height, step in enumerate(heights) for room in step}


def sources(pattern: str) -> list[Path]:
    """Our modules whose name fits, without tests and migrations."""
    found = [path for path in ROOMS.rglob(pattern) if not {"tests", "migrations"} & set(path.parts)]
    assert found, f"no {pattern} in {ROOMS}"
    return found


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Every function of a module, those in classes too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def views() -> list[Path]:
    """The modules that answer requests."""
    return [*sources("views.py"), *(path for path in sources("*.py") if path.parent.name == "views")]


def place(path: Path, node: ast.AST) -> str:
    """Where to look."""
    return f"{path.relative_to(settings.BASE)}:{getattr(node, 'lineno', 0)}"


def room_of(model: type[models.Model]) -> str:
    """The room of a model; Django's and allauth's lie below all of ours."""
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "talehouse" else ""


def test_the_map_names_every_room() -> None:
    rooms = {path.parent.name for path in ROOMS.glob("*/__init__.py")}
    assert rooms == levels().keys() - {"config"}


def test_foreign_keys_point_down() -> None:
    height = levels()
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        room = room_of(model)
        for field in model._meta.get_fields() if room else ():
            target = (
                field.related_model if isinstance(field, models.ForeignKey | models.ManyToManyField) else None
            )
            if not isinstance(target, type) or not room_of(target) or room_of(target) == room:
                continue
            if height[room_of(target)] >= height[room]:
                wrong.append(f"{model.__name__}.{field.name} of {room} points to {room_of(target)}")
    assert not wrong, "\n".join(wrong)


def test_every_room_has_its_sign() -> None:
    """At least two lines: what lives here, what does not."""
    bare = [
        path.parent.name
        for path in ROOMS.glob("*/__init__.py")
        if len((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()) < 2
    ]
    assert not bare, f"rooms without a sign at the door: {bare}"


def test_no_signals() -> None:
    wrong = [
        f"{place(path, node)} speaks of {name}"
        for path in sources("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (name := _name(node)) in SIGNALS
    ]
    assert not wrong, "\n".join(wrong)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.name if isinstance(node, ast.alias) else ""


def test_no_model_saves_or_deletes_in_its_own_way() -> None:
    ours = [model for model in apps.get_models() if room_of(model)]
    wrong = [
        f"{base.__module__}.{base.__name__}.{method}"
        for model in ours
        for base in model.__mro__
        for method in ("save", "delete", "save_base")
        if base.__module__.startswith("talehouse.") and method in vars(base)
    ]
    assert len(ours) > 20
    assert not wrong, "\n".join(wrong)


def test_views_write_nothing_by_themselves() -> None:
    wrong = [
        f"{place(path, call)} calls .{call.func.attr}()"
        for path in views()
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES
    ]
    assert not wrong, "\n".join(wrong)


def test_views_are_short() -> None:
    wrong = [
        f"{place(path, function)} {function.name} has {length} lines"
        for path in views()
        for function in functions(path)
        if (length := lines(function)) > LONGEST_VIEW
    ]
    assert not wrong, f"at most {LONGEST_VIEW} lines each, please:\n" + "\n".join(wrong)


def lines(function: ast.FunctionDef) -> int:
    """The lines that its statements stand on, without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ('def f():\n    """Why."""\n    a = (\n        1\n    )\n    return a', 4),
        ("def f():\n    return 1", 1),
        ('def f():\n    """Only words."""', 0),
    ],
)
def test_how_lines_are_counted(text: str, length: int) -> None:
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    assert lines(function) == length
