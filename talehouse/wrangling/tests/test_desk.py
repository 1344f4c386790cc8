"""The desk: what stands on it, looking first, doing, the log with its undo; and who has none."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from talehouse.tags.models import Tag
from talehouse.wrangling.models import Change
from talehouse.wrangling.tests.sorted_tags import (
    above,
    make_canonical,
    make_synonym,
    members,
    put_under,
    tag,
    tagged,
    wrangler,
)
from tests.cast import Cast
from tests.test_queries import questions


@pytest.fixture
def desk(cast: Cast) -> Client:
    wrangler(cast)
    return cast.client("stranger")


def questions_of(client: Client, path: str) -> int:
    """How many questions the page asks."""
    with questions() as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def text(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_unsorted_tags_stand_there_the_most_used_first(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "Lamps", "Oil")
    tagged(cast, "Two", "Oil")
    tagged(cast, "Secret", "Whispers", visibility="private")
    make_canonical(tag("Lanterns"), by=cast.host)
    page = text(desk, "/wrangling/")
    assert page.index("Oil") < page.index("Lamps")
    assert "Whispers" not in page and "Lanterns" not in page
    assert "2 stories" in page
    assert "Lamps" not in text(desk, "/wrangling/", q="oi") and "Oil" in text(desk, "/wrangling/", q="oi")
    assert "Lamps" not in text(desk, "/wrangling/", kind="fandom")
    assert "No tag here" in text(desk, "/wrangling/", q="zebra")


def test_pages_follow_one_another(cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talehouse.wrangling.desk.SIZE", 2)
    tagged(cast, "One", "Ash", "Oil", "Lamps")
    first = desk.get("/wrangling/")
    assert [line.tag.name for line in first.context["lines"]] == ["Ash", "Oil"]
    second = desk.get(first.context["next_url"])
    assert [line.tag.name for line in second.context["lines"]] == ["Lamps"]
    assert second.context["next_url"] == "" and second.context["first_url"] == "/wrangling/"


def test_a_page_key_that_is_none_begins_at_the_beginning(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "Lamps")
    for after in ("x", "1_", f"1_{'9' * 25}", f"{'9' * 25}_1"):
        assert "Lamps" in desk.get("/wrangling/", {"after": after}).text


def test_what_a_tag_may_mean_stands_beside_it_and_is_looked_at_first(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "slow burn!", "Ash")
    make_canonical([tag("Slow Burn"), tag("Weir", "fandom")], by=cast.host)
    page = desk.get("/wrangling/")
    (meaning,) = (line.meaning for line in page.context["lines"] if line.meaning)
    assert meaning == (tag("Slow Burn"), "same")
    query: dict[str, Any] = {"act": "suggested", "tag": [tag("slow burn!").pk, tag("Ash").pk]}
    look = text(desk, "/wrangling/preview/", **query)
    assert "This joins 1 story to “Slow Burn”." in look and "“Ash”" not in look
    assert tag("slow burn!").standing == "unsorted"
    sent = {"act": "synonym", "tag": tag("slow burn!").pk, f"to-{tag('slow burn!').pk}": tag("Slow Burn").pk}
    answer = desk.post("/wrangling/do/", {**sent, "next": "/wrangling/?kind=theme"})
    assert answer.headers["Location"] == "/wrangling/?kind=theme"
    assert tag("slow burn!").merged_into == tag("Slow Burn")
    assert "done" in text(desk, "/wrangling/")


def test_many_at_once_with_those_that_cannot_be_said(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "lampes", "lampen")
    make_canonical([tag("Lamps"), tag("Light")], by=cast.host)
    ids = [tag(name).pk for name in ("lampes", "lampen", "Lamps")]
    query: dict[str, Any] = {"act": "synonym", "tag": ids, "name": "LAMPS"}
    look = desk.get("/wrangling/preview/", query)
    assert [bool(step["refusal"]) for step in look.context["steps"]] == [False, False, True]
    assert "Do it for the 2 that can be" in look.content.decode()
    desk.post("/wrangling/do/", {"act": "synonym", "tag": ids[:2], "name": "Lamps"})
    assert tag("Lamps").synonyms.count() == 2
    desk.post("/wrangling/do/", {"act": "under", "tag": tag("Lamps").pk, "to": tag("Light").pk})
    assert above("Lamps") == {"Light"}


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"act": "canonical"}, "Choose at least one tag."),
        ({"act": "burn", "tag": "{Oil}"}, "Select a valid choice"),
        ({"act": "synonym", "tag": "{Oil}"}, "Name the other tag."),
        ({"act": "synonym", "tag": "{Oil}", "name": "Zebra"}, "no tag “Zebra” of the kind Theme"),
        (
            {"act": "under", "tag": "{Oil}", "kind": "fandom", "name": "Oil"},
            "no tag “Oil” of the kind Fandom",
        ),
        ({"act": "suggested", "tag": "{Oil}"}, "Nothing is suggested"),
        ({"act": "members", "tag": "{Oil}", "people": "Mira\nOrlan"}, "no tag “Mira” of the kind Character"),
        ({"act": "canonical", "tag": "{Whispers}"}, "Choose at least one tag."),
        ({"act": "synonym", "tag": "{Oil}", "to": "{Whispers}"}, "Name the other tag."),
        ({"act": "synonym", "tag": "x", "to": "99999999999999999999"}, "Choose at least one tag."),
    ],
)
def test_what_is_wrong_is_said_and_the_input_stays(
    cast: Cast, desk: Client, query: dict[str, str], why: str
) -> None:
    tagged(cast, "One", "Oil")
    tagged(cast, "Secret", "Whispers", visibility="private")
    ids = {name: tag(name).pk for name in ("Oil", "Whispers")}
    filled = {name: value.format(**ids) for name, value in query.items()}
    for answer in (desk.get("/wrangling/preview/", filled), desk.post("/wrangling/do/", filled)):
        page = answer.content.decode()
        assert answer.status_code == 400 and why in page
        if "name" in query:
            assert f'value="{query["name"]}"' in page
    assert not Change.objects.exists()


def test_what_has_changed_meanwhile_is_said(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "Oil")
    make_canonical(tag("Oil"), by=cast.host)
    answer = desk.post("/wrangling/do/", {"act": "canonical", "tag": tag("Oil").pk})
    assert answer.status_code == 400 and "is canonical already" in answer.content.decode()


def test_nobody_is_led_elsewhere(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "Oil")
    for away in ("https://example.org/", "//example.org/wrangling/", "/host/"):
        answer = desk.post("/wrangling/do/", {"act": "canonical", "tag": tag("Oil").pk, "next": away})
        assert answer.status_code == 400 or answer.headers["Location"] == "/wrangling/"


def test_a_tag_on_the_desk(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "Mira/Orlan", kind="relationship")
    people = [tag("Mira", "character"), tag("Orlan", "character")]
    pair = tag("Mira/Orlan", "relationship")
    page = text(desk, f"/wrangling/tags/{pair.pk}/")
    assert "Mira</bdi> (not canonical)" in page and ">Mira\nOrlan</textarea>" in page
    make_canonical([*people, pair], by=cast.host)
    look: dict[str, Any] = {"act": "members", "tag": pair.pk, "people": "Mira\n\nOrlan", "romantic": "yes"}
    assert "This joins 1 story to “Mira”." in text(desk, "/wrangling/preview/", **look)
    desk.post("/wrangling/do/", look)
    assert members("Mira/Orlan") == ["Mira", "Orlan"]
    make_synonym(tag("Orlan/Mira", "relationship"), pair, by=cast.host)
    make_canonical(tag("Weir", "fandom"), by=cast.host)
    put_under(people, tag("Weir", "fandom"), by=cast.host)
    page = text(desk, f"/wrangling/tags/{pair.pk}/")
    for said in ("Orlan/Mira", "Take it out", "Synonyms", "What was done with it", 'value="yes" selected'):
        assert said in page
    assert "Orlan" in text(desk, f"/wrangling/tags/{tag('Weir', 'fandom').pk}/")
    assert "means" in text(desk, f"/wrangling/tags/{tag('Orlan/Mira', 'relationship').pk}/")


def test_a_tag_that_is_nobodys_business_is_not_there(cast: Cast, desk: Client) -> None:
    tagged(cast, "Secret", "Whispers", visibility="private")
    for pk in (tag("Whispers").pk, 999_999):
        assert desk.get(f"/wrangling/tags/{pk}/").status_code == 404


def test_a_new_canonical_tag(cast: Cast, desk: Client) -> None:
    answer = desk.post("/wrangling/new/", {"kind": "fandom", "name": " The   Weir "})
    made = tag("The Weir", "fandom")
    assert answer.headers["Location"] == f"/wrangling/tags/{made.pk}/" and made.standing == "canonical"
    assert "The Weir" in text(desk, "/wrangling/", standing="canonical")
    for sent, why in (
        ({"kind": "fandom", "name": "the weir"}, "is canonical already"),
        ({"kind": "mood", "name": "Sad"}, "Select a valid choice"),
        ({"kind": "theme", "name": "\u200b"}, "at least one letter"),
    ):
        answer = desk.post("/wrangling/new/", sent)
        assert answer.status_code == 400 and why in answer.content.decode()
    assert Tag.objects.count() == 1


def test_the_log_undoes_one_and_many(cast: Cast, desk: Client) -> None:
    tagged(cast, "One", "lampes", "lampen")
    (first, second) = make_synonym([tag("lampes"), tag("lampen")], tag("Lamps"), by=cast.host)
    page = text(desk, "/wrangling/log/")
    assert "Undo all 2 that were done at once" in page and "Keeper" in page
    answer = desk.post(f"/wrangling/log/{first.pk}/undo/", follow=True)
    assert "“Lamps” has 1 synonym" in answer.content.decode()
    desk.post(f"/wrangling/log/{second.pk}/undo/")
    assert tag("lampen").standing == "unsorted" and tag("lampes").standing == "synonym"
    assert "undone" in text(desk, "/wrangling/log/") and "Undo all" not in text(desk, "/wrangling/log/")
    made = make_canonical([tag("lampen"), tag("Ash")], by=cast.host)
    answer = desk.post(f"/wrangling/log/batch/{made[0].batch}/undo/", follow=True)
    assert "2 changes are undone." in answer.content.decode()
    answer = desk.post(f"/wrangling/log/batch/{made[0].batch}/undo/", follow=True)
    assert "nothing left to undo" in answer.content.decode()
    assert desk.post("/wrangling/log/999999/undo/").status_code == 404


def test_the_log_has_pages(cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talehouse.wrangling.views.log.SIZE", 2)
    make_canonical([tag("Ash"), tag("Oil"), tag("Lamps")], by=cast.host)
    first = desk.get("/wrangling/log/")
    assert len(first.context["changes"]) == 2
    assert len(desk.get(first.context["next_url"]).context["changes"]) == 1


def test_others_have_no_desk(cast: Cast) -> None:
    for who in ("reader", "writer", "suspended", "visitor"):
        client = cast.client(who)
        for path in ("/wrangling/", "/wrangling/preview/", "/wrangling/log/", "/wrangling/tags/1/"):
            assert client.get(path).status_code == 404, path
        for path in ("do/", "new/", "log/1/undo/"):
            assert client.post(f"/wrangling/{path}").status_code == 404, path


@pytest.mark.parametrize("path", ["/wrangling/", "/wrangling/log/", "/wrangling/tags/{}/"])
def test_more_tags_are_no_more_questions(cast: Cast, desk: Client, path: str) -> None:
    tagged(cast, "One", "Lamps", "Ash", "lamps ash")
    make_canonical(tag("Light"), by=cast.host)
    make_synonym(tag("Ash"), tag("Light"), by=cast.host)
    path = path.format(tag("Light").pk)
    questions_of(desk, path)  # the first time it also asks who this is
    few = questions_of(desk, path)
    names = [f"Tag {number}" for number in range(12)]
    tagged(cast, "Two", *names, *(f"{name}!" for name in names))
    make_canonical([tag(name) for name in names], by=cast.host)
    make_synonym([tag(f"spelling {name}") for name in names], tag("Light"), by=cast.host)
    put_under([tag(name) for name in names], tag("Light"), by=cast.host)
    assert questions_of(desk, path) == few
