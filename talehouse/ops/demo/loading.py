"""Putting the demo archive in, by the same rules that a writer's own stories go through."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName, key_and_slug
from talehouse.imports.formats.markdown.parse import parse
from talehouse.reads.counting import bring_days
from talehouse.stories import describing, people, publishing
from talehouse.stories.demo import backdate, has_demo
from talehouse.stories.models import Part, RoleKind, Story
from talehouse.stories.texts import note

FOLDER = Path(__file__).parent / "stories"


def described() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each story's folder and what its `story.toml` says, series in order, so that book 1 comes first."""
    found = [
        (path.parent, tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*/story.toml"))
    ]
    yield from sorted(found, key=lambda pair: (pair[1].get("series", {}).get("position", 0), pair[0].name))


@transaction.atomic
def load() -> int:
    """Put the demo in, unless it is in; returns how many stories came."""
    if has_demo():
        return 0
    abouts = tomllib.loads((FOLDER / "pen-names.toml").read_text("utf-8"))
    now = timezone.now()
    stories = list(described())
    for folder, told in stories:
        _story(folder, told, abouts, now)
    return len(stories)


def _pen_name(name: str, abouts: dict[str, Any]) -> PenName:
    """One account for each, which nobody can sign in to."""
    known = PenName.objects.filter(name_key=key_and_slug(name)[0]).first()
    if known:
        return known
    number = Account.objects.count() + 1
    account = Account.objects.create_user(
        f"demo-{number}@localhost", demo_since=timezone.now(), ceiling="explicit"
    )
    made = pen_names.add(name, by=account)
    about = abouts.get(name, {})
    text = about.get("about", "") if isinstance(about, dict) else about
    PenName.objects.filter(pk=made.pk).update(about=note(f"<p>{text}</p>") if text else "")
    return made


def _story(folder: Path, told: dict[str, Any], abouts: dict[str, Any], now: datetime) -> None:
    names = [_pen_name(name, abouts) for name in told["authors"]]
    first, by = names[0], names[0].account
    story = publishing.create(
        by=by,
        pen_name=first,
        title=told["title"],
        summary=f"<p>{told['summary']}</p>",
        language=told["language"],
        rating=told["rating"],
        status=told["status"],
        download=told.get("download", "everyone"),
        planned_parts=told.get("planned_parts"),
    )
    for other in names[1:]:
        role = people.ask(story, other, RoleKind.CO_AUTHOR, by=by)
        people.accept(role, by=other.account)
    tags = [(kind, name) for kind, listed in told.get("tags", {}).items() for name in listed]
    describing.set_tags(story, tags, by=by)
    describing.set_warnings(story, told.get("warnings", []), by=by)
    describing.set_categories(story, told.get("categories", []), by=by)
    if series := told.get("series"):
        describing.set_series(story, series["title"], owner=first, by=by, position=series.get("position"))
    for place, chapter in enumerate(told["parts"]):
        _part(folder, story, told, chapter, place, by, now)


def _part(
    folder: Path,
    story: Story,
    told: dict[str, Any],
    chapter: dict[str, Any],
    place: int,
    by: Account,
    now: datetime,
) -> None:
    found = parse((folder / chapter["file"]).read_bytes(), name=chapter["file"])
    part = publishing.add_part(
        story,
        by=by,
        title=chapter["title"],
        html="\n".join(piece.html for piece in found.parts),
        note_before=_note(chapter.get("note_before", "")),
        note_after=_note(chapter.get("note_after", "")),
    )
    if days := chapter.get("scheduled_in_days"):
        publishing.schedule(part, by=by, at=now + timedelta(days=days))
        return
    publishing.publish(part, by=by)
    age = max(told["published_days_ago"] - place * told["every_days"], 0)
    backdate(part, now - timedelta(days=age, hours=place))
    _reads(part, told["readers"], place, age, now)


def _note(text: str) -> str:
    return f"<p>{text}</p>" if text else ""


def _reads(part: Part, most: int, place: int, age: int, now: datetime) -> None:
    """Some readers of the demo, fewer in each later part: as rows, like all reads."""
    readers = max(3, most - place * 7)
    days = min(age, 14)
    totals = {(now - timedelta(days=day)).date(): readers // (2 + days - day) for day in range(days + 1)}
    bring_days(part, totals)
