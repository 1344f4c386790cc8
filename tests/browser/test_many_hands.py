"""Working together in real browsers: inviting, notes beside a draft, deciding with two people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, PEOPLE, OpenPage
from tests.browser.test_every_page import faults, judge, look
from tests.serving import Serving

pytestmark = pytest.mark.browser

MAKE = """
from talehouse.accounts.models import PenName
from talehouse.stories import people, publishing
from talehouse.stories.models import RoleKind

names = {names!r}
made = {{name: person(name) for name in names}}
pens = [PenName.objects.get(name=name) for name in names]
by = pens[0].account
story = publishing.create(by=by, pen_name=pens[0], title="The Weir {number}", rating="general")
text = "".join(f"<p>{{words}}</p>" for words in (
    "The lamp had been warm since the orchard, and nobody had lit it.",
    "She set it down on the ledger, which was open.",
    "Nobody spoke until the water did."))
parts = [publishing.add_part(story, by=by, title=f"Part {{n}}", html=text) for n in (1, 2)]
for pen, kind in zip(pens[1:], {kinds!r}):
    people.accept(people.ask(story, pen, RoleKind(kind), by=by), by=pen.account)
print(json.dumps({{"sessions": made, "story": story.pk, "parts": [part.pk for part in parts],
                   "title": story.title}}))
