"""Where I am: in a part, in a story, and on the home page, in places that are empty for everybody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from talehouse.lib import covers
from talehouse.library.models import Shelved, Wishes
from talehouse.library.progress import Goal, Progress, aims, counted, goal_of, sentence
from talehouse.library.wishes import minutes
from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person
from talehouse.stories.models import Part, Role, Story
from talehouse.stories.people import AUTHORS
from talehouse.stories.pictures import srcset

CARDS = 6
LATELY = 12
"""Stories that were read last, of which the home page shows those that go on."""
_END = "\x1f"
"""Between what the database joins: no name and no title holds it."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:")
_MINE = "SELECT {} FROM library_partread WHERE account_id = %s AND part_id = %s"


def _number(argument: str) -> tuple[int, str] | None:
    """The id, and behind a hyphen the key of an unlisted story."""
    number, _hyphen, key = argument.partition("-")
    return (int(number), key) if number.isdecimal() and len(number) <= 18 else None


def _moment(value: object) -> datetime | None:
    """A time as the database gives it to a plain question: SQLite as text, in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if _TIME.match(value) else None
    return value if isinstance(value, datetime) else None


def _milliseconds(value: object) -> int:
    moment = _moment(value)
    return int(moment.timestamp() * 1000) if moment else 0


def _asked_for_place(person: Person, argument: str) -> Question | None:
    told = _number(argument)
    if told is None:
        return None
    columns = ("block", "share", "read_at", "finished_at")
    return Question([_MINE.format(column) for column in columns], [person.account_id, told[0]] * 4)


@asks(_asked_for_place)
def my_place(_person: Person, _argument: str, row: Row) -> str:
    """Where I was in this part, for the script that leads there; times in milliseconds, 0 for never."""
    block, share, read_at, finished_at = row
    place = {
        "block": block or "",
        "share": share or 0,
        "at": _milliseconds(read_at),
        "read": _milliseconds(finished_at),
    }
    return format_html('<span data-my-place="{}" hidden></span>', json.dumps(place))


def _line(*columns: str) -> str:
    """These columns as one text."""
    return f" || '{_END}' || ".join(columns)


def _joined(expression: str, rows: str) -> str:
    """All values of an expression over rows, as one text."""
    function = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"SELECT {function}({expression}, '{_END}') FROM {rows}"


def _within(columns: str, queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """A plain question for a text made of the columns of an ORM question: the gate stays in it."""
    sql, values = queryset.query.sql_with_params()
    return f"SELECT {columns} FROM ({sql}) AS x", values


SHELF = "SELECT {} FROM library_reading WHERE account_id = %s AND story_id = %s"
PACE = "SELECT {} FROM library_wishes WHERE account_id = %s"
PARTS = (
    "r.part_id || ':' || r.share || ':' || CASE WHEN r.finished_at IS NULL THEN 0 ELSE 1 END",
    "library_partread r JOIN stories_part p ON p.id = r.part_id WHERE r.account_id = %s AND p.story_id = %s",
)
OWN = (
    "s.id || ':' || CASE WHEN e.id IS NULL THEN 0 ELSE 1 END || ':' || s.name",
    "(SELECT id, name FROM library_shelf WHERE account_id = %s ORDER BY name) AS s"
    " LEFT JOIN library_shelfentry e ON e.shelf_id = s.id AND e.story_id = %s",
)


_ME, _STORY, _KEY = -7_000_001, -7_000_002, "-the-key-"
"""What stands in the two long questions until somebody asks them."""


@lru_cache(maxsize=4)
def _long_questions(vendor: str, *, keyed: bool) -> tuple[str, str, tuple[Any, ...]]:
    """How far one is and where one goes on, made by the ORM once: it takes longer than the answer."""
    keys = [_KEY] if keyed else []
    aim = aims(_ME, [_STORY], keys=keys).values(
        "title", "slug", "here_block", "here_share", aim=F("pk"), no=F("number")
    )
    count, of_count = _within(_line("total", "read", "fresh", "words"), counted(_ME, [_STORY], keys=keys))
    goal, of_goal = _within(
        _line("aim", "COALESCE(CAST(no AS text), '')", "slug", "here_block", "here_share", "title"), aim
    )
    return count, goal, (*of_count, *of_goal)


def _filled(values: Iterable[Any], me: int, story: int, key: str) -> list[Any]:
    """Their values: every time in them is "now"."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    known = {_ME: me, _STORY: story, _KEY: key}
    return [now if _moment(value) else known.get(value, value) for value in values]


