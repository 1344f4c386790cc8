"""What the worker does for an import: read the files, write the stories, forget what nobody answered.

Each may run twice without harm, as it looks at the state first and ends in one transaction.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.activity.log import record
from talehouse.imports.bringing import Terms, bring
from talehouse.imports.found import BadFileError, FoundStory
from talehouse.imports.models import Import
from talehouse.imports.opening import open_files, patient
from talehouse.imports.previewing import answered_below, cover_to_show, preview
from talehouse.stories.errors import RuleError


def do(job: Import) -> None:
    """The next step of an import. Whatever goes wrong is said on its page, and nothing is half written."""
    try:
        if job.state == Import.State.WAITING:
            _read(job)
        elif job.state == Import.State.AGREED:
            _write(job)
    except (BadFileError, RuleError) as error:
        end(job, Import.State.FAILED, message=str(error))
    except Exception:
        end(job, Import.State.FAILED, message=_("Something went wrong here, and nothing was written."))
        raise


def folder(job: Import) -> Path:
    """Where the files of an import wait."""
    return Path(settings.UPLOADS) / str(job.uuid)


def _found(job: Import) -> list[FoundStory]:
    return open_files([Path(settings.UPLOADS) / file.path for file in job.files.order_by("pk")])


def _read(job: Import) -> None:
    shown = [_shown(found, job) for found in _found(job)]
    waiting = Import.objects.filter(pk=job.pk, state=Import.State.WAITING)
    waiting.update(state=Import.State.READY, preview=shown)


def _shown(found: FoundStory, job: Import) -> dict[str, Any]:
    with patient(sum(len(part.html) for part in found.parts), name=found.title):
        shown = preview(found, by=job.owner)
    shown["cover_url"] = cover_to_show(found, by=job.owner)
    shown["doubts"] += answered_below(found, by=job.owner)
    return shown


def _write(job: Import) -> None:
    """All stories or none, together with the import's own state."""
    if job.pen_name is None:
        raise RuleError(_("There is no pen name to sign with."))
    terms = Terms(
        by=job.owner,
        pen_name=job.pen_name,
        language=job.language or "en",
        publish=job.publish,
        rating=job.rating,
    )
    found = _found(job)
    with transaction.atomic():
        fresh = Import.objects.select_for_update().get(pk=job.pk)
        if fresh.state != Import.State.AGREED:
            return
        fresh.stories.set([bring(story, terms) for story in found])
        record("import.done", actor=job.owner_id, subject=fresh)
        end(fresh, Import.State.DONE)


def end(job: Import, state: Import.State, *, message: str = "") -> None:
    """The import is over; its files go once that is certain."""
    with transaction.atomic():
        Import.objects.filter(pk=job.pk).update(
            state=state, message=message, ended_at=timezone.now(), preview=[]
        )
        job.files.all().delete()
        transaction.on_commit(lambda: shutil.rmtree(folder(job), ignore_errors=True))


def give_up(uuid: str) -> None:
    """The worker ended each time it tried this import: say so on its page."""
    for job in Import.objects.filter(uuid=uuid, state__in=(Import.State.WAITING, Import.State.AGREED)):
        end(job, Import.State.FAILED, message=_("Something went wrong here, and nothing was written."))


def forget_left() -> int:
    """Drop imports that nobody answered for a week; the worker calls it."""
    before = timezone.now() - timedelta(days=7)
    left = Import.objects.filter(state__in=(Import.State.WAITING, Import.State.READY), made_at__lt=before)
    jobs = list(left)
    for job in jobs:
        end(job, Import.State.DISCARDED)
    return len(jobs)
