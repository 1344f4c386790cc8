"""A story: what it is, its parts, its series, its files."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Person
from talehouse.lib.words import minutes
from talehouse.pages.keeping import kept
from talehouse.rankings.alike import suggesting
from talehouse.reading import fed, linked
from talehouse.reading.cards import Card, card, place
from talehouse.reading.opening import has_role, is_out, keep, key_of, moved, person_of, suffix
from talehouse.stories.around import around
from talehouse.stories.holding import told as held
from talehouse.stories.models import Download, Part, SeriesEntry, Story, Visibility
from talehouse.stories.numbering import number, number_of
from talehouse.stories.powers import Power


@kept
def story(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """The page of a story. Its own people see their drafts in the list of parts."""
    person, key = person_of(request), key_of(request)
    visible = Story.objects.visible_to(person, key=key).select_related("cover", "series_entry__series")
    found = get_object_or_404(visible, pk=pk)
    if slug != found.slug:
        return moved(request, found.url)
    own = has_role(person, found)
    parts = list(_parts_of(found, person, key, own))
    keep(request, found, [part.release_at for part in parts])
    context = _context(found, parts, person, key, own)
    _beside(request, found, context["beside"])
    return render(request, "reading/story.html", context)


def _context(found: Story, parts: list[Part], person: Person, key: str, own: bool) -> dict[str, Any]:
    ending = suffix(found, key)
    beside = suggesting.beside(found, person) if found.visibility != Visibility.UNLISTED else []
    known = around([found.pk, *(one.pk for one in beside)])
    shown = card(found, known[found.pk], key=key if ending else "")
    lines = [_line(part, found, ending) for part in parts if own or is_out(part)]
    if not found.part_count:
        shown.parts, shown.words = len(lines), sum(line.words for line in lines)
    return {
        "story": _with_ways(shown, found, parts, person, ending),
        "parts": lines,
        "publish_url": _publish_url(found, person, parts) if own else "",
        "series": _series(found, person),
        "held": held(found),
        "judge": not own,
        "authors": shown.authors,
        "beside": [card(one, known.get(one.pk, [])) for one in beside],
        "talk_url": f"/stories/{found.pk}/comments/{ending}",
        "hiding": f"story-{found.pk}" if found.visibility != Visibility.UNLISTED else "",
        "tags_by_kind": _by_kind(shown),
        "feed": fed.of_story(found, ending),
        "feed_query": ending,
        "canonical_url": settings.BASE_URL + found.url,
        "og_image": settings.BASE_URL + found.cover.url if found.cover else None,
        "json_ld": linked.as_json(linked.book(found, shown)),
    }


def _beside(request: HttpRequest, found: Story, beside: list[Card]) -> None:
    """What readers also finished is kept as long as it is so, and as each of those stories stays as it is."""
    if request.page.kept:  # type: ignore[attr-defined]
        depends = [f"alike:{found.pk}", *(f"story:{one.id}" for one in beside)]
        request.page.keep(depends=depends)  # type: ignore[attr-defined]


def _publish_url(found: Story, person: Person, parts: list[Part]) -> str:
    """Where its author publishes the drafts, if there are any."""
    drafts = any(part.draft_id and part.published_id is None for part in parts)
    mine = drafts and Story.objects.allowing(person, Power.RELEASE).filter(pk=found.pk).exists()
    return f"/write/stories/{found.pk}/publish/" if mine else ""


def _parts_of(found: Story, person: Person, key: str, own: bool) -> Any:
    """The lines of the table of contents, and for everybody the times of parts that are still to come."""
    columns = (
        "pk position kind title slug word_count read_count vote_count comment_count release_at visibility "
        "withdrawn_at hidden_at draft_id published_id story_id"
    ).split()
    standing = Part.objects.filter(story=found, deleted_at=None).annotate(number=number())
    parts = standing.order_by("position").only(*columns)
    if own:
        return parts.select_related("draft").only(*columns, "draft__word_count")
    coming = Q(published__isnull=False, release_at__gt=timezone.now(), withdrawn_at=None, hidden_at=None)
    visible = Part.objects.visible_to(person, key=key).filter(story=found).values("pk")
    return parts.filter(Q(pk__in=visible) | coming)


def _state(part: Part) -> tuple[str, str]:
    if part.hidden_at:
        return "hidden", _("Hidden by the host")
    if part.withdrawn_at:
        return "withdrawn", _("Withdrawn")
    if part.published_id is None:
        return "draft", _("Draft")
    if not is_out(part):
        return "scheduled", _("Scheduled")
    return "public", ""


def _line(part: Part, found: Story, ending: str) -> SimpleNamespace:
    state, label = _state(part)
    words = part.draft.word_count if part.published_id is None and part.draft else part.word_count
    strict = {"members": _("For members"), "private": _("Private")}
    return SimpleNamespace(
        id=part.pk,
        position=part.position,
        announcement=part.kind == Part.Kind.ANNOUNCEMENT,
        number=number_of(part),
        kind=part.kind,
        title=part.title,
        url=part.url + ending,
        words=words,
        minutes=minutes(words, found.language),
        reads=part.read_count,
        votes=part.vote_count,
        comments=part.comment_count,
        published_at=part.release_at,
        state=state,
        state_label=label,
        visibility_label=strict.get(part.visibility, ""),
    )


def _with_ways(shown: Card, found: Story, parts: list[Part], person: Person, ending: str) -> SimpleNamespace:
    """The card, and: where to begin, what may be taken away."""
    fields = {name: getattr(shown, name) for name in Card.__slots__}
    out = [part for part in parts if is_out(part) and part.published_id]
    return SimpleNamespace(
        **fields,
        following=f"story-{found.pk}",
        first_part_url=_beginning(out).url + ending if out else None,
        mine=_mine(found, ending) if out else "",
        downloads=_downloads(found, person, ending) if found.part_count else [],
    )


def _mine(found: Story, ending: str) -> str:
    """What the place of my reading is asked with; "" where nobody but the story's people reads."""
    closed = found.visibility == Visibility.PRIVATE or found.hidden_at or found.withdrawn_at or found.held_at
    if closed or (found.visibility == Visibility.UNLISTED and not ending):
        return ""
    return f"{found.pk}{ending.replace('?key=', '-')}"


def _beginning(out: list[Part]) -> Part:
    """Where reading begins: with the first chapter, whatever is announced before it."""
    return next((part for part in out if part.kind == Part.Kind.CHAPTER), out[0])


def _downloads(found: Story, person: Person, ending: str) -> list[dict[str, str]]:
    """The files that this person may take."""
    members = found.download == Download.MEMBERS and person.is_authenticated
    if found.download != Download.EVERYONE and not members:
        return []
    return [{"label": "EPUB", "url": f"/downloads/{found.pk}-{quote(found.slug)}.epub{ending}"}]


def _by_kind(shown: Card) -> list[dict[str, Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for tag in shown.tags:
        groups[tag.kind_label].append(tag)
    return [{"kind_label": label, "tags": tags} for label, tags in groups.items()]


def _series(found: Story, person: Person) -> dict[str, Any] | None:
    entry = getattr(found, "series_entry", None)
    if entry is None:
        return None
    listed = Story.objects.listed_for(person).values("pk")
    entries = SeriesEntry.objects.filter(series=entry.series).filter(Q(story__in=listed) | Q(story=found))
    return {
        "title": entry.series.title,
        "url": entry.series.url,
        "entries": [
            {
                "title": e.story.title,
                "url": e.story.url,
                "position": place(e.position),
                "current": e.story_id == found.pk,
            }
            for e in entries.select_related("story").order_by("position")
        ],
    }
