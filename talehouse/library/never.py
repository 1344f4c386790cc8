"""What somebody never wants to meet: rules of their own for every list, beside what they hide one by one.

The lines come from a saved search that was made the default (`search/saving.py`). They are applied in the
query, like what is hidden, and change no counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from talehouse.accounts.models import Account
from talehouse.library.models import Never
from talehouse.stories.models import EffectiveTag, Story, StoryCategory, StoryWarning
from talehouse.tags.models import meant

What = Never.What


class Line(NamedTuple):
    """What a line is about, and the number of a tag or a code."""

    what: str
    tag: int | None = None
    code: str = ""


@transaction.atomic
def never(lines: Iterable[Line], *, by: Account) -> None:
    """From now on these lines hold, and no others."""
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    Never.objects.filter(account=by).delete()
    Never.objects.bulk_create(
        [Never(account=by, what=line.what, tag_id=line.tag, code=line.code) for line in dict.fromkeys(lines)]
    )


def lines_of(account: Account) -> list[Line]:
    """The lines that hold for an account; one about a tag that is a synonym by now is about what it means."""
    rows = Never.objects.filter(account=account.pk).order_by("pk")
    return [Line(*row) for row in rows.values_list("what", Coalesce("tag__merged_into", "tag"), "code")]


def never_met(account: Account, story: str) -> Q:
    """Which stories this account never meets; `story` is the path of the story's key from the row."""
    lines = Never.objects.filter(account=account.pk)

    def codes(what: str) -> QuerySet[Never, Any]:
        return lines.filter(what=what).values("code")

    here = OuterRef(story)
    tags = meant(lines.filter(what=What.TAG).values("tag"))
    tagged = EffectiveTag.objects.filter(story=here, tag__in=tags)
    warned = StoryWarning.objects.filter(story=here, code__in=codes(What.WARNING))
    filed = StoryCategory.objects.filter(story=here, code__in=codes(What.CATEGORY))
    only = lines.filter(what=What.ONLY_LANGUAGE)
    foreign = Q(Exists(only)) & ~Q(language__in=only.values("code"))
    plain = (
        Q(rating__in=codes(What.RATING))
        | Q(status__in=codes(What.STATUS))
        | Q(language__in=codes(What.LANGUAGE))
    )
    itself = Story.objects.filter(plain | foreign, pk=here)
    return Q(Exists(tagged)) | Q(Exists(warned)) | Q(Exists(filed)) | Q(Exists(itself))
