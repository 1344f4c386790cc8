"""An earlier version of a part, on which a comment was made (law 2)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from talehouse.lib.languages import direction
from talehouse.reading.opening import has_role, key_of, person_of, suffix
from talehouse.reading.views.parts import with_key
from talehouse.stories.models import Part, Revision
from talehouse.stories.visibility import needs_notice


@never_cache
@require_GET
def before(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A text that was out once: for the story's people, for others only where the writer allows it.

    404 for all else, as for whatever somebody may not see: a sealed revision, a draft, an adult text unasked.
    """
    person, key = person_of(request), key_of(request)
    parts = Part.objects.visible_to(person, key=key).released().select_related("story", "published")
    part: Part = get_object_or_404(parts, pk=pk)
    was_out = part.revisions.exclude(published_at=None)
    revision: Revision = get_object_or_404(was_out, number=number)
    if not has_role(person, part.story):
        adult = needs_notice(part.story.rating, person.limit) and request.GET.get("show") != "1"
        if adult or not part.story.old_revisions_open or revision.sealed_at is not None:
            raise Http404
    ending = suffix(part.story, key)
    context = {
        "part": part,
        "story": part.story,
        "title": revision.title or part.title,
        "revision": revision,
        "html": mark_safe(with_key(revision.html, ending)),  # noqa: S308  sanitised on the way in
        "dir": direction(part.story.language),
        "now_url": part.url + ending,
        "is_newest": revision.pk == part.published_id,
    }
    return render(request, "reading/before.html", context)
