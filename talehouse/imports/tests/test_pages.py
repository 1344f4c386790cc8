"""Bringing stories in from the browser: from choosing files to publishing, and every way it can end early."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings as site_settings
from django.test import Client, TestCase
from django_tasks import task_backends
from pytest_django import Settings

from talehouse.imports import asking, working
from talehouse.imports.bringing import bring
from talehouse.imports.models import Import, ImportFile
from talehouse.imports.tests.by_page import ONE, THREE, agree, choose, kept, shown, upload, worked
from talehouse.site import house
from talehouse.stories import approving
from talehouse.stories.models import Story
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("own_folder")


def test_from_files_to_readers(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    assert "Reading your files" in shown(client, job)
    assert worked(job).state == Import.State.READY
    page = shown(client, job)
    assert "The Weir" in page and "One" in page and "Two" in page
    assert not Story.objects.exists()
    assert agree(client, cast, job).status_code == 302
    assert worked(job).state == Import.State.DONE
    story = Story.objects.get()
    assert (story.title, story.part_count, story.parts.count()) == ("The Weir", 0, 2)
    assert story.url in shown(client, job)
    assert "The Weir" in client.get("/write/").content.decode()
    assert client.post(f"/write/stories/{story.pk}/publish/")["Location"] == story.url
    story.refresh_from_db()
    assert story.part_count == 2
    assert not kept(job) and not ImportFile.objects.exists()


def test_published_at_once(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    worked(job)
    agree(client, cast, job, publish="on")
    worked(job)
    assert Story.objects.get().part_count == 2


def published_from(client: Client, cast: Cast, data: bytes = ONE) -> str:
    """The last page of an import whose parts were to come out at once, in one line."""
    job = choose(client, ("weir.md", data))
    worked(job)
    agree(client, cast, job, publish="on")
    return " ".join(shown(client, worked(job)).split())


def test_a_first_story_that_waits_for_the_host_is_not_called_published(cast: Cast) -> None:
    client = cast.client("writer")
    house.change(approves_first_story=True)
    page = published_from(client, cast)
    story = Story.objects.get()
    assert story.held_at is not None and story.part_count == 2
    assert '<span class="badge">Waits for the host</span>' in page and ">published<" not in page
    assert page.count("This story waits for the host, who looks at every") == 1
    approving.approve(story, by=cast.host)
    page = published_from(client, cast, THREE)
    assert ">published<" in page and "aits for the host" not in page


def test_a_file_that_has_grown_updates_its_story(cast: Cast) -> None:
    client = cast.client("writer")
    for data in (ONE, THREE):
        job = choose(client, ("weir.md", data))
        worked(job)
        page = shown(client, job)
        agree(client, cast, job)
        worked(job)
    assert "updates a story that is here" in page
    assert Story.objects.get().parts.count() == 3


def test_agreeing_twice_writes_once(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    worked(job)
    assert [agree(client, cast, job).status_code for _time in range(2)] == [302, 302]
    assert [worked(job).state for _time in range(2)] == [Import.State.DONE] * 2
    assert Story.objects.count() == 1


def test_nothing_is_written_before_the_preview(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    agree(client, cast, job)
    assert worked(job).state == Import.State.READY
    assert not Story.objects.exists()


def test_discarded(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    worked(job)
    assert kept(job)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(job.url, {"discard": "1"})["Location"] == "/write/import/"
    assert worked(job).state == Import.State.DISCARDED
    assert "Nothing was changed" in shown(client, job)
    assert not kept(job) and not Story.objects.exists()
    agree(client, cast, job)
    assert worked(job).state == Import.State.DISCARDED and not Story.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "host", "visitor"])
def test_somebody_else_s_import_is_nobody_s_business(cast: Cast, who: str) -> None:
    job = worked(choose(cast.client("writer")))
    client = cast.client(who)
    expected = 302 if who == "visitor" else 404
    assert client.get(job.url).status_code == expected
    assert agree(client, cast, job).status_code == expected
    assert client.post(job.url, {"discard": "1"}).status_code == expected
    job.refresh_from_db()
    assert job.state == Import.State.READY


def test_nobody_signs_with_somebody_else_s_name(cast: Cast) -> None:
    client = cast.client("writer")
    job = worked(choose(client))
    assert agree(client, cast, job, "stranger").status_code == 400
    assert worked(job).state == Import.State.READY


def test_nobody_publishes_somebody_else_s_story(cast: Cast) -> None:
    client = cast.client("writer")
    job = worked(choose(client))
    agree(client, cast, job)
    worked(job)
    story = Story.objects.get()
    assert cast.client("stranger").post(f"/write/stories/{story.pk}/publish/").status_code == 404
    story.refresh_from_db()
    assert story.part_count == 0


def test_files_that_are_too_large_together(cast: Cast, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 2 * 1024 * 1024
    client = cast.client("writer")
    half = b"words " * 200_000
    response = upload(client, ("a.txt", half), ("b.txt", half))
    assert response.status_code == 400
    assert "more than 2 MB together" in response.content.decode()
    assert not Import.objects.exists() and not Path(settings.UPLOADS).exists()


def test_no_files(cast: Cast) -> None:
    response = cast.client("writer").post("/write/import/", {})
    assert response.status_code == 400
    assert "choose at least one file" in response.content.decode()


def test_a_suspended_account_brings_nothing_in(cast: Cast) -> None:
    client = cast.client("suspended")
    assert upload(client, ("weir.md", ONE)).status_code == 403
    assert not Import.objects.exists()


def test_suspended_between_looking_and_writing(cast: Cast) -> None:
    client = cast.client("writer")
    job = worked(choose(client))
    agree(client, cast, job)
    cast.writer.suspended_at = job.made_at
    cast.writer.save()
    assert worked(job).state == Import.State.FAILED
    assert not Story.objects.exists()


def truncated(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def zipped(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"%PDF-1.7 ...", "PDF"),
        ("empty.txt", b"", "empty.txt"),
        ("a.fb2", b'<?xml version="1.0"?>\n<FictionBook xmlns="x"><body/></FictionBook>', "FictionBook"),
        ("a.docx", truncated(zipped({"word/document.xml": b"<w/>" * 99})), "a.docx"),
        ("a.epub", b"PK\x03\x04" + bytes(300), "damaged"),
        ("a.zip", zipped({"a.txt": b" " * 30_000_000}), "a.txt"),
        ("noise.bin", bytes(range(256)) * 9, "noise.bin"),
    ],
    ids=["pdf", "empty", "fb2", "docx", "epub", "zip", "noise"],
)
def test_a_file_that_cannot_be_read_is_one_plain_sentence(
    cast: Cast, name: str, data: bytes, words: str
) -> None:
    client = cast.client("writer")
    job = worked(choose(client, (name, data)))
    assert job.state == Import.State.FAILED
    assert words in job.message and "Traceback" not in job.message and len(job.message) < 300
    assert words in shown(client, job)
    assert not kept(job)


def test_hostile_names_are_only_names(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client, ("../../<b>weir</b>.md", ONE.replace(b"# The Weir\n\n", b"")))
    assert [path.is_relative_to(working.folder(job)) for path in working.folder(job).rglob("*.md")] == [True]
    worked(job)
    assert "<b>weir" not in shown(client, job)


def test_markup_in_titles_is_only_words(cast: Cast) -> None:
    client = cast.client("writer")
    evil = (
        b"---\ntitle: '<script>x</script>'\nsummary: '<img src=x onerror=y> fine'\n---\n\n# <i>One</i>\n\na"
    )
    page = shown(client, worked(choose(client, ("a.md", evil))))
    assert "<script>x" not in page and "<img src=x" not in page and "&lt;script&gt;x" in page


def test_a_crash_while_writing_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.client("writer")
    two = (("weir.md", ONE), ("mill.md", ONE.replace(b"The Weir", b"The Mill")))
    job = worked(choose(client, *two))
    agree(client, cast, job)
    job.refresh_from_db()
    calls: list[Any] = []

    def crash_at_the_second(*arguments: Any) -> Story:
        calls.append(arguments)
        if len(calls) == 2:
            raise MemoryError
        return bring(*arguments)

    monkeypatch.setattr("talehouse.imports.working.bring", crash_at_the_second)
    with TestCase.captureOnCommitCallbacks(execute=True), pytest.raises(MemoryError):
        working.do(job)
    job.refresh_from_db()
    assert len(calls) == 2 and job.state == Import.State.FAILED
    assert not Story.objects.exists() and not kept(job)
    assert "nothing was written" in shown(client, job)


def test_what_nobody_answers_is_forgotten(cast: Cast) -> None:
    client = cast.client("writer")
    old, new = worked(choose(client)), worked(choose(client))
    Import.objects.filter(pk=old.pk).update(made_at=old.made_at - timedelta(days=8))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert working.forget_left() == 1
    old.refresh_from_db()
    assert (old.state, kept(old), kept(new)) == (Import.State.DISCARDED, False, True)


def test_a_visitor_is_asked_to_sign_in(cast: Cast) -> None:
    client = cast.client("visitor")
    for address in ("/write/", "/write/import/"):
        response = client.get(address)
        assert response.status_code == 302 and site_settings.LOGIN_URL in response["Location"]


def test_the_worker_is_asked_at_each_step(cast: Cast) -> None:
    client = cast.client("writer")
    backend: Any = task_backends["default"]
    backend.clear()
    job = worked(choose(client))
    agree(client, cast, job)
    assert [result.args[0] for result in backend.results] == [str(job.uuid)] * 2


def test_a_long_name_in_a_wide_script_is_kept_short(cast: Cast) -> None:
    """File systems count bytes: 255 of them, and a Chinese character has three."""
    job = choose(cast.client("writer"), ("堰" * 150 + ".md", ONE))
    file = job.files.get()
    assert file.name.startswith("堰堰") and file.name.endswith(".md")
    assert worked(job).state == Import.State.READY


def test_nothing_stays_of_an_upload_that_fails(cast: Cast, settings: Settings) -> None:
    client = cast.client("writer")
    full = OSError("the disk is full")
    with mock.patch.object(asking, "get_language", side_effect=full), pytest.raises(OSError, match="full"):
        upload(client, ("weir.md", ONE))
    assert not Import.objects.exists()
    assert list(Path(settings.UPLOADS).iterdir()) == []
