"""My marks as a list: by story and part, searched, page by page; and as a file to take away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library.models import Highlight
from talehouse.stories.models import Part, Story

SIZE = 50
STORIES = 100
"""Stories that are offered to choose from, those with the most marks."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_READING = ("part__position", "part", "order", "start", "pk")


@dataclass(frozen=True, slots=True)
class Line:
    """A mark in a list. No title and no address where its part may not be opened any more."""

    mark: Highlight
    story: str = ""
    part: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Marks of one part that stand together in the list."""

    first: Line
    lines: list[Line]


def of(account: Account, *, story: int | None = None, words: str = "") -> QuerySet[Highlight]:
    """The marks of an account: of one story, or with these words in them or in their notes."""
    marks = Highlight.objects.filter(account=account).select_related("story", "part")
    if story is not None:
        marks = marks.filter(story=story)
    for word in words.split()[:10]:
        marks = marks.filter(Q(quote__icontains=word) | Q(note__icontains=word))
    return marks


def page(marks: QuerySet[Highlight], account: Account, *, after: str = "") -> tuple[list[Group], str]:
    """A page of marks, the newest first, and the key of the next one ("" on the last)."""
    moment, _dot, number = after.partition(".")
    if moment.isdecimal() and number.isdecimal() and len(after) < 40:
        at, last = EPOCH + int(moment[:17]) * MICROSECOND, int(number[:18])
        marks = marks.filter(Q(made_at__lt=at) | Q(made_at=at, pk__lt=last))
    rows = list(marks.order_by("-made_at", "-pk")[: SIZE + 1])
    key = f"{(rows[SIZE - 1].made_at - EPOCH) // MICROSECOND}.{rows[SIZE - 1].pk}" if len(rows) > SIZE else ""
    return list(_grouped(told(rows[:SIZE], account))), key


def _grouped(lines: Iterable[Line]) -> Iterator[Group]:
    group: Group | None = None
    for line in lines:
        if group is None or group.first.mark.part_id != line.mark.part_id:
            if group is not None:
                yield group
            group = Group(line, [])
        group.lines.append(line)
    if group is not None:
        yield group


def told(marks: Iterable[Highlight], account: Account) -> list[Line]:
    """Each with the names of its place, if that may be opened; one question for all."""
    rows = list(marks)
    opens = set(
        Part.objects.visible_to(account)
        .filter(pk__in={row.part_id for row in rows})
        .values_list("pk", flat=True)
    )
    return [_line(row) if row.part_id in opens else Line(row) for row in rows]


def _line(mark: Highlight) -> Line:
    return Line(mark, mark.story.title, mark.part.title, f"{mark.part.url}#b-{mark.block}")


def stories_of(account: Account) -> list[tuple[Story, int]]:
    """The stories with marks of mine that may be opened, those with the most marks first."""
    counted = (
        Highlight.objects.filter(account=account).order_by().values_list("story").annotate(n=Count("pk"))
    )
    most = dict(counted.order_by("-n", "story")[:STORIES])
    found = Story.objects.visible_to(account).filter(pk__in=most).only("pk", "title", "language")
    return sorted(((one, most[one.pk]) for one in found), key=lambda pair: (-pair[1], pair[0].title))


def _in_reading_order(account: Account) -> Iterator[Line]:
    marks = of(account).order_by("story__title", "story", *_READING)
    batch: list[Highlight] = []
    for mark in marks.iterator(chunk_size=500):
        batch.append(mark)
        if len(batch) == 500:
            yield from told(batch, account)
            batch = []
    yield from told(batch, account)


def as_json(account: Account) -> Iterator[str]:
    """All of them as one JSON object, in pieces; times in UTC."""
    yield '{"marks": ['
    for number, line in enumerate(_in_reading_order(account)):
        yield (",\n" if number else "\n") + json.dumps(_object(line), ensure_ascii=False)
    yield "\n]}\n"


def _object(line: Line) -> dict[str, str | None]:
    mark = line.mark
    return {
        "story": line.story or None,
        "part": line.part or None,
        "url": settings.BASE_URL + line.url if line.url else None,
        "words": mark.quote,
        "note": mark.note,
        "place": mark.how,
        "made": mark.made_at.isoformat(),
        "changed": mark.changed_at.isoformat(),
    }


def as_markdown(account: Account) -> Iterator[str]:
    """All of them as Markdown, in pieces: a heading for each story and part, the words as quotes."""
    yield f"# {_('My marks')}\n"
    story = part = None
    for line in _in_reading_order(account):
        if line.mark.story_id != story:
            story, part = line.mark.story_id, None
            yield f"\n## {_escaped(line.story) or _('A story that is not here any more')}\n"
        if line.mark.part_id != part:
            part = line.mark.part_id
            yield f"\n### {_escaped(line.part) or '–'}\n"
        yield "\n" + _quoted(line.mark.quote or "…") + "\n"
        yield f"\n{_lines(line.mark.note)}\n" if line.mark.note else ""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in _lines(text).split("\n"))


def _lines(text: str) -> str:
    return "\n".join(_escaped(line) for line in text.split("\n"))


def _escaped(text: str) -> str:
    """What would be a sign of Markdown stays what somebody wrote."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_[]<>#|~" else sign for sign in text)
    return f"\\{escaped}" if escaped[:1] in "-+" else escaped
