"""Bringing stories in by the page, step by step, for the tests of this room."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase

from talehouse.imports import working
from talehouse.imports.models import Import
from tests.cast import Cast

ONE = b"# The Weir\n\n## One\n\nThe lamp was warm, and nobody asked why.\n\n## Two\n\nUntil the water did.\n"
THREE = ONE + b"\n## Three\n\nThen they all spoke at once.\n"


def upload(client: Client, *files: tuple[str, bytes]) -> Any:
    return client.post("/write/import/", {"files": [SimpleUploadedFile(*file) for file in files]})


def choose(client: Client, *files: tuple[str, bytes]) -> Import:
    response = upload(client, *(files or (("weir.md", ONE),)))
    assert response.status_code == 302
    job = Import.objects.order_by("-pk").first()
    assert job is not None and response["Location"] == job.url
    return job


def worked(job: Import) -> Import:
    """The worker has done its next step, with what follows its transaction."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        working.do(Import.objects.get(pk=job.pk))
    return Import.objects.get(pk=job.pk)


def agree(client: Client, cast: Cast, job: Import, who: str = "writer", **more: Any) -> Any:
    given = {"agree": "1", "pen_name": cast.pen(who).pk, "language": "en", **more}
    return client.post(job.url, given)


def shown(client: Client, job: Import) -> str:
    response = client.get(job.url)
    assert response.status_code == 200
    return str(response.content.decode())


def kept(job: Import) -> bool:
    return working.folder(job).exists()
