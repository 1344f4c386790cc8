"""Fixtures of this room."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def own_folder(settings: Settings, tmp_path: Path) -> Path:
    """An index of this test alone."""
    settings.INDEX = tmp_path / "index"
    return tmp_path / "index" / "stories"
