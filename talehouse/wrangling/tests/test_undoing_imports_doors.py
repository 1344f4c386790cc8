"""The ways to undo an import: the page, the worker, the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_tasks_db.models import DBTaskResult

from talehouse.accounts.models import Account
from talehouse.wrangling.bringing import bring
from talehouse.wrangling.models import Change
from talehouse.wrangling.tasks import undo_import as job
from talehouse.wrangling.tests.brought import FILE, names_left
from talehouse.wrangling.tests.sorted_tags import (
    make_canonical,
    make_synonym,
    set_apart,
    tag,
)
from talehouse.wrangling.undoing_imports import standing, undo_import
from tests.cast import Cast


@pytest.fixture
def desk(cast: Cast) -> Client:
    return cast.client("host")


def test_the_page_undoes_and_tells_what_it_left(cast: Cast, desk: Client) -> None:
    change = bring(FILE, by=None).change
    page = desk.get("/wrangling/log/").content.decode()
    assert "It has sorted 11 tags" in page and f'href="/wrangling/log/{change.pk}/"' in page
    make_synonym(tag("lamp"), tag("Lamps"), by=cast.host)
    set_apart(tag("lampes"), by=cast.host)
    page = desk.get(f"/wrangling/log/{change.pk}/").content.decode()
    assert "Undo the whole import" in page and "has changed since" in page and "others mean it" not in page
    answer = desk.post(f"/wrangling/log/{change.pk}/undo/", follow=True)
    page = answer.content.decode()
    assert "7 tags are as they were." in page and "4 still stand so" in page and "others mean it" in page
    assert "Orlan" not in page and "lampes" in page
    set_apart(tag("lamp"), by=cast.host)
    desk.post(f"/wrangling/log/{change.pk}/undo/")
    assert names_left(change) == {"lampes"}
    tag("lampes")
    make_synonym(tag("lampes"), tag("Lanterns"), by=cast.host)
    assert "1 still stands so" in desk.get("/wrangling/log/").content.decode()


def test_a_page_of_an_import_that_is_gone(desk: Client) -> None:
    change = bring(FILE, by=None).change
    undo_import(change, by=None)
    assert "Nothing of it stands any more." in desk.get(f"/wrangling/log/{change.pk}/").content.decode()
    answer = desk.post(f"/wrangling/log/{change.pk}/undo/", follow=True)
    assert "nothing left to undo" in answer.content.decode()
    assert "undone" in answer.content.decode()


def test_the_list_has_pages(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talehouse.wrangling.views.log.SIZE", 6)
    change = bring(FILE, by=None).change
    first = desk.get(f"/wrangling/log/{change.pk}/")
    second = desk.get(first.context["next_url"])
    assert (len(first.context["lines"]), len(second.context["lines"])) == (6, 5)
    assert second.context["next_url"] == "" and second.context["first_url"]


def test_a_large_import_is_undone_by_the_worker(
    cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("talehouse.wrangling.views.log.LONGEST", 10)
    change = bring(FILE, by=None).change
    answer = desk.post(f"/wrangling/log/{change.pk}/undo/", follow=True)
    assert "is being undone" in answer.content.decode() and standing(change).count() == 11
    waiting: Any = DBTaskResult.objects.get()
    assert waiting.args_kwargs["args"] == [change.pk, cast.host.pk]
    for _twice in range(2):
        job.func(change.pk, cast.host.pk)
    assert not standing(change).exists()


def test_a_wrangler_who_was_dismissed_meanwhile_undoes_nothing(cast: Cast) -> None:
    change = bring(FILE, by=None).change
    job.func(change.pk, cast.reader.pk)
    assert standing(change).count() == 11


def test_the_command_undoes_by_number(
    by: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("kind,name,standing,merged_into\ntheme,Lamps,canonical,\ntheme,lampes,synonym,Lamps\n")
    call_command("vocabulary", "import", str(path))
    number = Change.objects.get().pk
    assert f"vocabulary undo {number}" in capsys.readouterr().out
    make_synonym(tag("lamp"), tag("Lamps"), by=by)
    call_command("vocabulary", "undo", str(number))
    told = capsys.readouterr().out
    assert "1 tags are as they were" in told and "1 were left" in told and "theme: Lamps" in told
    set_apart(tag("lamp"), by=by)
    call_command("vocabulary", "undo", str(number), "--json")
    assert json.loads(capsys.readouterr().out) == {"undone": 1, "left": []}
    with pytest.raises(CommandError, match="nothing left") as refused:
        call_command("vocabulary", "undo", str(number))
    assert refused.value.returncode == 1


def test_the_command_wants_the_number_of_an_import(by: Account) -> None:
    with pytest.raises(CommandError, match="There has been none"):
        call_command("vocabulary", "undo", "1")
    number = bring(FILE, by=by).change.pk
    (other,) = make_canonical(tag("Ash"), by=by)
    for words in (["x"], [str(other.pk)], [str(number), str(number)], ["9" * 30]):
        with pytest.raises(CommandError, match=rf"The last ones are: {number} \(") as refused:
            call_command("vocabulary", "undo", *words)
        assert refused.value.returncode == 2
    assert standing(Change.objects.get(pk=number)).count() == 11
