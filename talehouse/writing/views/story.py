"""What a story says of itself: the form, its secret link, taking it back, and names while they are typed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.lib.pictures import LONGEST_INPUT, BadPictureError
from talehouse.stories import describing, pictures, removing, tagging
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Picture, Story
from talehouse.stories.powers import Power
from talehouse.tags.vocabulary import Status, TagKind, Warning
from talehouse.writing import listing, telling
from talehouse.writing.forms import TAG_FIELDS, StoryForm
from talehouse.writing.opening import account_of, desk, story_for

GROUPS = (
    ("summary", ("summary",)),
    ("cover", ("cover", "cover_alt", "cover_remove")),
    ("warnings", ("warnings", "categories")),
    ("tags", ("tags_fandom", "tags_genre", "tags_character", "tags_relationship", "tags_theme")),
    ("series", ("series", "series_place")),
    ("status", ("status", "planned_parts")),
    ("seen", ("visibility", "ranked")),
    ("answers", ("comments_from", "comments_wait", "held_words", "old_revisions_open", "download", "feed")),
    ("notes", ("note_before", "note_after")),
)


VISIBLE = {
    "public": gettext_lazy("Public"),
    "members": gettext_lazy("For members"),
    "unlisted": gettext_lazy("Unlisted"),
    "private": gettext_lazy("Private"),
}


@desk
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, summary, cover, tags and the rest; what was not touched stays as it is."""
    story = story_for(request, pk, Power.DESCRIBE)
    account = account_of(request)
    asked = StoryForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        story=story,
        series=telling.own_series(story, account),
        initial=telling.as_told(story),
    )
    if request.method == "POST" and _told(request, story, asked):
        return HttpResponseRedirect(f"/write/stories/{pk}/")
    return _show(request, story, asked)


def _told(request: HttpRequest, story: Story, asked: StoryForm) -> bool:
    """Whether everything has been written down; else the form says what is wrong."""
    if not asked.is_valid():
        return False
    try:
        cover = _cover(asked)
        known = telling.tell(story, asked, by=account_of(request), cover=cover)
    except NotAllowedError:
        raise
    except BadPictureError as refusal:
        asked.add_error("cover", str(refusal))
        return False
    except RuleError as refusal:
        asked.add_error(None, str(refusal))
        return False
    messages.success(request, _("Kept.") if asked.has_changed() else _("Nothing was changed."))
    for sentence in known:
        messages.warning(request, sentence)
    return True


def _cover(asked: StoryForm) -> Picture | None:
    file = asked.cleaned_data.get("cover")
    if not file:
        return None
    return pictures.keep_cover(file.read(LONGEST_INPUT + 1))


def _show(request: HttpRequest, story: Story, asked: StoryForm) -> HttpResponse:
    wrong = asked.is_bound
    groups = [
        {
            "name": name,
            "fields": [asked[field] for field in fields if field in asked.fields],
            "open": wrong and any(field in asked.errors for field in fields),
            "now": _now(name, asked),
        }
        for name, fields in GROUPS
    ]
    context: dict[str, Any] = {
        "story": story,
        "can": listing.powers_on(story, account_of(request)),
        "form": asked,
        "groups": groups,
        "states": listing.states_of(story),
        "srcset": pictures.srcset(story.cover) if story.cover else "",
        "secret_link": f"{settings.BASE_URL}{story.url}?key={story.key}",
        "here": "story",
    }
    return render(request, "writing/story.html", context, status=400 if wrong else 200)


def _now(name: str, asked: StoryForm) -> str:
    """What stands in a fold, for its closed head."""
    told = asked.initial
    match name:
        case "warnings":
            return ", ".join(str(Warning(code).label) for code in told["warnings"])
        case "tags":
            return ", ".join(filter(None, (told[field] for field in TAG_FIELDS.values())))
        case "series":
            return str(told.get("series", ""))
        case "status":
            return str(Status(told["status"]).label)
        case "seen":
            return str(VISIBLE[told["visibility"]])
        case "cover":
            return _("your own picture") if asked.story.cover_id else _("drawn from the title")
        case "summary":
            return str(told["summary"])[:80]
    return ""


@desk
@require_POST
def renew_key(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret link; the old one leads nowhere from now on."""
    story = story_for(request, pk, Power.DESCRIBE)
    describing.renew_key(story, by=account_of(request))
    messages.success(request, _("The story has a new secret link; the old one leads nowhere now."))
    return HttpResponseRedirect(f"/write/stories/{pk}/#seen")


@desk
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a whole story out of sight, or put it back."""
    story = story_for(request, pk, Power.REMOVE)
    if "back" in request.POST:
        removing.put_back(story, by=account_of(request))
        messages.success(request, _("The story is back where it was."))
    else:
        removing.withdraw(story, by=account_of(request))
        messages.success(request, _("The story is out of sight. Its comments and counts are kept."))
    return HttpResponseRedirect(f"/write/stories/{pk}/")


@desk
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """Tags of a kind that begin with what was typed, for the writer's form."""
    kind, typed = request.GET.get("kind", ""), request.GET.get("q", "")[:100]
    found = tagging.suggest(account_of(request), kind, typed) if kind in TagKind.values else []
    return JsonResponse({"tags": [{"name": tag.name, "stories": tag.stories} for tag in found]})
