"""Fixtures of this room: its own small house instead of the whole one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from talehouse.pages.tests import settings as own
from talehouse.pages.tests import urls


@pytest.fixture
def small_house() -> Iterator[None]:
    """The urls, holes, people and templates of this room's tests."""
    names = ("ROOT_URLCONF", "LANGUAGES", "LANGUAGE_CODE", "ALLOWED_HOSTS", "TEMPLATES", "MIDDLEWARE")
    pages = (name for name in dir(own) if name.startswith("PAGE_"))
    chosen = {name: getattr(own, name, []) for name in (*names, *pages)}
    with override_settings(**chosen):
        yield
    urls.between.clear()


@pytest.fixture(autouse=True)
def static_for_pages() -> None:
    """The pages of this room's tests have no static files to collect."""
