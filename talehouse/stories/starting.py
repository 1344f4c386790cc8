"""Beginning to write: a story and its first part, with nothing asked that can wait."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.stories import describing, publishing
from talehouse.stories.models import Part
from talehouse.tags.vocabulary import Warning


@transaction.atomic
def begin(*, by: Account, pen_name: PenName, title: str, language: str, rating: str, html: str) -> Part:
    """A new story with its first part, both private; its warnings begin at "chose not to warn"."""
    story = publishing.create(by=by, pen_name=pen_name, title=title, language=language, rating=rating)
    describing.set_warnings(story, [Warning.CHOSE_NOT], by=by)
    return publishing.add_part(story, by=by, title=_("Part 1"), html=html)
