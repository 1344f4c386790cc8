"""Opening what is on the desk: through the gate, with the power that the page asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from talehouse.accounts.models import Account
from talehouse.accounts.pen_names import NotYoursError
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Part, Story
from talehouse.stories.powers import Power

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def account_of(request: HttpRequest) -> Account:
    """Who has signed in."""
    account: Account = request.person  # type: ignore[attr-defined]
    return account


def desk(view: View[P]) -> View[P]:
    """A page of the desk: for people who have signed in, kept nowhere, and a refusal is a plain 403 page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (NotAllowedError, NotYoursError) as refusal:
            return refused(request, str(refusal))

    return cast("View[P]", never_cache(login_required(answer)))


def refused(request: HttpRequest, message: str, status: int = 403) -> HttpResponse:
    """The page that says no, and why."""
    return render(request, "403.html", {"message": message}, status=status)


def story_for(request: HttpRequest, pk: int, power: Power) -> Story:
    """A story on which the person has this power.

    404 for one that they may not see; NotAllowedError for one that they see and may not change.
    """
    person = account_of(request)
    found: Story = get_object_or_404(Story.objects.visible_to(person), pk=pk)
    if not Story.objects.allowing(person, power).filter(pk=pk).exists():
        raise NotAllowedError(_("This is not your story, or it is not yours to change."))
    return found


def part_for(request: HttpRequest, pk: int, power: Power) -> Part:
    """A part of a story on which the person has this power; refuses as `story_for` does."""
    person = account_of(request)
    visible = Part.objects.visible_to(person).select_related("story", "draft", "published")
    found: Part = get_object_or_404(visible, pk=pk)
    if not Part.objects.allowing(person, power).filter(pk=pk).exists():
        raise NotAllowedError(_("This is not your story, or it is not yours to change."))
    return found
