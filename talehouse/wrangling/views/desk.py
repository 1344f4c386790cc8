"""The desk, a tag on it, the preview of an act, and doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from talehouse.accounts.models import Account, Person
from talehouse.stories.errors import RuleError
from talehouse.tags.models import Tag
from talehouse.tags.relationships import parsed
from talehouse.tags.vocabulary import PARENTS, Standing, TagKind
from talehouse.wrangling import sorting
from talehouse.wrangling.desk import Asked, lines, sheet
from talehouse.wrangling.effects import found_under
from talehouse.wrangling.forms import CHOICES, NewForm, WishForm
from talehouse.wrangling.knowing import known
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.sorting import Step, Wish
from talehouse.wrangling.suggesting import company, people

SHOWN = 200
"""Synonyms and lower tags on the page of one tag."""


def wrangler_of(request: HttpRequest) -> Account:
    """Whoever puts tags in order; for everybody else these pages do not exist."""
    person: Person = request.person  # type: ignore[attr-defined]
    if not person.is_wrangler or person.is_suspended:
        raise Http404
    assert isinstance(request.user, Account)  # a wrangler has signed in
    return request.user


@never_cache
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The tags that nobody has sorted, the most used first; others on demand."""
    wrangler_of(request)
    return _desk(request, NewForm())


def _desk(request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
    asked = Asked.of(request.GET)
    found = sheet(asked)
    kinds = [("", _("All kinds")), *TagKind.choices]
    context = {
        "lines": found.lines,
        "next_url": found.next_url,
        "first_url": asked.url() if asked.after else "",
        "here": request.get_full_path() if request.method == "GET" else "/wrangling/",
        "asked": asked,
        "kinds": [(name, label, asked.url(kind=name), name == asked.kind) for name, label in kinds],
        "standings": [
            (name, label, asked.url(standing=name), name == asked.standing)
            for name, label in Standing.choices
        ],
        "acts": CHOICES,
        "all_kinds": TagKind.choices,
        "form": form,
    }
    return render(request, "wrangling/desk.html", context, status=status)


@never_cache
@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """What an act would come to, before anything is done."""
    by = wrangler_of(request)
    form = WishForm(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    try:
        steps = sorting.look(form.wish, by=by)
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, form)
    return render(request, "wrangling/preview.html", _told(request, form, steps))


def _refused(request: HttpRequest, form: WishForm) -> HttpResponse:
    context = {"form": form, "tags": form.tags, "here": _back(request), "all_kinds": TagKind.choices}
    return render(request, "wrangling/asked.html", {**context, "acts": CHOICES}, status=400)


def _told(request: HttpRequest, form: WishForm, steps: list[Step]) -> dict[str, Any]:
    wish = form.wish
    names = Tag.objects.in_bulk({effect.tag for step in steps for effect in step.effects})
    others = Tag.objects.in_bulk({other for step in steps if (other := wish.other_of(step.tag.pk))})
    rows = [
        {
            "tag": step.tag,
            "refusal": step.refusal,
            "other": others.get(wish.other_of(step.tag.pk) or 0),
            "effects": [(names[effect.tag], effect.joins, effect.leaves) for effect in step.effects],
            "along": [one for one in step.changed if one not in (step.tag.pk, wish.other_of(step.tag.pk))],
        }
        for step in steps
    ]
    return {
        "act": wish.act,
        "steps": rows,
        "possible": [row for row in rows if not row["refusal"]],
        "people": form.cleaned_data["people"],
        "romantic": form.cleaned_data["romantic"],
        "here": _back(request),
    }


def _back(request: HttpRequest) -> str:
    """Where somebody came from on these pages."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    inside = back.startswith("/wrangling/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if inside else "/wrangling/"


@never_cache
@require_POST
def do(request: HttpRequest) -> HttpResponse:
    """Do what was looked at."""
    by = wrangler_of(request)
    form = WishForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    try:
        done = sorting.do(form.wish, by=by)
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, form)
    messages.success(request, _said(form.wish, done))
    return HttpResponseRedirect(_back(request))


def _said(wish: Wish, done: list[Change]) -> str:
    if len(done) == 1 and done[0].tag:
        return _("“%(tag)s” – %(act)s: done.") % {"tag": done[0].tag.name, "act": Act(wish.act).label}
    told = {"n": len(done), "act": Act(wish.act).label}
    return ngettext("%(n)d tag – %(act)s: done.", "%(n)d tags – %(act)s: done.", len(done)) % told


@never_cache
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A canonical tag that nobody has written yet."""
    by = wrangler_of(request)
    form = NewForm(request.POST)
    if not form.is_valid():
        return _desk(request, form, status=400)
    try:
        change = sorting.make_new(**form.cleaned_data, by=by)
    except RuleError as refusal:
        form.add_error("name", str(refusal))
        return _desk(request, form, status=400)
    return HttpResponseRedirect(f"/wrangling/tags/{change.tag_id}/")


@never_cache
@require_GET
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """One tag: what it is, what it may be, and what can be done with it."""
    wrangler_of(request)
    found = get_object_or_404(known().select_related("merged_into", "use"), pk=pk)
    (line,) = lines([found])
    log = Change.objects.filter(touched__tag=found).select_related("tag", "other", "by").order_by("-pk")
    context = {
        "line": line,
        "found": found_under(pk) if found.standing == Standing.CANONICAL else None,
        "tag": found,
        "here": request.path,
        "synonyms": found.synonyms.order_by("name")[:SHOWN],
        "above": Tag.objects.filter(belows__tag=found).order_by("kind", "name"),
        "below": Tag.objects.filter(aboves__above=found).order_by("kind", "name")[:SHOWN],
        "members": [one.character for one in found.members.select_related("character")],
        "company": company(found) if found.standing == Standing.CANONICAL else [],
        "parents": [(kind, TagKind(kind).label) for kind in TagKind.values if _may_be_over(kind, found.kind)],
        "changes": log[:10],
        **_people(found),
    }
    return render(request, "wrangling/tag.html", context)


def _may_be_over(kind: str, below: str) -> bool:
    return kind == below or kind in PARENTS.get(TagKind(below), ())


def _people(found: Tag) -> dict[str, Any]:
    """Who belongs to it by its name, where nobody has said it yet."""
    if found.kind != TagKind.RELATIONSHIP:
        return {}
    pairing = parsed(found.name)
    said = [one.character.name for one in found.members.select_related("character")]
    romantic = found.romantic if found.romantic is not None else pairing.romantic if pairing else None
    return {
        "names": people(found),
        "people": "\n".join(said or (pairing.names if pairing else ())),
        "romantic": {True: "yes", False: "no", None: ""}[romantic],
    }
