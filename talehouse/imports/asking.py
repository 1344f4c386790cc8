"""What a person asks of an import: bring files, agree to what the preview shows, or discard it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.imports.models import Import, ImportFile
from talehouse.imports.tasks import work
from talehouse.imports.working import end, folder
from talehouse.stories.errors import NotAllowedError, RuleError

LONGEST_NAME = 200
"""Bytes of a file's name."""
MOST_OPEN = 60
"""Imports that one account may have waiting: each keeps its files in the data folder."""


def begin(files: Iterable[File[bytes]], *, by: Account) -> Import:
    """Keep the files and ask the worker to read them. Raises RuleError without files or with too much."""
    chosen = list(files)
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended and cannot bring anything in."))
    if Import.objects.filter(owner=by, ended_at=None).count() >= MOST_OPEN:
        raise RuleError(_("Many of your imports are still open. Agree to them or discard them first."))
    if not chosen:
        raise RuleError(_("Please choose at least one file."))
    if sum(file.size or 0 for file in chosen) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        raise RuleError(
            _("These files are more than %(limit)s MB together. Bring them in smaller lots.")
            % {"limit": limit}
        )
    job = Import(owner=by)
    try:
        kept = [_keep(job, number, file) for number, file in enumerate(chosen)]
        with transaction.atomic():
            job.save()
            ImportFile.objects.bulk_create(kept)
            work.enqueue(str(job.uuid), get_language())
    except BaseException:
        shutil.rmtree(folder(job), ignore_errors=True)  # no row will ever point to them
        raise
    return job


def _keep(job: Import, number: int, file: File[bytes]) -> ImportFile:
    """The file in the data folder, before any row points to it."""
    name = _short(Path((file.name or "").replace("\\", "/")).name) or f"file-{number}"
    path = folder(job) / str(number) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return ImportFile(job=job, name=name, path=str(path.relative_to(settings.UPLOADS)), size=file.size or 0)


def _short(name: str) -> str:
    """The name in at most 200 bytes (file systems take 255), with its ending, which tells the format."""
    if len(name.encode("utf-8", "replace")) <= LONGEST_NAME:
        return name
    ending = Path(name).suffix[:20]
    room = LONGEST_NAME - len(ending.encode("utf-8", "replace"))
    return name.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + ending


def agree(
    job: Import,
    *,
    by: Account,
    pen_name: PenName,
    language: str,
    publish: bool,
    rating: str = "",
    new_pen_name: str = "",
) -> None:
    """Yes, write it down as it was shown, signed with `new_pen_name` if there is one, which is made now.

    Raises PenNameError if it cannot be taken; then nothing was agreed to.
    """
    if job.owner_id != by.pk or pen_name.account_id != by.pk or by.is_suspended:
        raise NotAllowedError(_("This import belongs to somebody else."))
    with transaction.atomic():
        ready = Import.objects.filter(pk=job.pk, state=Import.State.READY)
        agreed = {"pen_name": pen_name, "language": language, "publish": publish, "rating": rating}
        if ready.update(state=Import.State.AGREED, **agreed):
            if new_pen_name:
                made = pen_names.add(new_pen_name, by=by)
                Import.objects.filter(pk=job.pk).update(pen_name=made)
            work.enqueue(str(job.uuid), get_language())


def discard(job: Import, *, by: Account) -> None:
    """No, leave it; nothing was written."""
    if job.owner_id != by.pk:
        raise NotAllowedError(_("This import belongs to somebody else."))
    open_states = (Import.State.WAITING, Import.State.READY)
    if Import.objects.filter(pk=job.pk, state__in=open_states).exists():
        end(job, Import.State.DISCARDED)
