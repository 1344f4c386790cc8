"""The worker's door to this room."""

from contextlib import suppress

from django_tasks import task

from talehouse.accounts.models import Account
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.wrangling import undoing_imports
from talehouse.wrangling.models import Change


@task()
def undo_import(change: int, by: int) -> None:
    """Undo an import. Whoever may do so no more, or comes too late, changes nothing."""
    with suppress(NotAllowedError, RuleError):
        undoing_imports.undo_import(Change.objects.get(pk=change), by=Account.objects.get(pk=by))
