"""Reading lists: their pages, my own ones, and putting a story into one."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from talehouse.accounts.models import Account
from talehouse.library import listing, lists
from talehouse.library.forms import AddForm, ListForm
from talehouse.library.models import ListEntry, ReadingList
from talehouse.pages.keeping import kept
from talehouse.reading.cards import Named, cards
from talehouse.reading.opening import account_of, moved, person_of
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story


def _status(refusal: RuleError) -> int:
    return 403 if isinstance(refusal, NotAllowedError) else 400


@kept
def reading_list(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """A list: the stories of it that this person may meet. A private one opens for its owner alone."""
    person = person_of(request)
    found = get_object_or_404(lists.visible_to(person), pk=pk)
    if slug != found.slug:
        return moved(request, found.url)
    after = request.GET.get("after", "")
    page = lists.page(found, person, after=after)
    shown = cards([entry.story for entry in page.entries])
    if found.is_public:
        request.page.keep(  # type: ignore[attr-defined]
            depends=["site", "lists", f"list:{pk}", f"pen:{found.owner_id}"],
            counts=[f"counts:{card.id}" for card in shown],
        )
    lines = [{"card": c, "note": e.note} for c, e in zip(shown, page.entries, strict=True)]
    context = {"list": found, "lines": lines, "cards": shown, "left_out": page.left_out}
    return render(request, "library/list.html", {**context, **_around(found, page.following, after)})


def _around(found: ReadingList, following: str, after: str) -> dict[str, Any]:
    return {
        "authors": [Named(found.owner.name, f"/people/{quote(found.owner.slug)}/")],
        "following": f"list-{found.pk}",
        "feed": f"/feeds/lists/{found.pk}" if found.is_public else "",
        "canonical_url": settings.BASE_URL + found.url,
        "next_url": f"{found.url}?after={following}" if following else "",
        "first_url": found.url if after else "",
    }


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """All my lists; POST makes a new one."""
    account = account_of(request)
    form = ListForm(request.POST or None, account=account)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = listing.make(by=account, **form.cleaned_data)
                return HttpResponseRedirect(f"/library/lists/{made.pk}/")
            except RuleError as refusal:
                form.add_error(None, str(refusal))
                status = _status(refusal)
    return render(request, "library/lists.html", {"lists": lists.mine(account), "form": form}, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A list of mine: what it says, and its stories in order; a POST names what is to be done in `do`."""
    account = account_of(request)
    found: ReadingList = get_object_or_404(lists.mine(account), pk=pk)
    if request.method == "GET":
        return _show(request, found, ListForm(account=account, about=found))
    form = ListForm(request.POST if "title" in request.POST else None, account=account, about=found)
    try:
        return HttpResponseRedirect(_do(request, found, form))
    except RuleError as refusal:
        return _show(request, found, form, error=str(refusal), status=_status(refusal))


def _do(request: HttpRequest, found: ReadingList, form: ListForm) -> str:
    """Do it; returns where to go then."""
    what, _hyphen, number = request.POST.get("do", "").partition("-")
    account, here = account_of(request), f"/library/lists/{found.pk}/"
    if what == "delete":
        listing.drop(found, by=account)
        return "/library/lists/"
    if what == "order":
        listing.reorder(found, _numbers(request.POST.get("order", "")), by=account)
    elif what in ("up", "down", "note", "remove"):
        _entry_done(request, what, _entry(found, number))
    elif form.is_valid():
        listing.describe(found, by=account, **form.cleaned_data)
        messages.success(request, _("Kept."))
    else:
        raise RuleError(_("Look over the fields below once more."))
    return request.get_full_path() if what != "details" else here


def _entry_done(request: HttpRequest, what: str, entry: ListEntry) -> None:
    account = account_of(request)
    if what == "remove":
        listing.remove(entry, by=account)
    elif what == "note":
        listing.annotate(entry, request.POST.get(f"note-{entry.pk}", ""), by=account)
    else:
        listing.step(entry, by=account, down=what == "down")


def _entry(found: ReadingList, number: str) -> ListEntry:
    entry = found.entries.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if entry is None:
        raise RuleError(_("The list has changed meanwhile. Load the page again."))
    return entry


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one.isdecimal() and len(one) < 19][: lists.SIZE]


def _show(
    request: HttpRequest, found: ReadingList, form: ListForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    after = request.GET.get("after", "")
    entries, following = lists.all_of(found, after=after)
    context = {
        "list": found,
        "form": form,
        "error": error,
        "entries": _named(entries, account_of(request)),
        "earlier": bool(after),
        "next_url": f"?after={following}" if following else "",
    }
    return render(request, "library/list_edit.html", context, status=status)


def _named(entries: list[ListEntry], account: Account) -> list[dict[str, Any]]:
    """Each with the title of its story, if that may still be opened."""
    ids = [entry.story_id for entry in entries]
    opens = set(Story.objects.visible_to(account).filter(pk__in=ids).values_list("pk", flat=True))
    gone = _("A story that is not here any more")
    return [
        {
            "entry": entry,
            "title": entry.story.title if entry.story_id in opens else gone,
            "url": entry.story.url if entry.story_id in opens else "",
        }
        for entry in entries
    ]


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a story into one of my lists, or into a new one; `out_of` takes it out of one."""
    account = account_of(request)
    story: Story = get_object_or_404(Story.objects.visible_to(account), pk=pk)
    form = AddForm(request.POST or None)
    error, status = "", 200
    if request.method == "POST":
        try:
            _put(request, story, form)
            return HttpResponseRedirect(request.path)
        except RuleError as refusal:
            error, status = str(refusal), _status(refusal)
    known = list(lists.with_story(account, story))
    context = {
        "story": story,
        "form": form,
        "error": error,
        "open": [one for one in known if not one.holds],
        "holding": [one for one in known if one.holds],
        "chosen": request.POST.get("into", ""),
    }
    return render(request, "library/list_add.html", context, status=status)


def _put(request: HttpRequest, story: Story, form: AddForm) -> None:
    account = account_of(request)
    if number := request.POST.get("out_of", ""):
        entry = ListEntry.objects.filter(list=_mine(account, number), story=story).first()
        if entry is not None:
            listing.remove(entry, by=account)
        return
    if not form.is_valid():
        raise RuleError(_("Choose a list first."))
    into, title = form.cleaned_data["into"], form.cleaned_data["title"]
    chosen = listing.make(title, by=account) if into == AddForm.NEW else _mine(account, into)
    listing.add(chosen, story, by=account, note=form.cleaned_data["note"])
    messages.success(request, _("It stands in “%(list)s” now.") % {"list": chosen.title})


def _mine(account: Account, number: str) -> ReadingList:
    found = lists.mine(account).filter(pk=int(number)) if number.isdecimal() and len(number) < 19 else None
    one: ReadingList | None = found.first() if found is not None else None
    if one is None:
        raise RuleError(_("This list is not here any more. Choose another one."))
    return one