def _asked_for_reading(person: Person, argument: str) -> Question | None:
    told = _number(argument)
    if told is None:
        return None
    (story, key), me = told, person.account_id
    count, goal, values = _long_questions(connection.vendor, keyed=bool(key))
    columns = [
        SHELF.format("shelf"),
        "SELECT language FROM stories_story WHERE id = %s",
        PACE.format("words"),
        PACE.format("seconds"),
        _joined(*PARTS),
        _joined(*OWN),
        count,
        goal,
    ]
    mine = [me, story, story, me, me, me, story, me, story]
    return Question(columns, [*mine, *_filled(values, me, story, key)])


def _split(text: str | None) -> list[str]:
    return text.split(_END) if text else []


@asks(_asked_for_reading)
def my_reading(person: Person, argument: str, row: Row) -> str:
    """The way on, how far I am, and my shelves, on the page of a story."""
    shelf, language, words, seconds, parts, own, count, goal = row
    story, key = _number(argument) or (0, "")
    far = Progress(*map(int, _split(count)))
    pace = Wishes(words=words or 0, seconds=seconds or 0)
    marks = [mark.split(":") for mark in _split(parts)]
    context = {
        "story": story,
        "key": key,
        "token": person.extra.get("form_token", ""),
        "goal": _goal(_split(goal), key),
        "far": far,
        "begun": bool(marks),
        "howfar": sentence(far, minutes(far.words, language or "", pace)),
        "shelves": [(value, label, value == shelf) for value, label in Shelved.choices],
        "shelved": shelf or "",
        "own": [(number, name, has == "1") for number, has, name in (o.split(":", 2) for o in _split(own))],
        "read": " ".join(part for part, _share, done in marks if done == "1"),
        "half": " ".join(part for part, share, done in marks if done == "0" and share != "0"),
    }
    return render_to_string("library/_mine.html", context)


def _goal(told: list[str], key: str) -> dict[str, Any] | None:
    if not told:
        return None
    number, count, slug, block, share, title = told
    part = Part(pk=int(number), slug=slug, title=title)
    here = Goal(part.pk, int(count) if count else None, title, part.url, block, int(share), int(share) > 0)
    return {"goal": here, "url": here.address(key)}


def _asked_for_continuing(person: Person, _argument: str) -> Question:
    latest = (
        "(SELECT story_id, key, read_at FROM library_reading WHERE account_id = %s AND read_at IS NOT NULL"
        f" AND shelf NOT IN ('finished', 'dropped') ORDER BY read_at DESC LIMIT {LATELY}) AS r"
    )
    return Question([_joined("story_id || ':' || key", latest)], [person.account_id])


class Onward(NamedTuple):
    """A story on the home page that goes on somewhere."""

    story: Story
    goal: Goal
    url: str
    srcset: str
    drawn: str


@asks(_asked_for_continuing)
def continue_reading(person: Person, _argument: str, row: Row) -> str:
    """The stories that I am in, the last read first; one question more, if there are any."""
    held = {int(story): key for story, key in (one.split(":", 1) for one in _split(row[0]))}
    if not held:
        return ""
    found = {part.story_id: part for part in _continued(person.account_id, held)}
    onward = [_onward(found[story], key) for story, key in held.items() if story in found]
    return render_to_string("library/_continue.html", {"onward": onward[:CARDS]}) if onward else ""


def _continued(account: int, held: dict[int, str]) -> QuerySet[Part]:
    keys = [key for key in held.values() if key]
    author = Role.objects.filter(story=OuterRef("story"), kind__in=AUTHORS, accepted_at__isnull=False)
    name = author.order_by("position", "pk").values("pen_name__name")[:1]
    goals = aims(account, list(held), keys=keys).select_related("story__cover")
    found: QuerySet[Part] = goals.annotate(signed=Subquery(name, output_field=CharField()))
    return found


def _onward(part: Part, key: str) -> Onward:
    story = part.story
    key = key if story.visibility == "unlisted" else ""
    ending = f"?key={key}" if key else ""
    goal = goal_of(part)
    cover = story.cover
    signed: str = part.signed or ""  # type: ignore[attr-defined]
    drawn = "" if cover else mark_safe(covers.svg(story.title, signed, story.uuid.int % 2**31))  # noqa: S308
    return Onward(story, goal, goal.address(key), srcset(cover, ending) if cover else "", drawn)
