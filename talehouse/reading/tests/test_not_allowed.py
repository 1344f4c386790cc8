"""An address that only takes what a form sends, when somebody opens it; and the other way round."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast, first, story
from tests.test_queries import questions

SAID = "This works only from a page"


@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_opening_what_only_takes_a_form_says_so_on_a_page(cast: Cast, who: str) -> None:
    client = Client() if who == "visitor" else cast.client(who)
    answer = client.get(f"/parts/{first(story(cast)).pk}/vote/")
    page = answer.content.decode()
    assert answer.status_code == 405 and answer["Content-Type"].startswith("text/html")
    assert f"<h1>{SAID}</h1>" in page and 'href="/">Go home</a>' in page
    assert answer["Allow"] == "POST" and "no-store" in answer["Cache-Control"]


def test_in_the_language_of_whoever_asks(cast: Cast) -> None:
    answer = Client(headers={"Accept-Language": "es"}).get(f"/parts/{first(story(cast)).pk}/vote/")
    assert answer.status_code == 405 and '<html lang="es"' in answer.content.decode()


def test_sending_to_a_page_that_is_only_read_says_so_too(cast: Cast) -> None:
    answer = cast.client("reader").post("/library/")
    assert answer.status_code == 405 and SAID in answer.content.decode()
    assert answer["Allow"] == "GET"


def test_a_script_gets_a_small_answer(cast: Cast) -> None:
    path = f"/parts/{first(story(cast)).pk}/vote/"
    with questions() as asked:
        answer = Client(headers={"Accept": "application/json"}).get(path)
    assert answer.status_code == 405 and answer.json() == {"message": f"{SAID}."}
    assert answer["Allow"] == "POST" and not asked


@pytest.mark.parametrize("kind", ["application/atom+xml", "image/png"])
def test_who_takes_no_page_gets_none(cast: Cast, kind: str) -> None:
    answer = Client(headers={"Accept": kind}).get(f"/parts/{first(story(cast)).pk}/vote/")
    assert (answer.status_code, answer.content, answer["Allow"]) == (405, b"", "POST")


def test_head_tells_the_same_without_a_page(cast: Cast) -> None:
    path = f"/parts/{first(story(cast)).pk}/vote/"
    answer, whole = Client().head(path), Client().get(path)
    assert (answer.status_code, answer.content, answer["Allow"]) == (405, b"", "POST")
    assert answer["Content-Length"] == str(len(whole.content))


def test_other_answers_pass_as_they_are(cast: Cast) -> None:
    made = story(cast)
    for path in (made.url, "/feeds/archive.atom"):
        answer = Client().get(path)
        assert answer.status_code == 200 and SAID not in answer.content.decode()
        assert Client().head(path).status_code == 200
    assert Client().get("/nothing-here/").status_code == 404
