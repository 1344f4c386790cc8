"""Fixtures of this room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from talehouse.stories.models import Story
from tests.cast import Cast, story
from tests.delivering import deliver_now
from tests.receiving import Service, service


@pytest.fixture
def box(settings: Any, cast: Cast) -> Iterator[Service]:
    """The service of all browsers here."""
    settings.FETCH_NEAR = True
    deliver_now()
    with service() as made:
        yield made


@pytest.fixture
def made(cast: Cast) -> Story:
    """A story of the writer, which is out."""
    return story(cast)
