"""A writer's first story waits for the host, where the host wants to see it first.

The story is published as any other, and the gate shows it to its people and to hosts only (`held_at`); what
follows a release happens when the host has said yes. `stories/approving.py` is the host's side.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.site.house import current
from talehouse.stories.errors import RuleError
from talehouse.stories.locking import locked
from talehouse.stories.models import Part, RoleKind, Story, Visibility
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story

AUTHORS = (RoleKind.AUTHOR, RoleKind.CO_AUTHOR)


def hold_first(story: Story, *, by: Account) -> bool:
    """Called when something of the story is to come out, with its row held: whether the story waits now.

    One that the host refused waits anew. Hosts never wait, nor whoever has had something out before.
    """
    if story.held_at is not None:
        if story.refusal:
            _hold(story, by)
        return True
    if not would_wait(story, by):
        return False
    _hold(story, by)
    return True


def would_wait(story: Story, account: Account) -> bool:
    """Whether the host looks first at what this account lets out of the story now."""
    if story.held_at is not None:
        return True
    return current().approves_first_story and not _is_known(story, account)


@transaction.atomic
def ask_again(story: Story, *, by: Account) -> Story:
    """Let the host look once more at a story that was refused, whatever has been changed of it.

    Raises RuleError for one that was not refused, or that has nothing published any more.
    """
    held = locked(story.pk, by=by, power=Power.RELEASE)
    if not is_refused(held):
        raise RuleError(_("The host has not refused this story, or it waits for the host again already."))
    if held.release_at is None:
        raise RuleError(_("Nothing of this story is published. Publish a part of it, and the host sees it."))
    _hold(held, by)
    bump_story(held)
    return held


def is_refused(story: Story) -> bool:
    """Whether the host said no, and nobody has asked again since."""
    return story.held_at is not None and bool(story.refusal)


def _hold(story: Story, by: Account) -> None:
    story.held_at, story.refusal = timezone.now(), ""
    story.save(update_fields=["held_at", "refusal"])
    if story.visibility != Visibility.PRIVATE:
        record("story.held", actor=by.pk, subject=story)


def no_longer_private(story: Story, *, by: Account) -> None:
    """Called when a private story opens: if it waits, it is the host's business from now on."""
    if story.held_at is not None and not story.refusal:
        record("story.held", actor=by.pk, subject=story)


def _is_known(story: Story, by: Account) -> bool:
    return by.is_host or by.writes_since is not None or _had_something_out(story, by)


def _had_something_out(story: Story, by: Account) -> bool:
    """This story already, or another one of this author's."""
    own = Story.objects.filter(
        held_at=None, roles__pen_name__account=by, roles__kind__in=AUTHORS, roles__accepted_at__isnull=False
    )
    parts = Part.objects.filter(released_at__isnull=False)
    return parts.filter(story=story).exists() or parts.filter(story__in=own.values("pk")).exists()


def told(story: Story) -> str:
    """What the people of a story that waits, or was refused, have to know; "" for any other."""
    if story.held_at is None:
        return ""
    if story.refusal:
        return _("The host has not let this story out: “%(reason)s” Change it, then send it again.") % {
            "reason": story.refusal
        }
    return _(
        "This story waits for the host, who looks at every writer’s first story. "
        "Until then only its people see it; afterwards whatever you publish comes out at once."
    )


def said(story: Story, otherwise: str) -> str:
    """What to say in a word after something of the story was published: that it waits, if it does now.

    What that means stands on the page (`told`).
    """
    waits = Story.objects.filter(pk=story.pk, held_at__isnull=False).exists()
    return _("Sent to the host.") if waits else otherwise
