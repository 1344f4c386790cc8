"""Comments: their pages, as a whole or as a sheet beside the text, and the posts that make them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from talehouse.accounts.models import Account
from talehouse.comments import listing, saying, wording
from talehouse.comments.forms import CommentForm
from talehouse.comments.listing import Asking
from talehouse.comments.models import Comment
from talehouse.comments.saying import Guest, Place
from talehouse.comments.showing import CommentQuerySet
from talehouse.lib.rates import Rate
from talehouse.pages.keeping import kept
from talehouse.reading.opening import key_of, person_of, suffix
from talehouse.reading.views.unsent import keeps_words
from talehouse.reads import counting
from talehouse.reads.views import reader_of
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Series, Story, Visibility
from talehouse.stories.visibility import needs_notice

RATE = Rate(limit=20, seconds=300)
"""Comments that one account, or one guest's address, may send in five minutes."""
ABOUT = "comments"
"""The tag of messages about comments; the sheet shows those alone."""
GUEST = "guest"
"""The cookie by which a guest finds their waiting comments again."""


@dataclass(frozen=True)
class Spot:
    """A place with the comments that stand there, and its addresses."""

    place: Place
    comments: CommentQuerySet
    title: str
    url: str
    back: str
    ending: str = ""

    @property
    def here(self) -> str:
        """The list of these comments, those of its block alone if it has one."""
        mark = "&" if "?" in self.url else "?"
        return f"{self.url}{mark}block={self.place.block}" if self.place.block else self.url

    @property
    def closes(self) -> str:
        """Where its comments are closed and opened again; a series has no such place."""
        path, _mark, query = self.url.partition("?")
        return "" if self.place.story is None else f"{path}close/" + (f"?{query}" if query else "")


def account_of(request: HttpRequest) -> Account | None:
    """Who has signed in, if anybody."""
    person = person_of(request)
    return person if person.is_authenticated and person.pk is not None else None


def part_spot(request: HttpRequest, pk: int) -> Spot:
    """A part that is out, or a block of it; an adult one only for those who asked for such."""
    key = key_of(request)
    parts = Part.objects.visible_to(person_of(request), key=key).released()
    part: Part = get_object_or_404(parts.select_related("story", "published"), pk=pk)
    if needs_notice(part.story.rating, person_of(request).limit) and request.GET.get("show") != "1":
        raise Http404
    ending = suffix(part.story, key)
    block = (request.POST.get("block") or request.GET.get("block", ""))[:12]
    comments = Comment.objects.filter(part=part)
    if block:
        comments = comments.filter(block=block) | comments.filter(root__block=block)
    place = Place(story=part.story, part=part, block=block)
    back = f"{part.url}{ending}" + (f"#b-{block}" if block else "")
    return Spot(place, comments, part.title, f"/parts/{pk}/comments/{ending}", back, ending)


def story_spot(request: HttpRequest, pk: int) -> Spot:
    """A story as a whole."""
    key = key_of(request)
    story: Story = get_object_or_404(Story.objects.visible_to(person_of(request), key=key), pk=pk)
    if story.release_at is None:
        raise Http404
    ending = suffix(story, key)
    comments = Comment.objects.filter(story=story, part=None)
    return Spot(
        Place(story=story), comments, story.title, f"/stories/{pk}/comments/{ending}", story.url + ending
    )


def series_spot(request: HttpRequest, pk: int) -> Spot:
    """A series of which the person may meet a story."""
    listed = Story.objects.listed_for(person_of(request)).values("pk")
    found = Series.objects.filter(entries__story__in=listed).distinct().select_related("owner")
    series: Series = get_object_or_404(found, pk=pk)
    comments = Comment.objects.filter(series=series)
    return Spot(Place(series=series), comments, series.title, f"/series/{pk}/comments/", series.url)


SPOTS = {"part": part_spot, "story": story_spot, "series": series_spot}


