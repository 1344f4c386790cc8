"""My library: shelves, one story's parts, history, updates, settings."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.library import history as visited
from talehouse.library import placing, shelving, wishes
from talehouse.library import updates as news
from talehouse.library.models import Shelf, Shelved, Visit, Wishes
from talehouse.library.progress import Progress, goals, lines, progress, sentence
from talehouse.reading.cards import card
from talehouse.reading.opening import account_of, key_of, suffix
from talehouse.search.lately import lately
from talehouse.stories.around import around
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Story

SIZE = 24


@never_cache
@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that I read and shelve, the last touched first, or one shelf of it; pages by key."""
    account, wanted, after = account_of(request), request.GET.get("shelf", ""), request.GET.get("after", "")
    shelves = shelving.shelves(account)
    if wanted and wanted not in [one.value for one in shelves]:
        raise Http404
    rows = _page(shelving.stories_on(account, wanted), after)
    books = _books(account, rows[:SIZE])
    lead = next(filter(_goes_on, books), None) if not after and wanted in ("", Shelved.READING) else None
    context = {
        "shelves": shelves,
        "unshelved": not any(one.size for one in shelves),
        "shelf": wanted,
        "moves": (Shelved.READING, Shelved.FINISHED),
        "lead": lead,
        "books": [book for book in books if book is not lead],
        "empty": not rows,
        "next_url": f"/library/?{urlencode(_following(wanted, rows[SIZE - 1]))}" if len(rows) > SIZE else "",
        "first_url": f"/library/?{urlencode({'shelf': wanted})}" if after else "",
        "here": request.get_full_path(),
        "four": Shelved.choices,
    }
    return render(request, "library/mine.html", context)


def _goes_on(book: SimpleNamespace) -> bool:
    """Whether it may stand above the others: somebody is in it, and has not put it away."""
    return book.goal is not None and book.goal.here and book.stands in ("", Shelved.READING, Shelved.TO_READ)


def _page(rows: Any, after: str) -> list[Any]:
    """Rows in their order, after the key "micros_id"; one more than a page shows."""
    ordered = rows.order_by("-at", "-pk")
    value, _line, number = after.partition("_")
    if value.isdecimal() and number.isdecimal() and len(value) < 18 and len(number) < 19:
        at = datetime.fromtimestamp(int(value) // 1_000_000, UTC).replace(microsecond=int(value) % 1_000_000)
        ordered = ordered.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(number)))
    return list(ordered[: SIZE + 1])


def _following(shelf: str, last: Any) -> dict[str, str]:
    key = {"after": f"{int(last.at.timestamp() * 1_000_000)}_{last.pk}"}
    return {"shelf": shelf, **key} if shelf else key


def _books(account: Account, rows: Sequence[Any]) -> list[SimpleNamespace]:
    """What the list shows of each; of one that may not be seen any more only that it stands there."""
    keys = [row.held for row in rows if row.held]
    ids = [row.story_id for row in rows]
    visible = Story.objects.visible_to(account, keys=keys).filter(pk__in=ids)
    stories = {story.pk: story for story in visible.select_related("cover", "series_entry__series")}
    surroundings = around(stories)
    far = progress(account.pk, list(stories), keys=keys)
    onward = goals(account.pk, list(stories), keys=keys)
    books = []
    for row in rows:
        story = stories.get(row.story_id)
        book = SimpleNamespace(id=row.story_id, card=None, goal=None, stands=row.stands)
        if story is not None:
            key = row.held if suffix(story, row.held) else ""
            book.card = card(story, surroundings.get(story.pk, []), key=key)
            book.far = far.get(story.pk, Progress())
            pace = Wishes(words=row.words, seconds=row.seconds)
            left = wishes.minutes(book.far.words, story.language, pace)
            book.howfar = sentence(book.far, left)
            book.goal = onward.get(story.pk)
            book.url = book.goal.address(key) if book.goal else ""
            book.key = key
        books.append(book)
    return books


@never_cache
@login_required
@require_GET
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """The parts of a story with what I have read of them: marked by hand, one or all above."""
    account = account_of(request)
    keys = [key_of(request), *placing.keys(account)]
    found = get_object_or_404(Story.objects.visible_to(account, keys=keys), pk=pk)
    key = found.key if found.key in keys else ""
    parts = Part.objects.visible_to(account, keys=keys).released().filter(story=found)
    context = {
        "story": found,
        "parts": list(lines(account.pk, parts)),
        "ending": suffix(found, key),
        "key": key if suffix(found, key) else "",
        "kind": Part.Kind,
    }
    return render(request, "library/parts.html", context)


