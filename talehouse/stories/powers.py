"""What each role on a story may do: one table for the gate, the pages, `docs/roles.md` and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Power(StrEnum):
    """One thing that a role may allow."""

    READ = "read"
    """Open drafts, scheduled and withdrawn parts, and every revision."""
    ANNOTATE = "annotate"
    """Write private notes beside a draft."""
    WRITE = "write"
    """Change a part's text, title and notes; name and restore revisions."""
    ARRANGE = "arrange"
    """Add parts, order them, move them to another story."""
    DESCRIBE = "describe"
    """Change what the story says of itself: title, summary, tags, cover, series, who may see it."""
    RELEASE = "release"
    """Publish, schedule, set the rhythm."""
    REMOVE = "remove"
    """Withdraw and delete parts, and bring them back; withdraw the story."""
    INVITE = "invite"
    """Invite people, and let editors and beta readers go."""
    OWN = "own"
    """Delete or orphan the story, let an author go: only with the consent of every author."""


_AUTHORS = frozenset({"author", "co-author"})
_EDITORS = _AUTHORS | {"editor"}
_EVERYBODY = _EDITORS | {"beta"}

POWERS: Mapping[Power, frozenset[str]] = MappingProxyType(
    {
        Power.READ: _EVERYBODY,
        Power.ANNOTATE: _EVERYBODY,
        Power.WRITE: _EDITORS,
        Power.ARRANGE: _AUTHORS,
        Power.DESCRIBE: _AUTHORS,
        Power.RELEASE: _AUTHORS,
        Power.REMOVE: _AUTHORS,
        Power.INVITE: _AUTHORS,
        Power.OWN: _AUTHORS,
    }
)
"""The roles (codes of `RoleKind`) that have each power."""

WORDS: Mapping[Power, Promise] = MappingProxyType(
    {
        Power.READ: _("open drafts, scheduled and withdrawn parts, and every revision"),
        Power.ANNOTATE: _("write private notes beside a draft"),
        Power.WRITE: _("change a part’s text, title and notes; name and restore revisions"),
        Power.ARRANGE: _("add parts, order them, move them to another story"),
        Power.DESCRIBE: _(
            "change what the story says of itself, and the order of its authors; seal old texts"
        ),
        Power.RELEASE: _("publish, schedule, set the rhythm"),
        Power.REMOVE: _("withdraw and delete parts, and bring them back; withdraw the story"),
        Power.INVITE: _("invite people, change or end the role of an editor or a beta reader"),
        Power.OWN: _("delete the story, leave it to the archive, let an author go: see below"),
    }
)
"""The powers in plain words, as pages and `docs/roles.md` say them."""
