"""Fixtures of this room."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Uploads of this test alone, which no worker waits for."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}
