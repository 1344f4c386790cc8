"""Bringing stories in from the browser: choose files, look at what was found, agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from talehouse.accounts.models import Account
from talehouse.accounts.pen_names import PenNameError
from talehouse.imports import asking
from talehouse.imports.forms import AgreeForm
from talehouse.imports.models import Import
from talehouse.stories import holding
from talehouse.stories.demo import has_demo, remove_demo
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story
from talehouse.tags.vocabulary import RATING_LEVEL


def _account(request: HttpRequest) -> Account:
    account: Account = request.person  # type: ignore[attr-defined]
    return account


def _refused(request: HttpRequest, message: str, status: int = 403) -> HttpResponse:
    return render(request, "403.html", {"message": message}, status=status)


def _line(story: Story) -> dict[str, Any]:
    """What the last step of an import tells of a story."""
    drafts = story.parts.filter(deleted_at=None, draft__isnull=False).count()
    return {
        "title": story.title,
        "url": story.url,
        "words": story.word_count,
        "parts": story.part_count,
        "drafts": drafts,
        "published": story.part_count > 0,
        "held": holding.told(story),
        "refused": holding.is_refused(story),
        "asked_for": story.part_count > 0 and RATING_LEVEL[story.rating] >= RATING_LEVEL["mature"],
        "publish_url": f"/write/stories/{story.pk}/publish/",
    }


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose files; the worker reads them."""
    error = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(
                asking.begin(request.FILES.getlist("files"), by=_account(request)).url
            )
        except NotAllowedError as refusal:
            return _refused(request, str(refusal))
        except RuleError as refusal:
            error = str(refusal)
    recent = Import.objects.filter(owner=_account(request)).order_by("-made_at")[:10]
    context = {
        "error": error,
        "jobs": [
            {
                "url": job.url,
                "name": _name(job),
                "state_label": job.get_state_display(),
                "created_at": job.made_at,
            }
            for job in recent
        ],
        "demo_offer": has_demo() and _account(request).is_host,
    }
    return render(request, "imports/upload.html", context, status=400 if error else 200)


def _name(job: Import) -> str:
    titles = [story["title"] for story in job.preview] or list(job.files.values_list("name", flat=True))
    return ", ".join(titles[:3]) or _("Import")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def job(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One import, as it stands: being read, to be looked at, being written, done or failed."""
    found = get_object_or_404(Import, uuid=uuid, owner=_account(request))
    if request.method == "POST":
        return _answer(request, found)
    return _show(request, found)


def _show(request: HttpRequest, found: Import, form: AgreeForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {"job": found, "state": found.state, "state_label": found.get_state_display()}
    if found.state == Import.State.READY:
        context |= {"stories": found.preview, "form": form or _form(request, found)}
        return render(request, "imports/preview.html", context, status=400 if form else 200)
    if found.state == Import.State.DONE:
        context["stories"] = [_line(story) for story in found.stories.all()]
        return render(request, "imports/done.html", context)
    if found.state in (Import.State.FAILED, Import.State.DISCARDED):
        return render(request, "imports/failed.html", {**context, "message": found.message})
    return render(request, "imports/working.html", context)


def _form(request: HttpRequest, found: Import, data: Any = None) -> AgreeForm:
    told = [story["language"] for story in found.preview if story["language"]]
    account = _account(request)
    initial = {"language": told[0] if told else request.LANGUAGE_CODE}
    return AgreeForm(data, account=account, offer_demo=has_demo() and account.is_host, initial=initial)


def _answer(request: HttpRequest, found: Import) -> HttpResponse:
    account = _account(request)
    if "discard" in request.POST:
        asking.discard(found, by=account)
        return HttpResponseRedirect("/write/import/")
    form = _form(request, found, request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    wishes = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            if wishes.pop("remove_demo", False):
                remove_demo(by=account)
            asking.agree(found, by=account, **wishes)
    except NotAllowedError as refusal:
        return _refused(request, str(refusal))
    except PenNameError as refusal:
        form.add_error("new_pen_name", str(refusal))
        return _show(request, found, form)
    return HttpResponseRedirect(found.url)
