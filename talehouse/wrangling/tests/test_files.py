"""Vocabularies as files: what is read, what is left out, what is refused, and the way there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from talehouse.activity.models import Event
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import TagUse
from talehouse.tags.models import Above, Member, Tag
from talehouse.wrangling import bringing
from talehouse.wrangling.files.entries import Entry
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.tests.sorted_tags import (
    above,
    found,
    make_canonical,
    make_synonym,
    members,
    put_under,
    set_aside,
    set_members,
    tag,
    tagged,
)
from tests.cast import Cast
from tests.delivering import deliver_now

AO3 = """id, type, name, canonical, cached_count, merger_id
1,Fandom,The Weir,True,30,-1,
2,Fandom,None,True,12,-1,
3,Fandom,Weir &amp; Lock,TRUE,3,
4,Character,Mira Vey,True,9,
5,Character,Mira,False,2,4
6,Character,Mirra,False,2,5
7,Relationship,Mira Vey/Orlan,True,9,
8,Freeform,"Lamps, oil",True,9,
9,Freeform,lamps,FALSE,1,
10,Freeform,Redacted,FALSE,1,
11,Media,TV Shows,TRUE,910,
12,Freeform,lost,FALSE,1,99
13,Freeform,mira,FALSE,1,4
"""


def written(folder: Path, text: str, name: str = "tags.csv") -> str:
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    call_command("vocabulary", *words, "--json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def standings() -> dict[str, str]:
    return {f"{one.kind}: {one.name}": one.standing for one in Tag.objects.all()}


def test_the_columns_of_ao3(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "import", written(tmp_path, AO3))
    assert standings() == {
        "fandom: The Weir": "canonical",
        "fandom: Weir & Lock": "canonical",
        "character: Mira Vey": "canonical",
        "character: Mira": "synonym",
        "character: Mirra": "synonym",
        "relationship: Mira Vey/Orlan": "canonical",
        "theme: Lamps, oil": "canonical",
        "theme: lamps": "unsorted",
        "theme: lost": "unsorted",
        "theme: mira": "unsorted",
    }
    assert tag("Mirra", "character").merged_into == tag("Mira Vey", "character")
    assert tag("Mira Vey/Orlan", "relationship").romantic is True
    assert told == {
        "import": Change.objects.get().pk,
        "made": 10,
        "sorted": 7,
        "kept": 0,
        "steps": 0,
        "skipped": {"of the type Media": 1, "synonyms of what is not in the file": 2, "withheld names": 2},
    }
    assert TagUse.objects.count() == 10 and Change.objects.get().act == Act.IMPORT
    again = run(capsys, "import", written(tmp_path, AO3))
    assert (again["made"], again["sorted"], again["kept"]) == (0, 0, 10)


def test_themes_as_names_and_counts(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, '{"Rock &#x27;n&#x27; Roll": 3, "Unused": 0, "Lost": -1}', "freeforms.json")
    assert run(capsys, "import", path)["skipped"] == {"not in use": 2}
    assert standings() == {"theme: Rock 'n' Roll": "canonical"}


OWN = """kind,name,standing,above,merged_into,members
theme,Oil lamps,canonical,"theme: Lamps
fandom: The Weir",,
theme,Lamps,canonical,,,
theme,lampes,synonym,,Lamps,
fandom,The Weir,canonical,theme: Lamps,,
character,Mira,canonical,,,
character,Orlan,canonical,,,
character,Wen,unsorted,,,
relationship,Mira/Orlan,canonical,,,"Mira
Orlan"
relationship,Mira/Wen,canonical,,,"Mira
Wen"
theme,Lamps,aside,,,
theme,!!!,aside,,,
theme,Circle,canonical,theme: Circle,,
theme,odd,synonym,,Wen,
"""


def test_our_own_columns(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "import", written(tmp_path, OWN))
    assert above("Oil lamps") == {"Lamps", "The Weir"} and above("The Weir", "fandom") == set()
    assert members("Mira/Orlan") == ["Mira", "Orlan"] and members("Mira/Wen") == []
    assert tag("lampes").merged_into == tag("Lamps")
    assert told["steps"] == 2
    assert told["skipped"] == {
        "members that cannot be": 1,
        "steps upward that cannot be": 2,
        "synonyms of what is not canonical": 1,
        "the same tag again": 1,
    }


def test_there_and_back(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "BATCH", 2)
    host = cast.host
    names = [("theme", "Lamps, “oil”"), ("theme", "Light"), ("character", "Mira"), ("character", "Orlan")]
    pair = tag("Mira & Orlan", "relationship")
    make_canonical([*(tag(name, kind) for kind, name in names), tag("Weir", "fandom"), pair], by=host)
    make_synonym([tag("lampes"), tag("灯")], tag("Lamps, “oil”"), by=host)
    put_under(tag("Lamps, “oil”"), tag("Light"), by=host)
    put_under([tag("Light"), tag("Mira", "character")], tag("Weir", "fandom"), by=host)
    set_members(pair, [tag("Orlan", "character"), tag("Mira", "character")], by=host, romantic=None)
    set_aside(tag("hmm\ttags"), by=host)
    entries = list(bringing.told())
    path = str(tmp_path / "out.csv")
    assert run(capsys, "export", path) == {"tags": 9, "file": path}
    Change.objects.all().delete()
    for model in (Above, Member):
        model._default_manager.all().delete()
    Tag.objects.update(standing="unsorted", merged_into=None)
    Tag.objects.all().delete()
    assert run(capsys, "import", path)["made"] == 9
    assert [e for e in bringing.told() if e.kind != "relationship"] == [
        e for e in entries if e.kind != "relationship"
    ]
    (made,) = (e for e in bringing.told() if e.kind == "relationship")
    assert made.members == ("Orlan", "Mira") and made.above == (("character", "Mira"), ("character", "Orlan"))


def test_what_wranglers_have_sorted_here_stands(cast: Cast) -> None:
    one = tagged(cast, "One", "lampes", "Oil")
    make_synonym(tag("lamps"), tag("Lanterns"), by=cast.host)
    set_aside(tag("Oil"), by=cast.host)
    entries = [
        Entry("theme", "Lamps", "canonical"),
        Entry("theme", "Oil", "canonical"),
        Entry("theme", "lampes", "synonym", merged_into="Lamps"),
    ]
    seen = Event.objects.filter(verb="tag.wrangled").count()
    brought = bringing.bring(entries, by=cast.host)
    assert (brought.made, brought.sorted, brought.kept) == (0, 1, 2)
    assert tag("Oil").standing == "aside" and tag("lampes").merged_into == tag("Lanterns")
    assert Event.objects.filter(verb="tag.wrangled").count() == seen + 1
    deliver_now()
    assert found(one) == {"lampes", "Lanterns", "Oil"}


def test_names_that_share_an_address_get_numbers(db: None) -> None:
    tag("C")
    bringing.bring([Entry("theme", name, "canonical") for name in ("C+", "C++", "C")], by=None)
    assert sorted(Tag.objects.values_list("slug", flat=True)) == ["c", "c-2", "c-3"]


def test_others_bring_nothing(cast: Cast) -> None:
    for who in ("reader", "suspended"):
        with pytest.raises(NotAllowedError):
            bringing.bring([Entry("theme", "Lamps", "canonical")], by=getattr(cast, who))
    assert not Tag.objects.exists()


BAD = {
    "no columns": ("a,b,c\n1,2,3\n", "line 1: the columns should be"),
    "a kind": ("kind,name,standing\nmood,Sad,canonical\n", "line 2: there is no kind 'mood'"),
    "a standing": ("kind,name,standing\ntheme,Sad,good\n", "line 2: there is no standing 'good'"),
    "a name": ("kind,name,standing\ntheme, ,aside\n", "line 2: the name is missing"),
    "a meaning": ("kind,name,standing,merged_into\ntheme,Sad,synonym,\n", "line 2: a synonym names"),
    "a step": ("kind,name,standing,above\ntheme,Sad,canonical,Weir\n", "line 2: above should have lines"),
    "a bond": ("kind,name,standing,romantic\ntheme,Sad,aside,very\n", "line 2: romantic is yes, no"),
    "columns of ao3": (
        "id,type,name,canonical,cached_count,merger_id\n1,Fandom\n",
        "line 2: there should be 6",
    ),
    "a quote": ('kind,name,standing\ntheme,"Sad"x,aside\n', "is no table in CSV"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_cannot_be_read_changes_nothing(db: None, tmp_path: Path, what: str) -> None:
    text, why = BAD[what]
    good = written(tmp_path, AO3, "good.csv")
    with pytest.raises(CommandError, match=why) as refused:
        call_command("vocabulary", "import", good, written(tmp_path, text))
    assert refused.value.returncode == 2 and not Tag.objects.exists()


def test_files_that_are_not_there_or_nothing_of_ours(db: None, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("kind,name,standing\ntheme,Caf\xe9,aside\n".encode("latin-1"))
    (tmp_path / "empty").mkdir()
    for name, why in {
        "lost.csv": "cannot be read: No such file",
        "latin.csv": "is not in UTF-8",
        "empty": "holds no .csv",
    }.items():
        with pytest.raises(CommandError, match=why) as refused:
            call_command("vocabulary", "import", str(tmp_path / name))
        assert refused.value.returncode == 2
    for text, why in {"{": "is no JSON", "[1]": "one object", '{"a": "b"}': "one object"}.items():
        with pytest.raises(CommandError, match=why):
            call_command("vocabulary", "import", written(tmp_path, text, "bad.json"))
    for paths in ([str(tmp_path)], ["a.csv", "b.csv"]):
        with pytest.raises(CommandError) as refused:
            call_command("vocabulary", "export", *paths)
        assert refused.value.returncode == 2
