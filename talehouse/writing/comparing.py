"""A difference as a page: rows with marked words, changes in a row as one change, what stayed folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from talehouse.stories.differences import Difference, Row, Shape, State, without_ids
from talehouse.stories.wording import Run, What

BESIDE = 1
"""So many unchanged blocks stay in sight before and after a change."""

WRAPS = {What.ADDED: "ins", What.REMOVED: "del"}
PLAIN = frozenset("em strong i b u s sub sup small mark code kbd q cite".split())
AS = {"del": "s", "ins": "u", "rt": "sup"}
CLASSES = frozenset("center right spoiler smallcaps letter verse note".split())
HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of the page. `old` and `new` say on which side it stands; on a phone there is one side only."""

    state: str
    css: str
    html: SafeString
    old: bool
    new: bool
    label: str = ""
    anchor: str = ""
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows in a row: one change, with its number, or what stayed, folded if it is long."""

    number: int
    folded: bool
    cells: Sequence[Cell]


def stretches(found: Difference) -> list[Stretch]:
    """The whole text, change by change. Title and notes stand before it, and are changes like any other."""
    made: list[Stretch] = []
    count = 0
    for label, runs in (
        (_("Title"), found.title),
        (_("Note before the text"), found.note_before),
        (_("Note after the text"), found.note_after),
    ):
        if runs is not None:
            count += 1
            css = "about title" if runs is found.title else "about"
            cell = Cell("changed", css, in_words(runs), old=True, new=True, label=label)
            made.append(Stretch(count, False, [cell]))
    for same, group in groupby(found.rows, lambda row: row.state is State.KEPT):
        rows = list(group)
        if same:
            made += _folded(rows, at_start=not made, at_end=rows[-1] is found.rows[-1])
        else:
            count += 1
            made.append(Stretch(count, False, [_cell(row) for row in rows]))
    return made


def _folded(rows: Sequence[Row], *, at_start: bool, at_end: bool) -> Iterator[Stretch]:
    """What stayed: in sight beside a change, folded away from it."""
    head = 0 if at_start else BESIDE
    tail = 0 if at_end else BESIDE
    if len(rows) <= head + tail + 1:
        yield Stretch(0, False, [_cell(row) for row in rows])
        return
    middle = len(rows) - tail
    for part, folded in ((rows[:head], False), (rows[head:middle], True), (rows[middle:], False)):
        if part:
            yield Stretch(0, folded, [_cell(row) for row in part])


def _cell(row: Row) -> Cell:
    state = row.state
    whole = state in (State.KEPT, State.AWAY)
    here = f"moved-{row.place}" if row.place else ""
    return Cell(
        state=state.value,
        css=_css(row.shape),
        html=_whole(row) if whole else in_words(row.runs),
        old=state not in (State.ADDED, State.HERE),
        new=state not in (State.REMOVED, State.AWAY),
        label=_label(row),
        anchor=f"{here}-{'from' if state is State.AWAY else 'to'}" if here else "",
        leads_to=f"#{here}-{'to' if state is State.AWAY else 'from'}" if here else "",
    )


def _label(row: Row) -> str:
    if row.state is State.AWAY:
        return _("Moved away from here")
    if row.state is State.HERE:
        return _("Moved here")
    return _("Its form has changed") if row.reshaped else ""


def _css(shape: Shape) -> str:
    kind = "heading" if shape.tag in HEADINGS else shape.tag
    classes = dict(shape.attributes).get("class", "").split()
    return " ".join([kind, *(name for name in classes if name in CLASSES)])


def _whole(row: Row) -> SafeString:
    """A block as it is. A heading is none here, so that the page keeps its own order of headings."""
    html = without_ids(row.html)
    if row.shape.tag in HEADINGS:
        html = f"<p{html[3:-5]}</p>"
    return mark_safe(html)  # noqa: S308  sanitised on the way in


def in_words(runs: Sequence[Run]) -> SafeString:
    """Runs as one line: what was added in `ins`, what was removed in `del`."""
    pieces = (
        (_wrapped(what, format_html_join("", "{}", ((_run(run),) for run in group))),)
        for what, group in groupby(runs, lambda run: run.what)
    )
    return format_html("<p>{}</p>", format_html_join("", "{}", pieces))


def _wrapped(what: What, inner: SafeString) -> SafeString:
    return format_html("<{0}>{1}</{0}>", WRAPS[what], inner) if what in WRAPS else inner


def _run(run: Run) -> SafeString:
    html = _thing(run.thing) if run.thing else format_html("{}", run.text)
    for mark in reversed(run.marks):
        name, _space, value = mark.partition(" ")
        if name == "a":
            html = format_html('<span class="linked" title="{}">{}</span>', value, html)
        elif name.startswith("."):
            html = format_html('<span class="{}">{}</span>', name[1:], html) if name[1:] in CLASSES else html
        elif AS.get(name, name) in PLAIN:
            html = format_html("<{0}>{1}</{0}>", AS.get(name, name), html)
    return html


def _thing(thing: str) -> SafeString:
    name, _space, rest = thing.partition(" ")
    if name == "break":
        return format_html('<span class="scene" role="img" aria-label="{}">✦</span>', _("Scene break"))
    source, _space, alt = rest.partition(" ")
    return format_html('<img src="{}" alt="{}" loading="lazy">', source, alt or _("A picture"))
