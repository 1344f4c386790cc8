"""The download link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from talehouse.accounts.models import Person
from talehouse.exports.taking import epub_of, may_take, released_to
from talehouse.pages.keeping import kept
from talehouse.stories.models import Download, Story, Visibility


@kept
def epub(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The story as an EPUB, if its writer allows it: the parts that this person may read now."""
    person: Person = request.person  # type: ignore[attr-defined]
    key = request.GET.get("key", "")[:40]
    stories = Story.objects.visible_to(person, key=key).select_related("cover", "series_entry__series")
    story = get_object_or_404(stories, pk=pk)
    if not may_take(story, person):
        raise Http404
    if slug != story.slug:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(
            f"/downloads/{story.pk}-{story.slug}.epub" + (f"?{query}" if query else "")
        )
    parts = released_to(story, person, key=key)
    if not parts:
        raise Http404
    if story.visibility == Visibility.PUBLIC and story.download == Download.EVERYONE and person.pk is None:
        request.page.keep(depends=["site", f"story:{story.pk}"], visitors_only=True)  # type: ignore[attr-defined]
    headers = {"Content-Disposition": content_disposition_header(True, f"{story.title}.epub") or ""}
    return HttpResponse(epub_of(story, parts), content_type="application/epub+zip", headers=headers)
