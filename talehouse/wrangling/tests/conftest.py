"""Fixtures of this room."""

from __future__ import annotations

import pytest

from talehouse.accounts.models import Account
from talehouse.wrangling.tests.sorted_tags import wrangler
from tests.cast import Cast


@pytest.fixture
def by(cast: Cast) -> Account:
    """Somebody who may put tags in order."""
    return wrangler(cast)