"""
_numbers = count(1)


@dataclass
class Ours:
    """A story of two drafts, and the people who are about it, by name."""

    names: list[str]
    sessions: dict[str, str]
    story: int
    title: str
    parts: list[int]

    @property
    def people(self) -> str:
        return f"/write/stories/{self.story}/people/"

    @property
    def notes(self) -> str:
        return f"/write/parts/{self.parts[0]}/notes/"

    def session(self, number: int) -> str:
        return self.sessions[self.names[number]]


@pytest.fixture
def begin(serving: Serving) -> Callable[..., Ours]:
    """Makes a story; the second person and those after have these roles."""

    def make(people: int, *kinds: str) -> Ours:
        number = next(_numbers)
        names = [f"{name}{number}" for name in ("Alder", "Birch", "Cedar")[:people]]
        helpers = PEOPLE.partition("\nmade = ")[0]
        code = MAKE.format(names=names, number=number, kinds=list(kinds))
        told: dict[str, Any] = serving.python(f"PASSWORD = {PASSWORD!r}\n{helpers}\n{code}")
        return Ours(names, told["sessions"], told["story"], told["title"], told["parts"])

    return make


def test_invited_they_accept_read_write_a_note_and_it_is_settled(
    open_page: OpenPage, serving: Serving, begin: Callable[..., Ours]
) -> None:
    ours = begin(2)
    author, reader = open_page(ours.session(0)), open_page(ours.session(1))
    author.goto(ours.people)
    author.get_by_label("Pen name").fill(ours.names[1].upper())
    author.get_by_label("As", exact=True).select_option("beta")
    author.get_by_role("button", name="Invite").click()
    expect(author.get_by_text(f"{ours.names[1]} is invited.")).to_be_visible()
    reader.goto("/write/")
    reader.goto(f"/write/invitations/{invitation(serving, ours)}/")
    expect(reader.get_by_role("heading", level=1)).to_have_text(ours.title)
    reader.get_by_role("button", name="Accept").click()
    expect(reader).to_have_url(f"{serving.url}{ours.notes}")
    write_a_note(reader, 2, "Open at which page?")
    note = reader.locator(".remark", has_text="Open at which page?")
    expect(note).to_be_visible()
    author.goto(ours.notes)
    beside = author.locator(".stretch", has_text="She set it down")
    expect(beside.get_by_text("Open at which page?")).to_be_visible()
    beside.get_by_role("link", name="Answer").click()
    author.get_by_label("Your answer").fill("At her birth.")
    author.get_by_role("button", name="Answer").click()
    expect(author.get_by_text("At her birth.")).to_be_visible()
    author.get_by_role("button", name="Settle").click()
    expect(author.get_by_text("1 settled")).to_be_visible()
    expect(author.get_by_text("Open at which page?")).to_be_hidden()
    author.get_by_text("1 settled").click()
    expect(author.get_by_text("Open at which page?")).to_be_visible()


def invitation(serving: Serving, ours: Ours) -> int:
    """The number of the one open invitation."""
    query = "SELECT id FROM stories_role WHERE story_id = ? AND accepted_at IS NULL"
    return int(serving.rows(query, ours.story)[0][0])


def write_a_note(page: Page, paragraph: int, text: str) -> None:
    """Open the form at this paragraph, and keep a note."""
    link = page.get_by_role("link", name=f"Write a note on paragraph {paragraph}")
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your note").fill(text)
    page.get_by_role("button", name="Keep the note").click()


def test_the_form_opens_beside_its_paragraph_and_keeps_what_is_typed(
    open_page: OpenPage, begin: Callable[..., Ours]
) -> None:
    ours = begin(2, "beta")
    page = open_page(ours.session(1), viewport={"width": 1440, "height": 900})
    page.goto(ours.notes)
    link = page.get_by_role("link", name="Write a note on paragraph 3")
    link.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Your note")
    expect(field).to_be_focused()
    assert page.url.endswith(ours.notes), "the form opened on this page"
    block, form = page.locator("#b-3"), page.locator("#b-3 .note-form")
    text_box, form_box = block.bounding_box(), form.bounding_box()
    assert text_box and form_box
    assert form_box["x"] >= text_box["x"] + text_box["width"] and abs(form_box["y"] - text_box["y"]) < 4
    field.fill("Half a thought")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(field).to_have_count(0)
    page.reload()
    page.get_by_role("link", name="Write a note on paragraph 3").click()
    expect(field).to_have_value("Half a thought")
    field.press("Control+Enter")
    expect(page.locator(".remark", has_text="Half a thought")).to_be_visible()
    page.get_by_role("link", name="Write a note on paragraph 3").click()
    expect(page.get_by_label("Your note")).to_have_value("")


def test_without_javascript_too(open_page: OpenPage, begin: Callable[..., Ours]) -> None:
    ours = begin(2, "beta")
    page = open_page(ours.session(1), java_script_enabled=False, viewport={"width": 360, "height": 800})
    page.goto(ours.notes)
    page.get_by_role("link", name="Write a note on paragraph 1").click()
    page.get_by_label("Your note").fill("Warm?")
    page.get_by_role("button", name="Keep the note").click()
    note = page.locator(".remark", has_text="Warm?")
    expect(note).to_be_visible()
    note.get_by_text("Delete", exact=True).click()
    note.get_by_role("button", name="Delete my note").click()
    expect(page.locator(".remark")).to_have_count(0)
    page.goto(ours.people)
    page.get_by_text("Leave this story").click()
    page.get_by_role("button", name="Leave").click()
    assert page.goto(ours.notes).status == 404  # type: ignore[union-attr]


def test_two_authors_decide_in_two_browsers(open_page: OpenPage, begin: Callable[..., Ours]) -> None:
    ours = begin(2, "co-author")
    one, other = open_page(ours.session(0)), open_page(ours.session(1))
    one.goto(ours.people)
    one.locator("summary", has_text="Delete the story").click()
    panel = one.locator("details", has=one.get_by_text("All its parts, drafts and notes"))
    panel.get_by_label("The title, to confirm").fill("Something else")
    panel.get_by_role("button", name="Delete the story").click()
    expect(one.get_by_text("Type the title of the story to confirm")).to_be_visible()
    panel.get_by_label("The title, to confirm").fill(ours.title)
    panel.get_by_role("button", name="Delete the story").click()
    expect(one.get_by_text("The other authors are asked")).to_be_visible()
    other.goto(ours.people)
    expect(other.locator(".proposal").get_by_text("has not answered")).to_be_visible()
    other.get_by_role("button", name="Say yes").click()
    expect(other.get_by_text("Everybody has said yes, and the story is deleted.")).to_be_visible()
    assert one.goto(ours.people).status == 404  # type: ignore[union-attr]


def test_axe_finds_nothing(open_page: OpenPage, serving: Serving, begin: Callable[..., Ours]) -> None:
    ours = begin(3, "co-author", "beta")
    author = open_page(ours.session(0), reduced_motion="reduce")
    author.goto(ours.notes)
    write_a_note(author, 1, "Which lamp?")
    write_a_note(author, 2, "Which ledger?")
    author.get_by_role("button", name="Settle").last.click()
    author.goto(ours.people)
    author.locator("summary", has_text="Delete the story").click()
    author.locator("#title-delete").fill(ours.title)
    author.locator("button[value=delete]").click()
    pages = {
        "people": ours.people,
        "notes": ours.notes,
        "a note's form": f"{ours.notes}?block=2",
        "the form for the whole": f"{ours.notes}?block=",
        "departures": "/write/departures/",
    }
    found = look(author, pages)
    author.goto(ours.people)
    for summary in author.locator("summary").all():
        if summary.is_visible():
            summary.click()
    judge(found + look_here(author))
    reader = open_page(ours.session(2), reduced_motion="reduce")
    judge(look(reader, {"people to a beta reader": ours.people, "notes to a beta reader": ours.notes}))


def test_axe_finds_nothing_in_an_invitation(
    open_page: OpenPage, serving: Serving, begin: Callable[..., Ours]
) -> None:
    ours = begin(2)
    author = open_page(ours.session(0), reduced_motion="reduce")
    author.goto(ours.people)
    author.get_by_label("Pen name").fill(ours.names[1])
    author.get_by_role("button", name="Invite").click()
    expect(author.get_by_text("no answer yet")).to_be_visible()
    asked = open_page(ours.session(1), reduced_motion="reduce")
    path = f"/write/invitations/{invitation(serving, ours)}/"
    judge(look_here(author) + look(asked, {"invitation": path}))


def look_here(page: Page) -> list[str]:
    """What axe finds in the page as it stands open now."""
    found = []
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page, page.url)
    return found
