"""Forgetting who brought something in: one story that its writer has left, or all that an account brought.

The stories stay as they are.
"""

from __future__ import annotations

import shutil
from functools import partial

from django.db import transaction

from talehouse.accounts.models import Account
from talehouse.imports.models import Import, Source
from talehouse.imports.working import folder


def forget_writer(story_id: int, account: Account) -> None:
    """Nothing says any more that this account brought this story in."""
    for job in Import.objects.filter(owner=account, stories=story_id):
        job.stories.remove(story_id)
    Source.objects.filter(owner=account, story=story_id).delete()


@transaction.atomic
def forget_all(account: Account) -> None:
    """No import of this account is left, no file of one, and no note of where its stories came from."""
    for job in Import.objects.filter(owner=account):
        transaction.on_commit(partial(shutil.rmtree, folder(job), ignore_errors=True))
        job.stories.clear()
        job.delete()
    Source.objects.filter(owner=account).delete()
