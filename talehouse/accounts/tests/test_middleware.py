"""What every answer says, and addresses that lead nowhere."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.mark.parametrize(
    "path",
    [
        "/people/%00/",
        "/tags/theme/a%00b/",
        "/host/welcome/%00/",
        "/parts/1-%00/",
        "/browse/?tag=%00",
        "/browse/?tag=a%00b&kind=theme",
        "/stories/1/?key=%00",
        "/media/" + "a" * 64 + ".jpg?key=%00",
    ],
)
def test_an_address_with_a_nul_leads_nowhere(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_session_with_a_nul_is_nobodys(db: None) -> None:
    client = Client()
    client.cookies["session"] = "%00abc"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing-here/", 404), ("/host/", 404), ("/host/demo/remove/", 405)]
)
def test_pages_of_errors_are_kept_by_nobody(cast: Cast, path: str, status: int) -> None:
    """They show the name of whoever asks, and what is not there now may be there soon."""
    answer = cast.client("reader").get(path)
    assert answer.status_code == status
    assert "private" in answer.headers["Cache-Control"] and "no-store" in answer.headers["Cache-Control"]
