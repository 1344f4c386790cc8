"""My marks: in the text, on a page of their own, and as files. Nobody else ever gets one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.library import marking, marks
from talehouse.library.models import Highlight
from talehouse.reading.opening import account_of, key_of, person_of, suffix
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part
from talehouse.stories.quoting import Quote

LONGEST = 700
"""Characters that are taken from a form as marked words; the rule says how many may be."""
FILES = {
    "json": (marks.as_json, "application/json"),
    "md": (marks.as_markdown, "text/markdown; charset=utf-8"),
}


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def in_part(request: HttpRequest, pk: int) -> HttpResponse:
    """My marks in a part, for the script that paints them; with `block` as a page, or as a sheet. POST marks
    words of a block, or all of it."""
    parts = Part.objects.visible_to(person_of(request), key=key_of(request)).released()
    part: Part = get_object_or_404(parts.select_related("story", "published"), pk=pk)
    if request.method == "POST":
        return _mark(request, part)
    if block := request.GET.get("block", "")[:12]:
        return _block(request, part, block)
    return JsonResponse({"marks": _told(part, account_of(request))})


def _told(part: Part, account: Account) -> list[dict[str, Any]]:
    return [
        {"id": one.mark.pk, "block": one.block, "words": one.words, "start": one.start}
        for one in marking.shown_in(part, account)
    ]


def _block(
    request: HttpRequest, part: Part, block: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    here = [one for one in marking.shown_in(part, account_of(request)) if one.block == block]
    ending = suffix(part.story, key_of(request))
    context = {"part": part, "block": block, "marks": here, "ending": ending, "error": error}
    sheet = request.headers.get("X-Sheet") == "1"
    template = "library/_marks.html" if sheet else "library/block_marks.html"
    return render(request, template, context, status=status)


def _mark(request: HttpRequest, part: Part) -> HttpResponse:
    account, block = account_of(request), request.POST.get("block", "")[:12]
    words, start = request.POST.get("quote", "")[:LONGEST], request.POST.get("start", "")
    quote = Quote(words, int(start) if start.isdecimal() and len(start) < 9 else 0) if words.strip() else None
    try:
        marking.mark(part, block, quote, by=account, note=request.POST.get("note", ""))
    except RuleError as refusal:
        status = 403 if isinstance(refusal, NotAllowedError) else 400
        if "js" in request.POST:
            return JsonResponse({"message": str(refusal)}, status=status)
        return _block(request, part, block, error=str(refusal), status=status)
    if "js" in request.POST:
        return JsonResponse({"marks": _told(part, account)})
    return HttpResponseRedirect(f"{part.url}{suffix(part.story, key_of(request))}#b-{block}")


@never_cache
@login_required
@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Another note on one of my marks, or take it away (`do=remove`)."""
    account = account_of(request)
    found: Highlight = get_object_or_404(account.highlights.select_related("part"), pk=pk)
    try:
        if request.POST.get("do") == "remove":
            marking.remove(found, by=account)
        else:
            marking.annotate(found, request.POST.get("note", ""), by=account)
    except RuleError as refusal:
        return _refused(request, refusal)
    if request.POST.get("back") == "block":
        return HttpResponseRedirect(f"/parts/{found.part_id}/marks/?{urlencode({'block': found.block})}")
    return HttpResponseRedirect("/library/marks/")


def _refused(request: HttpRequest, refusal: RuleError) -> HttpResponse:
    """The note goes back to its page with what is wrong, on which it stands as it was kept."""
    if isinstance(refusal, NotAllowedError):
        return render(request, "403.html", {"message": str(refusal)}, status=403)
    messages.error(request, str(refusal))
    return _page(request, status=400)


@never_cache
@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """All my marks by story and part, the newest first; of one story, or with some words."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    account, words = account_of(request), request.GET.get("q", "")[:100].strip()
    number = request.GET.get("story", "")
    story = int(number) if number.isdecimal() and len(number) < 19 else None
    found, following = marks.page(
        marks.of(account, story=story, words=words), account, after=request.GET.get("after", "")
    )
    chosen = {"q": words, "story": number if story else ""}
    query = {name: value for name, value in chosen.items() if value}
    context = {
        "groups": found,
        "next_url": "?" + urlencode({**query, "after": following}) if following else "",
        "words": words,
        "story_id": story,
        "stories": marks.stories_of(account),
    }
    return render(request, "library/marks.html", context, status=status)


@never_cache
@login_required
@require_GET
def taken(request: HttpRequest, kind: str) -> HttpResponse:
    """All my marks as a file, in reading order."""
    if kind not in FILES:
        raise Http404
    pieces, mime = FILES[kind]
    headers = {"Content-Disposition": f'attachment; filename="marks.{kind}"'}
    return HttpResponse("".join(pieces(account_of(request))), content_type=mime, headers=headers)
