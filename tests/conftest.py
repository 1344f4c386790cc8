"""What the tests of the whole house share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.cast import Cast
from tests.whole import Whole


@pytest.fixture
def whole(cast: Cast) -> Iterator[Whole]:
    """The application; it leaves the test's transaction open, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Whole(cast)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