@never_cache
@login_required
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """What I had open, the newest first; `q` searches titles."""
    account, query = account_of(request), request.GET.get("q", "").strip()[:100]
    page = visited.page(account, query, request.GET.get("before", ""))
    following = urlencode({"q": query, "before": page.following} if query else {"before": page.following})
    context = {
        "visits": page.visits,
        "query": query,
        "next_url": f"/library/history/?{following}" if page.following else "",
        "first_url": f"/library/history/?{urlencode({'q': query})}" if request.GET.get("before") else "",
        "paused": wishes.wishes_of(account).history_paused_at,
    }
    return render(request, "library/history.html", context)


@never_cache
@login_required
@require_POST
def history_act(request: HttpRequest, verb: str) -> HttpResponse:
    """Pause it, go on, clear it."""
    account = account_of(request)
    if verb == "pause":
        visited.pause(by=account)
        messages.success(request, _("What you read from now on stands in no history."))
    elif verb == "resume":
        visited.resume(by=account)
        messages.success(request, _("Your history is kept again."))
    elif verb == "clear":
        visited.clear(by=account)
        messages.success(
            request, _("Your history is empty. Your places and what you have read are still there.")
        )
    else:
        raise Http404
    return HttpResponseRedirect("/library/history/")


@never_cache
@login_required
@require_POST
def history_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit goes."""
    account = account_of(request)
    visited.forget(get_object_or_404(Visit, pk=pk, account=account), by=account)
    query = request.POST.get("q", "")
    return HttpResponseRedirect(f"/library/history/?q={quote(query)}" if query else "/library/history/")


@never_cache
@login_required
@require_GET
def history_file(request: HttpRequest, extension: str) -> HttpResponse:
    """All of it as a file: CSV or JSON."""
    rows = visited.told(account_of(request))
    name = {"Content-Disposition": f'attachment; filename="history.{extension}"'}
    if extension == "json":
        return JsonResponse(
            {"history": rows}, json_dumps_params={"indent": 1, "ensure_ascii": False}, headers=name
        )
    target = io.StringIO()
    writer = csv.DictWriter(target, ["at", "story", "part", "address"])
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in rows)
    return HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8", headers=name)


def _cell(value: str) -> str:
    """A title that begins like a formula is no formula to the program that opens the file."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t") else value


@never_cache
@login_required
@require_GET
def updates(request: HttpRequest) -> HttpResponse:
    """What is new in what I follow, by story; what I have seen before stands below."""
    account = account_of(request)
    told = news.updates(account)
    context = {"updates": told, "searches": lately(account, told.since)}
    return render(request, "library/updates.html", context)


@never_cache
@login_required
@require_POST
def updates_seen(request: HttpRequest) -> HttpResponse:
    """I have seen what was out at `until`; a page that was looked at sends it by itself."""
    try:
        until = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        until = timezone.now()
    news.looked(until if until.tzinfo else timezone.now(), by=account_of(request))
    return HttpResponse(status=204) if "js" in request.POST else HttpResponseRedirect("/library/updates/")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Whether shelves move by themselves, and the pace that was measured."""
    account = account_of(request)
    if request.method == "POST":
        if "anew" in request.POST:
            wishes.change(by=account, words=0, seconds=0)
            messages.success(request, _("Your pace is measured anew."))
        else:
            wishes.change(by=account, moves_shelves="moves_shelves" in request.POST)
            messages.success(request, _("Saved."))
        return HttpResponseRedirect("/library/settings/")
    row = wishes.wishes_of(account)
    measured = row.words >= wishes.ENOUGH and row.seconds > 0
    context = {"wishes": row, "pace": round(row.words * 60 / row.seconds) if measured else 0}
    return render(request, "library/settings.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def shelves(request: HttpRequest) -> HttpResponse:
    """My own shelves, and making one."""
    account, name, error = account_of(request), request.POST.get("name", ""), ""
    if request.method == "POST":
        try:
            shelving.make(name, by=account)
            return HttpResponseRedirect("/library/shelves/")
        except RuleError as refusal:
            error = str(refusal)
    return _shelves(request, error, name)


def _shelves(request: HttpRequest, error: str = "", name: str = "", at: int = 0) -> HttpResponse:
    mine = shelving.own(account_of(request))
    context = {"shelves": mine, "error": error, "name": name, "at": at, "longest": shelving.LONGEST}
    return render(request, "library/shelves.html", context, status=400 if error else 200)


@never_cache
@login_required
@require_POST
def shelf_change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Another name for a shelf of mine, or it goes."""
    account = account_of(request)
    found = get_object_or_404(Shelf, pk=pk, account=account)
    if verb == "remove":
        shelving.remove(found, by=account)
    elif verb == "rename":
        try:
            shelving.rename(found, request.POST.get("name", ""), by=account)
        except RuleError as refusal:
            return _shelves(request, str(refusal), request.POST.get("name", ""), at=pk)
    else:
        raise Http404
    return HttpResponseRedirect("/library/shelves/")
