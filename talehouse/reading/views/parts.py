"""A part: the reading page that people come for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from talehouse.accounts.models import Person
from talehouse.lib.languages import direction
from talehouse.lib.words import minutes
from talehouse.pages.keeping import kept
from talehouse.reading import linked
from talehouse.reading.cards import Named, SeriesPlace, card, elsewhere, place
from talehouse.reading.opening import has_role, is_out, keep, key_of, moved, person_of, suffix
from talehouse.reading.versions import version_of
from talehouse.stories.around import around
from talehouse.stories.holding import told as held
from talehouse.stories.models import Part, Revision, Series, Story
from talehouse.stories.numbering import number, number_of
from talehouse.stories.visibility import needs_notice

BLOCK = re.compile(r'^(<(p|h[2-6]|blockquote|figure) id="b-([0-9a-z]+)".*)(</\2>)$', re.MULTILINE)
MEDIA_SRC = re.compile(r'(src="/media/[0-9a-f]{64}\.[a-z]+)')


class Near(NamedTuple):
    """The parts before and after, and when the next scheduled one comes."""

    previous: Part | None = None
    following: Part | None = None
    coming: datetime | None = None


@kept
def part(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """The page of a part. Its text is what was stored at publishing: nothing is parsed here."""
    person, key = person_of(request), key_of(request)
    visible = Part.objects.visible_to(person, key=key)
    joined = visible.select_related("story__series_entry__series", "published", "draft", "story__cover")
    found = get_object_or_404(joined.annotate(number=number()), pk=pk)
    if slug != found.slug:
        return moved(request, found.url)
    text = _text(found, person)
    adult = needs_notice(found.story.rating, person.limit) and request.GET.get("show") != "1"
    if adult and not has_role(person, found.story):
        return _notice(request, found, key)
    near = _near(found, person, key)
    if not _is_preview(found) and found.visibility == Part.Visibility.STORY:
        keep(request, found.story, [near.coming])
    return render(request, "reading/part.html", _context(found, text, near, suffix(found.story, key)))


def _text(found: Part, person: Person) -> Revision:
    """What is out; for the story's people, of a part that is not out yet, its newest text."""
    text = found.published
    if text is None or (not is_out(found) and has_role(person, found.story)):
        text = found.draft or text
    if text is None:
        raise Http404
    return text


def _is_preview(found: Part) -> bool:
    return not (is_out(found) and found.published_id) or bool(found.withdrawn_at or found.hidden_at)


def _context(found: Part, text: Revision, near: Near, ending: str) -> dict[str, Any]:
    names = around([found.story_id])[found.story_id]
    authors = [Named(row.name, f"/people/{quote(row.slug)}/") for row in names if row.what == "author"]
    cover = found.story.cover
    return {
        "part": _part(found, _with_ways(with_key(text.html, ending), found, ending), ending),
        "story": _story(found.story, authors, ending),
        "previous": _turn(near.previous, ending),
        "next": _turn(near.following, ending),
        "canonical_url": settings.BASE_URL + found.url,
        "og_image": settings.BASE_URL + cover.url if cover else None,
        "json_ld": linked.as_json(linked.chapter(found, authors, names, number=number_of(found))),
        "preview": _is_preview(found),
        "held": held(found.story),
    }


def _near(found: Part, person: Person, key: str) -> Near:
    """By one query: the nearest visible parts on both sides, and the next of the schedule."""
    if found.position is None:
        return Near()
    now = timezone.now()
    visible = Part.objects.visible_to(person, key=key).released().filter(story=found.story_id)
    before = visible.filter(position__lt=found.position).order_by("-position").values("pk")[:1]
    after = visible.filter(position__gt=found.position).order_by("position").values("pk")[:1]
    scheduled = Part.objects.filter(story=found.story_id, deleted_at=None, release_at__gt=now)
    coming = scheduled.order_by("release_at").values("pk")[:1]
    wanted = Part.objects.filter(Q(pk__in=before) | Q(pk__in=after) | Q(pk__in=coming))
    rows = list(wanted.only("pk", "slug", "title", "position", "release_at", "story_id"))
    return Near(
        previous=_first(row for row in rows if is_out(row) and (row.position or 0) < found.position),
        following=_first(row for row in rows if is_out(row) and (row.position or 0) > found.position),
        coming=min((row.release_at for row in rows if row.release_at and not is_out(row)), default=None),
    )


def _first(rows: Iterable[Part]) -> Part | None:
    return next(iter(rows), None)


def with_key(html: str, ending: str) -> str:
    """Pictures of an unlisted story are asked for with its key."""
    return MEDIA_SRC.sub(rf"\1{ending}", html) if ending else html


def _with_ways(html: str, found: Part, ending: str) -> str:
    """Without a script each block leads to its comments; a script puts bubbles in their place."""
    if _is_preview(found):
        return html
    way = f"/parts/{found.pk}/comments/{ending}{'&amp;' if ending else '?'}block="
    label = escape(_("Comments on this paragraph"))
    link = rf'\1<noscript><a class="bubble lit" href="{way}\3" aria-label="{label}">…</a></noscript>\4'
    return BLOCK.sub(link, html)


def _part(found: Part, html: str, ending: str) -> SimpleNamespace:
    language = found.story.language
    return SimpleNamespace(
        id=found.pk,
        title=found.title,
        number=number_of(found),
        announcement=found.kind == Part.Kind.ANNOUNCEMENT,
        url=found.url + ending,
        html=mark_safe(html),  # noqa: S308  sanitised on the way in
        note_before=mark_safe(found.note_before),  # noqa: S308
        note_after=mark_safe(found.note_after),  # noqa: S308
        words=found.word_count,
        minutes=minutes(found.word_count, language),
        reads=found.read_count,
        votes=found.vote_count,
        comments=found.comment_count,
        elsewhere=elsewhere(found),
        language=language,
        dir=direction(language),
        published_at=found.release_at,
        edited_at=found.edited_at,
        ending=ending,
        version=version_of(found),
        voting=f"{found.pk}{ending.replace('?key=', '-')}",
    )


def _story(found: Story, authors: list[Named], ending: str) -> dict[str, Any]:
    entry = getattr(found, "series_entry", None)
    series: Series | None = entry.series if entry else None
    return {
        "id": found.pk,
        "title": found.title,
        "url": found.url + ending,
        "authors": authors,
        "series": SeriesPlace(series.title, series.url, place(entry.position)) if series and entry else None,
    }


def _turn(part: Part | None, ending: str) -> dict[str, str] | None:
    return {"title": part.title, "url": part.url + ending} if part else None


def _notice(request: HttpRequest, found: Part, key: str) -> HttpResponse:
    """What an adult text shows first, to somebody who has not asked for such."""
    ending = suffix(found.story, key)
    shown = card(found.story, around([found.story_id])[found.story_id], key=key if ending else "")
    if not _is_preview(found) and found.visibility == Part.Visibility.STORY:
        keep(request, found.story, [], visitors_only=True)  # a writer opens the text at once
    context = {
        "story": shown,
        "rating_label": shown.rating_label,
        "warnings": shown.warnings,
        "show_url": found.url + (f"{ending}&show=1" if ending else "?show=1"),
        "preferences_url": f"/preferences/?next={quote(found.url + ending)}",
    }
    return render(request, "reading/notice.html", context)