@never_cache
@require_http_methods(["GET", "POST"])
@keeps_words
def comments(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The comments of a place; POST says something there."""
    spot = SPOTS[kind](request, pk)
    account = account_of(request)
    if request.method == "POST":
        return _preview(request, spot, account) if "preview" in request.POST else _say(request, spot, account)
    return _list(request, spot, CommentForm(account=account, initial=_initial(request)))


def _initial(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:700] for name in ("parent", "block", "quote", "start")}


def asking_of(request: HttpRequest, spot: Spot) -> Asking:
    """Who asks, and whether they decide about what is said there."""
    person, account = person_of(request), account_of(request)
    acts = account is not None and not account.is_suspended
    owns = acts and person.pk in saying.authors_of(spot.place)
    decides = owns or (acts and person.is_host)
    return Asking(person, decides=decides, owns=owns, guest_key=request.COOKIES.get(GUEST, "")[:64])


def _preview(request: HttpRequest, spot: Spot, account: Account | None) -> HttpResponse:
    """How it will look; nothing is written."""
    form = CommentForm(request.POST, account=account)
    text = wording.tidy(form.cleaned_data["text"]) if form.is_valid() else ""
    look = wording.rendered(text, wording.mentions(text))
    return _list(request, spot, form, status=200 if text else 400, look=look)


def _list(
    request: HttpRequest, spot: Spot, form: CommentForm, status: int = 200, look: str = ""
) -> HttpResponse:
    order = request.GET.get("order", "newest")
    asking = asking_of(request, spot)
    page = listing.page_of(spot.comments, asking, order=order, after=request.GET.get("after", ""))
    if (at := request.GET.get("at", "")).isdecimal() and len(at) < 19:
        page = listing.with_thread(page, spot.comments, asking, int(at))
    context: dict[str, Any] = {
        **_form(request, spot, asking, form),
        "spot": spot,
        "page": page,
        "order": order if order in listing.ORDERS else "newest",
        "orders": {"newest": _("Newest"), "oldest": _("Oldest"), "liked": _("Most liked")},
        "asking": asking,
        "next_url": _following(request, page.following),
        "at_block": spot.place.block,
        "words": _words_there(spot),
        "look": look,
        "opens_old": _opens_old(spot, asking),
    }
    sheet = request.headers.get("X-Sheet") == "1"
    context["then"] = spot.back if sheet else spot.here
    if sheet:
        context["messages"] = _about_comments(request)
    return render(request, "comments/_sheet.html" if sheet else "comments/list.html", context, status=status)


def _form(request: HttpRequest, spot: Spot, asking: Asking, form: CommentForm) -> dict[str, Any]:
    """The form, or what stands in its place; where there is none, the words that came all the same."""
    account = account_of(request)
    may_say = _may_say(spot, account, wants=request.GET.get("write") == "1" or bool(form.is_bound))
    return {
        "form": form,
        "answered": _answered(spot, asking, form),
        "account": account,
        "signs_as": form.names[0].pk if form.names else "",
        "several_names": len(form.names) > 1,
        "may_say": may_say,
        "unsent": form.data.get("text", "") if may_say != "form" else "",
    }


def _answered(spot: Spot, asking: Asking, form: CommentForm) -> listing.Shown | None:
    """The comment that the words in this form answer, if they answer one."""
    number = str(form["parent"].value() or "")
    if not (number.isdecimal() and len(number) < 19):
        return None
    return listing.one_of(spot.comments, asking, int(number))


def _about_comments(request: HttpRequest) -> list[Message]:
    """The messages that belong into the sheet; all others wait for a page."""
    waiting: Any = messages.get_messages(request)
    told = list(waiting)
    ours = [one for one in told if ABOUT in (one.extra_tags or "").split()]
    waiting.used = bool(ours)
    if ours:
        for other in told:
            if other not in ours:
                waiting.add(other.level, other.message, other.extra_tags)
    return ours


def _opens_old(spot: Spot, asking: Asking) -> bool:
    """Whether this person may open the version that an earlier comment was about; sealed ones apart."""
    story = spot.place.story
    return story is not None and (story.old_revisions_open or asking.owns)


def _may_say(spot: Spot, account: Account | None, *, wants: bool) -> str:
    """ "form", "guest" (the way to it: only there a cookie is set), "closed" or "sign-in"."""
    story = spot.place.story
    closed = story is not None and (
        story.comments_closed_at
        or story.comments_from == "nobody"
        or (spot.place.part is not None and spot.place.part.comments_closed_at)
    )
    if closed:
        return "closed"
    if account is not None:
        return "form"
    if story is None or story.comments_from != "everyone":
        return "sign-in"
    return "form" if wants else "guest"


def _following(request: HttpRequest, key: str) -> str:
    if not key:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "at"}
    return "?" + urlencode({**kept, "after": key})


def _words_there(spot: Spot) -> str:
    """The words of the block that a list is about."""
    part, block = spot.place.part, spot.place.block
    return saying.words_of(part, block) if part is not None and block else ""


def _say(request: HttpRequest, spot: Spot, account: Account | None) -> HttpResponse:
    form = CommentForm(request.POST, account=account)
    if not form.is_valid():
        return _list(request, spot, form, status=400)
    guest_key = request.COOKIES.get(GUEST, "")[:64] or secrets.token_urlsafe(24)
    by = account or Guest(form.cleaned_data.get("guest_name", ""), guest_key)
    try:
        if not RATE.allows(str(account.pk) if account else reader_of(request).address):
            raise RuleError(_("These were many comments in a short time. Please wait a few minutes."))
        said = saying.say(
            _place(spot, form),
            by=by,
            text=form.cleaned_data["text"],
            pen_name=form.cleaned_data.get("pen_name"),
            parent=_parent(request, spot, form),
        )
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return _list(request, spot, form, status=403 if isinstance(refusal, NotAllowedError) else 400)
    response = _said(request, spot, said)
    if account is None:
        _remember(request, response, guest_key)
    return response


def _remember(request: HttpRequest, response: HttpResponse, guest_key: str) -> None:
    """So that a guest finds again what they said, while it waits."""
    age = 60 * 60 * 24 * 90
    secure = request.is_secure()
    response.set_cookie(GUEST, guest_key, max_age=age, httponly=True, samesite="Lax", secure=secure)


def _place(spot: Spot, form: CommentForm) -> Place:
    """With the words that were selected; an answer stands where its thread stands."""
    if form.cleaned_data.get("parent"):
        return Place(series=spot.place.series, story=spot.place.story, part=spot.place.part)
    place = spot.place
    return Place(place.series, place.story, place.part, place.block, form.words)


def _parent(request: HttpRequest, spot: Spot, form: CommentForm) -> Comment | None:
    number = form.cleaned_data.get("parent")
    if not number:
        return None
    seen = asking_of(request, spot).seen(spot.comments)
    parent: Comment | None = seen.filter(pk=number).first()
    if parent is None:
        raise RuleError(_("This comment is not here any more."))
    return parent


def _said(request: HttpRequest, spot: Spot, said: Comment) -> HttpResponse:
    """Back to the list, at the new comment. Without a script the visit counts as a read too."""
    if said.held_at is not None:
        told = _("Thank you. Your comment waits until the writer has seen it.")
        messages.info(request, told, extra_tags=ABOUT)
    if "js" in request.POST:
        return JsonResponse({"id": said.pk, "held": said.held_at is not None})
    if spot.place.part is not None:
        counting.record(spot.place.part, by=reader_of(request))
    return HttpResponseRedirect(f"/comments/{said.pk}/")


@require_GET
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of one comment: it leads to the list where it stands."""
    said, spot = found(request, pk)
    root = said.root or said
    query = {"at": str(root.pk)} | ({"block": root.block} if root.block else {})
    if key := key_of(request):
        query["key"] = key
    return HttpResponseRedirect(f"{spot.url.partition('?')[0]}?{urlencode(query)}#c-{pk}")


def found(request: HttpRequest, pk: int) -> tuple[Comment, Spot]:
    """A comment that this person sees, with its place; 404 for every other."""
    said: Comment = get_object_or_404(
        Comment.objects.select_related("root", "story", "part", "series__owner", "pen_name"), pk=pk
    )
    if said.part_id is not None:
        spot = part_spot(request, said.part_id)
    elif said.series_id is not None:
        spot = series_spot(request, said.series_id)
    else:
        spot = story_spot(request, said.story_id or 0)
    if not asking_of(request, spot).seen(Comment.objects.filter(pk=pk)).exists():
        raise Http404
    return said, spot


@kept
def bubbles(request: HttpRequest, pk: int) -> HttpResponse:
    """How many comments stand at each block: one small answer, the same for everybody."""
    parts = Part.objects.visible_to(person_of(request), key=key_of(request)).released()
    part: Part = get_object_or_404(parts.select_related("story"), pk=pk)
    story = part.story
    if story.visibility == Visibility.PUBLIC and part.visibility == Part.Visibility.STORY:
        request.page.keep(  # type: ignore[attr-defined]
            depends=[f"story:{story.pk}", f"comments:{pk}"]
        )
    return JsonResponse({"blocks": listing.bubbles(pk), "comments": part.comment_count})
