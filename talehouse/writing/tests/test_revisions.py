"""The pages of a part's past: the list, an old text, two side by side, and deciding between two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from talehouse.stories import drafting, publishing, revising
from talehouse.stories.models import Part, Revision
from talehouse.writing import past
from tests.cast import PROSE, Archive, Cast, first
from tests.test_queries import questions

EDITED = PROSE.replace("warm", "cold").replace("Nobody spoke", "<em>Nobody</em> spoke")


@pytest.fixture
def part(cast: Cast, archive: Archive) -> Part:
    """A published part that the editor has edited since."""
    part = first(archive.public)
    drafting.save(part, by=cast.editor, html=EDITED, base=1, tab="a", title="Part One")
    part.refresh_from_db()
    return part


@pytest.fixture
def aside(cast: Cast, part: Part) -> Revision:
    """What the writer typed while the editor saved."""
    return drafting.save(part, by=cast.writer, html=f"{PROSE}<p>Mine.</p>", base=1, tab="b").revision


def page(cast: Cast, who: str, path: str) -> str:
    """A page as this person gets it."""
    answer = cast.client(who).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(cast: Cast, who: str, part: Part, what: str, **data: str) -> Any:
    """The answer to a form of these pages."""
    return cast.client(who).post(f"/write/parts/{part.pk}/revisions/{what}/", data)


def pages(part: Part) -> str:
    """The address of the list."""
    return f"/write/parts/{part.pk}/revisions/"


def test_the_list_tells_what_each_is(cast: Cast, part: Part, aside: Revision) -> None:
    told = page(cast, "writer", pages(part))
    for said in ("draft", "published", "set aside", "Editor", "+1", "Restore", "Make it the draft"):
        assert said in told
    assert told.index('id="r-3"') < told.index('id="r-2"') < told.index('id="r-1"')


def test_no_account_is_named(cast: Cast, part: Part, aside: Revision) -> None:
    for path in (pages(part), f"{pages(part)}2/", f"{pages(part)}?one=1&other=2"):
        assert "@example.org" not in page(cast, "beta", path)


def test_times_are_those_of_the_persons_zone(cast: Cast, part: Part) -> None:
    part.revisions.update(made_at=datetime(2026, 1, 31, 23, 30, tzinfo=timezone.get_fixed_timezone(0)))
    cast.writer.time_zone = "Asia/Tokyo"
    cast.writer.save()
    told = page(cast, "writer", pages(part))
    assert "Feb. 1, 2026" in told and "8:30 a.m." in told


def test_a_beta_reader_looks_and_is_offered_nothing_to_do(cast: Cast, part: Part, aside: Revision) -> None:
    told = page(cast, "beta", pages(part)) + page(cast, "beta", f"{pages(part)}?one=2&other=3&conflict=1")
    assert "Compare" in told
    for button in ("Restore", "Keep mine", "Put it away", "Keep the name"):
        assert button not in told


def test_an_old_text_is_read_with_its_title(cast: Cast, part: Part) -> None:
    assert "<em>Nobody</em> spoke" in page(cast, "beta", f"{pages(part)}2/")
    assert "Part One" in page(cast, "beta", f"{pages(part)}2/")
    assert "warm since" in page(cast, "beta", f"{pages(part)}1/")


def test_two_side_by_side(cast: Cast, part: Part) -> None:
    told = page(cast, "writer", f"{pages(part)}?one=2&other=1")
    assert "<del>warm</del>" in told and "<ins>cold</ins>" in told
    assert "<ins><em>Nobody</em></ins>" in told
    assert "Part <del>1</del><ins>One</ins>" in told
    assert 'id="b-' not in told


def test_what_is_far_from_a_change_is_folded(cast: Cast, part: Part) -> None:
    many = "".join(f"<p>Line {n} of the song.</p>" for n in range(40))
    drafting.save(part, by=cast.editor, html=many, base=2, tab="a")
    drafting.save(part, by=cast.editor, html=many.replace("Line 20 ", "Verse 20 "), base=3, tab="a")
    told = page(cast, "writer", f"{pages(part)}?one=3&other=4")
    assert "19 paragraphs unchanged" in told and "18 paragraphs unchanged" in told
    assert told.count("Line 19 of the song") == 2 and told.count("Line 5 of the song") == 1


def test_two_equal_texts_are_called_equal(cast: Cast, part: Part) -> None:
    assert "word for word" in page(cast, "writer", f"{pages(part)}?one=1&other=1")


def test_text_that_looks_like_markup_stays_text(cast: Cast, part: Part) -> None:
    drafting.save(
        part, by=cast.editor, html="<p>&lt;script&gt;alert(1)&lt;/script&gt; he wrote</p>", base=2, tab="a"
    )
    drafting.save(
        part, by=cast.editor, html="<p>&lt;script&gt;alert(2)&lt;/script&gt; he wrote</p>", base=3, tab="a"
    )
    told = page(cast, "writer", f"{pages(part)}?one=3&other=4")
    assert "<script>alert" not in told and "&lt;script&gt;alert(<del>1</del>" in told


def test_the_second_to_save_sees_both_and_decides(cast: Cast, part: Part, aside: Revision) -> None:
    both = f"{pages(part)}?one=2&other=3&conflict=1"
    assert "Somebody saved this part while you were writing" in page(cast, "writer", both)
    assert "while Writer was writing" in page(cast, "editor", both)
    answer = send(cast, "writer", part, "3/keep")
    assert answer["Location"] == f"/write/parts/{part.pk}/"
    part.refresh_from_db()
    assert part.draft is not None and part.draft.restored_from == aside
    assert "Keep mine" not in page(cast, "writer", both)


def test_taking_theirs_leaves_the_draft(cast: Cast, part: Part, aside: Revision) -> None:
    send(cast, "writer", part, "3/dismiss")
    part.refresh_from_db()
    assert part.draft is not None and part.draft.number == 2
    assert "put away" in page(cast, "writer", pages(part))


def test_restoring(cast: Cast, part: Part) -> None:
    assert send(cast, "editor", part, "1/restore")["Location"] == pages(part)
    part.refresh_from_db()
    assert part.draft is not None and part.draft.restored_from == part.published
    assert "Restored from 1" in page(cast, "editor", pages(part))


def test_a_refusal_is_said_on_the_list(cast: Cast, part: Part) -> None:
    client = cast.client("writer")
    answer = client.post(f"{pages(part)}2/restore/", follow=True)
    assert "This is the newest text already." in answer.content.decode()


def test_naming(cast: Cast, part: Part) -> None:
    answer = send(cast, "editor", part, "1/name", name=" Before <the> flood ", before="9")
    assert answer["Location"] == f"{pages(part)}?before=9#r-1"
    assert "Before &lt;the&gt; flood" in page(cast, "writer", pages(part))
    send(cast, "editor", part, "1/name", name="")
    assert part.revisions.get(number=1).name == ""


def test_a_revision_of_another_part_is_not_there(cast: Cast, part: Part, archive: Archive) -> None:
    other = archive.public.parts.get(position=2)
    assert cast.client("writer").get(f"{pages(other)}2/").status_code == 404
    assert send(cast, "writer", other, "2/restore").status_code == 404


def test_somebody_who_has_left_has_no_name_here(cast: Cast, part: Part, archive: Archive) -> None:
    archive.public.roles.filter(pen_name__account=cast.editor).delete()
    told = page(cast, "writer", pages(part))
    assert "Somebody who has left" in told and "Editor" not in told


def test_a_page_is_fifty_and_asks_the_same_for_any_number(cast: Cast, part: Part) -> None:
    client = cast.client("writer")
    client.get(pages(part))
    with questions() as few:
        client.get(pages(part))
    publishing.publish(part, by=cast.writer)
    for number in range(60):
        revising.restore(part.revisions.get(number=1 + number % 2), by=cast.writer)
    with questions() as many:
        told = client.get(pages(part)).content.decode()
    assert len(many) == len(few) <= 12, "\n".join(many)
    assert told.count('id="r-') == past.A_PAGE
    assert f"?before={62 - past.A_PAGE + 1}" in told
    rest = page(cast, "writer", f"{pages(part)}?before={62 - past.A_PAGE + 1}")
    assert rest.count('id="r-') == 62 - past.A_PAGE


def test_a_comparison_asks_the_same_for_any_length(cast: Cast, part: Part) -> None:
    client = cast.client("writer")
    client.get(f"{pages(part)}?one=1&other=2")
    with questions() as short:
        client.get(f"{pages(part)}?one=1&other=2")
    many = "".join(f"<p>Line {n} of the song.</p>" for n in range(200))
    drafting.save(part, by=cast.editor, html=many, base=2, tab="a")
    with questions() as long:
        client.get(f"{pages(part)}?one=1&other=3")
    assert len(long) == len(short) <= 14, "\n".join(long)
