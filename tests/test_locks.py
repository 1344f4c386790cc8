"""The locks: every version pinned with hashes, within the bounds of pyproject.toml, and no place named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
BUILD = PROJECT["build-system"]["requires"]
LOCKS = {
    "base": [*PROJECT["project"]["dependencies"], *BUILD],
    "dev": [*PROJECT["project"]["dependencies"], *BUILD, *EXTRAS["postgres"], *EXTRAS["dev"]],
}


def pins(level: str) -> dict[str, Version]:
    """The versions that a lock pins, by canonical name."""
    text = (REQUIREMENTS / f"{level}.txt").read_text()
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in found}


def bounds(level: str) -> list[Requirement]:
    """What pyproject.toml asks of a level, without the project itself."""
    asked = [Requirement(line) for line in LOCKS[level]]
    return [requirement for requirement in asked if requirement.name != "talehouse"]


@pytest.mark.parametrize("level", LOCKS)
def test_a_lock_holds_every_dependency_within_its_bounds(level: str) -> None:
    pinned = pins(level)
    for requirement in bounds(level):
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, requirement


@pytest.mark.parametrize("level", LOCKS)
def test_every_dependency_has_a_lower_and_an_upper_bound(level: str) -> None:
    for requirement in bounds(level):
        assert {part.operator for part in requirement.specifier} == {">=", "<"}, requirement


@pytest.mark.parametrize("level", LOCKS)
def test_a_lock_is_pins_and_hashes_and_nothing_else(level: str) -> None:
    pin = r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==[a-z0-9.+!]+( ; [a-z_]+ (==|!=|<|<=|>|>=) '[\w.-]+')* \\"
    line = re.compile(rf"({pin}|    --hash=sha256:[0-9a-f]{{64}}( \\)?)")
    for number, text in enumerate((REQUIREMENTS / f"{level}.txt").read_text().splitlines(), start=1):
        assert line.fullmatch(text), f"{level}.txt:{number}: {text}"


def test_both_locks_agree() -> None:
    base, dev = pins("base"), pins("dev")
    assert {name: dev.get(name) for name in base} == base


def test_what_builds_the_project_is_locked_under_the_same_bounds() -> None:
    text = (REQUIREMENTS / "build.in").read_text()
    listed = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert listed == BUILD
