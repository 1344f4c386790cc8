"""The page of a story's people, invitations, and leaving: what each sees and does there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from talehouse.accounts import pen_names
from talehouse.stories import consenting, orphaning, people
from talehouse.stories.models import Departure, Proposal, Role, RoleKind, Story
from tests.cast import Cast, first, story
from tests.test_queries import ask

MOST = 11


@pytest.fixture
def ours(cast: Cast) -> Story:
    """A story with an author, a co-author, an editor and a beta reader."""
    made = story(cast, "The Weir", parts=2)
    for who, kind in (
        ("co_writer", RoleKind.CO_AUTHOR),
        ("editor", RoleKind.EDITOR),
        ("beta", RoleKind.BETA),
    ):
        people.accept(people.ask(made, cast.pen(who), kind, by=cast.writer), by=getattr(cast, who))
    return made


def page(cast: Cast, path: str, who: str) -> str:
    answer = cast.client(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def act(cast: Cast, made: Story, who: str, do: str, **data: Any) -> Any:
    return cast.client(who).post(f"/write/stories/{made.pk}/people/", {"do": do, **data})


def role(made: Story, cast: Cast, who: str) -> Role:
    return made.roles.get(pen_name=cast.pen(who))


def acts_on(text: str) -> set[str]:
    """The buttons that the page has."""
    return set(re.findall(r'name="do" value="([^"]+)"', text))


def test_each_sees_everybody_and_what_they_may_do(cast: Cast, ours: Story) -> None:
    path = f"/write/stories/{ours.pk}/people/"
    pages = {who: page(cast, path, who) for who in ("writer", "co_writer", "editor", "beta")}
    for text in pages.values():
        assert all(name in text for name in ("Writer", "Co Writer", "Editor", "Beta", "What each may do"))
    assert acts_on(pages["beta"]) == acts_on(pages["editor"]) == {"leave"}
    assert {"invite", "let-go", "remove", "make-beta", "make-editor", "make-co-author"} <= acts_on(
        pages["writer"]
    )
    assert {"delete", "orphan", "orphan-alone", "leave"} <= acts_on(pages["co_writer"])
    alone = page(cast, f"/write/stories/{story(cast, 'Alone').pk}/people/", "writer")
    assert {"delete", "orphan"} <= acts_on(alone) and not {"leave", "orphan-alone"} & acts_on(alone)


def test_inviting_by_name_and_keeping_what_was_typed(cast: Cast, ours: Story) -> None:
    answer = act(cast, ours, "writer", "invite", name="No Such Name", kind="editor")
    text = answer.content.decode()
    assert answer.status_code == 400 and "Nobody here writes under the name" in text
    assert 'value="No Such Name"' in text and '<option value="editor" selected>' in text
    assert act(cast, ours, "writer", "invite", name="", kind="author").status_code == 400
    assert act(cast, ours, "writer", "invite", name="reader", kind="beta").status_code == 302
    assert "no answer yet" in page(cast, f"/write/stories/{ours.pk}/people/", "co_writer")
    assert "Reader" not in page(cast, f"/write/stories/{ours.pk}/people/", "editor")
    invited = role(ours, cast, "reader")
    assert act(cast, ours, "writer", "take-back", role=invited.pk).status_code == 302
    assert not Role.objects.filter(pk=invited.pk).exists()
    assert act(cast, ours, "beta", "invite", name="reader", kind="beta").status_code == 403


def test_the_invited_see_the_title_and_who_asks_and_nothing_else(cast: Cast) -> None:
    made = story(cast, "Hidden Weir", visibility="private", summary="<p>Nobody knows this.</p>")
    invited = people.ask(made, cast.pen("reader"), RoleKind.EDITOR, by=cast.writer)
    path = f"/write/invitations/{invited.pk}/"
    text = page(cast, path, "reader")
    assert "Hidden Weir" in text and "Writer asks Reader" in text and "Editor" in text
    assert "Nobody knows this" not in text and made.url not in text
    assert cast.client("reader").get(f"/write/stories/{made.pk}/people/").status_code == 404
    assert cast.client("stranger").get(path).status_code == 404
    assert cast.client("reader").post(path, {"answer": "perhaps"}).status_code == 400
    answer = cast.client("reader").post(path, {"answer": "accept"})
    assert answer.headers["Location"] == f"/write/parts/{first(made).pk}/notes/"
    assert cast.client("reader").get(answer.headers["Location"]).status_code == 200
    assert cast.client("reader").post(path, {"answer": "accept"}).status_code == 404


def test_declining(cast: Cast, ours: Story) -> None:
    invited = people.ask(ours, cast.pen("reader"), RoleKind.CO_AUTHOR, by=cast.writer)
    path = f"/write/invitations/{invited.pk}/"
    assert "Your name would stand on the story" in page(cast, path, "reader")
    assert cast.client("reader").post(path, {"answer": "decline"}).status_code == 302
    assert not Role.objects.filter(pk=invited.pk).exists()


def test_roles_change_and_end(cast: Cast, ours: Story) -> None:
    assert act(cast, ours, "writer", "make-beta", role=role(ours, cast, "editor").pk).status_code == 302
    assert role(ours, cast, "editor").kind == "beta"
    beta = role(ours, cast, "beta")
    assert act(cast, ours, "co_writer", "make-co-author", role=beta.pk).status_code == 302
    text = page(cast, f"/write/stories/{ours.pk}/people/", "beta")
    assert "You are asked to be a co-author" in text
    answer = cast.client("beta").post(f"/write/invitations/{beta.pk}/", {"answer": "accept"})
    assert answer.status_code == 302 and role(ours, cast, "beta").kind == "co-author"
    assert act(cast, ours, "writer", "let-go", role=role(ours, cast, "editor").pk).status_code == 302
    assert act(cast, ours, "writer", "up", role=role(ours, cast, "co_writer").pk).status_code == 302
    assert [one.pen_name.name for one in people.authors(ours)] == ["Co Writer", "Writer", "Beta"]
    answer = act(cast, ours, "writer", "let-go", role=beta.pk)
    assert answer.status_code == 400 and "all authors together" in answer.content.decode()
    for wrong in ("", "x", "999999", "9" * 30):
        assert act(cast, ours, "writer", "let-go", role=wrong).status_code == 404
    stranger = story(cast, "Elsewhere", by="stranger").roles.get()
    assert act(cast, ours, "writer", "let-go", role=stranger.pk).status_code == 404
    assert act(cast, ours, "beta", "leave").status_code == 302


def test_destructive_things_want_the_title(cast: Cast, ours: Story) -> None:
    for do in ("delete", "orphan", "orphan-alone"):
        answer = act(cast, ours, "writer", do, title="The Wire")
        assert answer.status_code == 400 and 'value="The Wire"' in answer.content.decode()
    assert not Proposal.objects.exists() and not Departure.objects.exists()


def test_a_sole_author_deletes_and_the_others_are_asked(cast: Cast, ours: Story) -> None:
    alone = story(cast, "Alone")
    assert act(cast, alone, "writer", "delete", title="  alone ").headers["Location"] == "/write/"
    assert Story.objects.get(pk=alone.pk).deleted_at is not None
    path = f"/write/stories/{ours.pk}/people/"
    assert act(cast, ours, "writer", "delete", title="The Weir").headers["Location"] == path
    text = page(cast, path, "co_writer")
    assert "Delete the story" in text and "has not answered" in text and "agree" in acts_on(text)
    assert "To decide together" not in page(cast, path, "editor")
    (proposal,) = consenting.open_proposals(ours)
    assert act(cast, ours, "editor", "agree", proposal=proposal.pk).status_code == 403
    assert act(cast, ours, "co_writer", "agree", proposal=proposal.pk).headers["Location"] == "/write/"
    assert Story.objects.get(pk=ours.pk).deleted_at is not None


def test_taking_a_proposal_back(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, Proposal.What.ORPHAN, by=cast.writer)
    assert act(cast, ours, "writer", "disagree", proposal=proposal.pk).status_code == 302
    assert not consenting.open_proposals(ours).exists()
    assert act(cast, ours, "co_writer", "agree", proposal=proposal.pk).status_code == 400
    assert act(cast, ours, "writer", "agree", proposal="x").status_code == 404


def test_saying_no_to_a_proposal(cast: Cast, ours: Story) -> None:
    proposal, path = (
        consenting.propose(ours, Proposal.What.ORPHAN, by=cast.writer),
        f"/write/stories/{ours.pk}/people/",
    )
    desk = page(cast, "/write/", "co_writer")
    assert "Writer wants to leave “The Weir” to the archive" in desk and f'href="{path}"' in desk
    assert "wants to leave" not in page(cast, "/write/", "writer") + page(cast, "/write/", "editor")
    assert "decline" in acts_on(page(cast, path, "co_writer"))
    assert "decline" not in acts_on(page(cast, path, "writer"))
    assert act(cast, ours, "editor", "decline", proposal=proposal.pk).status_code == 403
    assert act(cast, ours, "co_writer", "decline", proposal=proposal.pk).headers["Location"] == path
    assert not consenting.open_proposals(ours).exists()
    assert act(cast, ours, "co_writer", "decline", proposal=proposal.pk).status_code == 400


def test_leaving_without_a_name_and_coming_back(cast: Cast, ours: Story) -> None:
    answer = act(cast, ours, "writer", "orphan-alone", title="The Weir")
    assert answer.headers["Location"] == "/write/departures/"
    text = page(cast, "/write/departures/", "writer")
    (left,) = orphaning.departures_of(cast.writer)
    assert "The Weir" in text and f"/write/departures/{left.pk}/" in text
    assert "Somebody has left this story" in page(cast, f"/write/stories/{ours.pk}/people/", "co_writer")
    assert cast.client("stranger").post(f"/write/departures/{left.pk}/").status_code == 404
    back = cast.client("writer").post(f"/write/departures/{left.pk}/")
    assert back.headers["Location"] == f"/write/stories/{ours.pk}/people/"
    assert "Nothing to come back to" in page(cast, "/write/departures/", "writer")
    again = cast.client("writer").post(f"/write/departures/{left.pk}/")
    assert again.headers["Location"] == "/write/departures/"


def test_pages_ask_as_often_however_many_people_there_are(cast: Cast, ours: Story) -> None:
    path = f"/write/stories/{ours.pk}/people/"
    consenting.propose(ours, Proposal.What.DELETE, by=cast.co_writer)
    people.ask(ours, cast.pen("stranger"), RoleKind.BETA, by=cast.writer)
    few = ask(cast.client("writer"), path)
    consenting.propose(ours, Proposal.What.ORPHAN, by=cast.co_writer)
    for number in range(10):
        name = pen_names.add(f"Friend {number}", by=cast.reader)
        made = people.ask(ours, name, RoleKind.BETA, by=cast.writer)
        if number % 2:
            Role.objects.filter(pk=made.pk).update(accepted_at=made.invited_at)
    many = ask(cast.client("writer"), path)
    assert len(few) == len(many) <= MOST, "\n".join(many)


def test_the_table_on_the_page_is_the_one_of_the_powers(cast: Cast, ours: Story) -> None:
    text = page(cast, f"/write/stories/{ours.pk}/people/", "beta")
    heads = re.findall(r'<th scope="col">([^<]*)</th>', text)
    assert heads == ["Author, Co-author", "Editor", "Beta reader"]
    marks = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', text, re.DOTALL)
    told = {words: [cell.count("aria-label") for cell in cells.split("</td>")[:3]] for words, cells in marks}
    assert told["Publish, schedule, set the rhythm"] == [1, 0, 0]
    assert told["Write private notes beside a draft"] == [1, 1, 1]
