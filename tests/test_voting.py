"""The vote button and its posts, with and without JavaScript."""

from __future__ import annotations

from talehouse.accounts.form_tokens import token_for
from talehouse.reads.models import Read
from talehouse.votes import casting
from talehouse.votes.models import Vote
from tests.cast import Cast, first, story
from tests.whole import Whole

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_a_plain_form_votes_and_counts_the_read(cast: Cast) -> None:
    part = first(story(cast))
    answer = cast.client("reader").post(
        f"/parts/{part.pk}/vote/", {"vote": "1"}, headers={"user-agent": FIREFOX}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{part.url}#vote")
    part.refresh_from_db()
    assert (part.vote_count, part.read_count) == (1, 1)
    cast.client("reader").post(f"/parts/{part.pk}/vote/", {"vote": "0"}, headers={"user-agent": FIREFOX})
    part.refresh_from_db()
    assert (part.vote_count, part.read_count) == (0, 1)


def test_a_script_gets_the_number_and_counts_no_read(cast: Cast) -> None:
    part = first(story(cast))
    answer = cast.client("reader").post(
        f"/parts/{part.pk}/vote/", {"vote": "1", "js": "1"}, headers={"accept": "application/json"}
    )
    assert answer.json() == {"voted": True, "votes": {"short": "1", "full": "1 vote"}}
    assert not Read.objects.exists()


def test_a_script_is_told_why_not(cast: Cast) -> None:
    part = first(story(cast))
    json = {"accept": "application/json"}
    own = cast.client("writer").post(f"/parts/{part.pk}/vote/", {"vote": "1", "js": "1"}, headers=json)
    assert (own.status_code, own.json()["message"]) == (403, "Nobody votes for a story of their own.")
    out = cast.client("visitor").post(f"/parts/{part.pk}/vote/", {"vote": "1", "js": "1"}, headers=json)
    assert out.status_code == 401
    assert not Vote.objects.exists()


def test_the_button_stands_as_it_stands_for_each(cast: Cast, whole: Whole) -> None:
    part = first(story(cast))
    casting.cast(part, by=cast.reader)
    assert 'aria-pressed="true"' in whole.get(part.url, "reader").text
    assert 'aria-pressed="false"' in whole.get(part.url, "stranger").text
    assert "data-vote" not in whole.get(part.url, "writer").text
    assert "Sign in to vote" in whole.get(part.url).text


def test_the_token_of_a_session_is_taken_and_no_other(cast: Cast) -> None:
    part = first(story(cast))
    client = cast.client("reader")
    client.handler.enforce_csrf_checks = True
    key = client.cookies["session"].value
    path = f"/parts/{part.pk}/vote/"
    assert client.post(path, {"vote": "1"}).status_code == 403
    assert client.post(path, {"vote": "1", "form_token": token_for("another")}).status_code == 403
    foreign = {"origin": "https://elsewhere.example"}
    good = {"vote": "1", "form_token": token_for(key)}
    assert client.post(path, good, headers=foreign).status_code == 403
    assert not Vote.objects.exists()
    assert client.post(path, good).status_code == 302
    assert Vote.objects.count() == 1
