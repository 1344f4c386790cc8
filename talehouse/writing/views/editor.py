"""The editor: the page of a part's text, saving by script, and pictures for the text."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts.owner_marks import owner_mark
from talehouse.lib.languages import direction
from talehouse.lib.pictures import BadPictureError
from talehouse.lib.rates import Rate
from talehouse.lib.words import minutes
from talehouse.stories import pictures, texts
from talehouse.stories.drafting import Saved
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part
from talehouse.stories.powers import Power
from talehouse.writing import editing
from talehouse.writing.opening import account_of, desk, part_for
from talehouse.writing.sources import Way, is_too_large, way_of
from talehouse.writing.tools import TOOLS

SAVES = Rate(limit=120, seconds=60)
PICTURES = Rate(limit=40, seconds=600)
TOO_LARGE = 413
TOO_OFTEN = 429
NO_ROOM = 507
Json = Callable[..., HttpResponse]


@desk
@require_http_methods(["GET", "POST"])
def editor(request: HttpRequest, pk: int) -> HttpResponse:
    """A part on paper, as Markdown or as HTML; without scripts an ordinary form."""
    part = part_for(request, pk, Power.WRITE)
    if request.method == "POST":
        return _save(request, part)
    way = way_of(request.GET.get("as"))
    return _show(request, part, way, editing.sheet_of(part, way))


def _show(
    request: HttpRequest, part: Part, way: Way, sheet: editing.Sheet, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {**_about(request, part), "sheet": sheet, "way": way.value, "error": error}
    if way is Way.PAPER:
        fields = ("note_before", "text", "note_after")
        context["stored"] = {name: mark_safe(getattr(sheet, name)) for name in fields}  # noqa: S308  sanitised
        context["tools"] = TOOLS
    page = "writing/editor.html" if way is Way.PAPER else "writing/editor_plain.html"
    return render(request, page, context, status=status)


def _about(request: HttpRequest, part: Part) -> dict[str, Any]:
    """What the page says around the sheet, whatever stands on it."""
    account, language = account_of(request), part.story.language
    newest = texts.newest_of(part)
    words = newest.word_count if newest else 0
    return {
        "part": part,
        "story": part.story,
        "dir": direction(language),
        "owner": owner_mark(account.pk),
        "words": words,
        "minutes": minutes(words, language),
        "saved_at": newest.made_at if newest else None,
        "may_release": Part.objects.allowing(account, Power.RELEASE).filter(pk=part.pk).exists(),
    }


def _save(request: HttpRequest, part: Part) -> HttpResponse:
    """Saving without scripts: what was typed stays in the form until it is kept."""
    form = editing.TextForm(request.POST)
    way = way_of(request.POST.get("way"))
    way = Way.HTML if way is Way.PAPER else way

    def again(message: str, status: int = 400) -> HttpResponse:
        return _show(request, part, way, editing.typed(form), error=message, status=status)

    if not form.is_valid():
        return again(" ".join(str(error) for errors in form.errors.values() for error in errors))
    if any(is_too_large(form.cleaned_data[name]) for name in editing.FIELDS):
        return again(_too_large(), TOO_LARGE)
    try:
        form.cleaned_data["text"] += _picture_at_the_end(request, part)
        saved = editing.keep(part, form, by=account_of(request))
    except NotAllowedError:
        raise
    except (RuleError, BadPictureError) as refusal:
        return again(str(refusal))
    return _go_on(request, part, way, saved)


def _picture_at_the_end(request: HttpRequest, part: Part) -> str:
    """The HTML of the picture that came with the form, if one did."""
    file = request.FILES.get("picture")
    if file is None:
        return ""
    kept = pictures.add_to_part(part, file.read(), by=account_of(request))
    alt = " ".join(request.POST.get("alt", "").split())[:300]
    return format_html('\n\n<figure><img src="{}" alt="{}"></figure>', kept.url, alt)


def _go_on(request: HttpRequest, part: Part, way: Way, saved: Saved) -> HttpResponse:
    """To where the button said; to both texts if somebody else had saved first."""
    if saved.is_aside:
        return HttpResponseRedirect(_comparison(part, saved))
    after = request.POST.get("then", "")
    if after == "publish":
        return HttpResponseRedirect(f"/write/parts/{part.pk}/publish/")
    messages.success(request, _("Saved."))
    target = way_of(after) if after in set(Way) else way
    return HttpResponseRedirect(f"/write/parts/{part.pk}/?as={target.value}")


def _comparison(part: Part, saved: Saved) -> str:
    both = f"one={saved.newest.number}&other={saved.revision.number}"
    return f"/write/parts/{part.pk}/revisions/?{both}&conflict=1"


def _too_large() -> str:
    return _("This is more than 2 MB of text. Divide it into several parts.")


def _refuse(status: int, message: str) -> JsonResponse:
    return JsonResponse({"error": message}, status=status)


def by_script(view: Json) -> Json:
    """An address for scripts: every refusal is JSON with one plain sentence; who is signed out gets 401."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _refuse(401, _("You have been signed out."))
        try:
            return view(request, *args, **kwargs)
        except NotAllowedError as refusal:
            return _refuse(403, str(refusal))
        except Http404:
            return _refuse(404, _("This part is not here any more."))
        except (RuleError, BadPictureError) as refusal:
            return _refuse(400, str(refusal))
        except (OperationalError, OSError) as trouble:
            if not _is_full(trouble):
                raise
            return _refuse(NO_ROOM, _("The server has no room left."))

    return never_cache(answer)


def _is_full(trouble: Exception) -> bool:
    said = str(trouble).lower()
    return "disk is full" in said or "no space left" in said


@by_script
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Save by script. GET tells who is signed in, the newest revision, and a token for the next form."""
    part, account = part_for(request, pk, Power.WRITE), account_of(request)
    owner = owner_mark(account.pk)
    if request.method == "GET":
        newest = texts.newest_of(part)
        number = newest.number if newest else None
        return JsonResponse({"owner": owner, "token": get_token(request), "number": number})
    if request.POST.get("owner", owner) != owner:
        return _refuse(401, _("Somebody else has signed in."))
    if not SAVES.allows(str(account.pk)):
        return _refuse(TOO_OFTEN, _("That was very often. It is tried again in a moment."))
    if any(is_too_large(request.POST.get(name, "")) for name in editing.FIELDS):
        return _refuse(TOO_LARGE, _too_large())
    form = editing.TextForm(request.POST)
    if not form.is_valid():
        return _refuse(400, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return _kept(part, editing.keep(part, form, by=account, automatic=request.POST.get("automatic") == "1"))


def _kept(part: Part, saved: Saved) -> JsonResponse:
    """What became of it: 409 with both numbers when it was set aside."""
    told = {
        "number": saved.newest.number,
        "at": saved.revision.made_at.isoformat(),
        "words": saved.revision.word_count,
        "aside": saved.revision.number if saved.is_aside else None,
    }
    if not saved.is_aside:
        return JsonResponse(told)
    return JsonResponse({**told, "compare": _comparison(part, saved)}, status=409)


@by_script
@require_POST
def add_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a picture for the text; the answer says where it is and how large."""
    part = part_for(request, pk, Power.WRITE)
    if not PICTURES.allows(str(account_of(request).pk)):
        return _refuse(TOO_OFTEN, _("Those were many pictures. Wait some minutes."))
    file = request.FILES.get("picture")
    if file is None:
        return _refuse(400, _("Choose a picture first."))
    kept = pictures.add_to_part(part, file.read(), by=account_of(request))
    return JsonResponse({"url": kept.url, "width": kept.width, "height": kept.height})
