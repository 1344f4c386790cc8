"""Two hundred people at one part at once: nobody sees an error, and every counter equals its rows (law 3)."""

from __future__ import annotations

import json
import subprocess

import pytest

from talehouse.accounts.models import Account
from talehouse.comments.models import Comment
from tests.cast import Cast, first, person, story
from tests.crowding import Crowd, wrong
from tests.serving import ROOT, TALEHOUSE, Begin, Serving

PEOPLE = 200
PROCESSES = 4
GONE = "This comment is not here any more."
"""What somebody is told who answers a comment that was taken back at this moment."""

MADE = """
import json, sys
sys.path.insert(0, {root!r})
from talehouse.accounts.models import Account
from talehouse.stories import publishing
from tests.cast import PROSE, person
writer = person("writer")
story = publishing.create(by=writer, pen_name=writer.pen_name, title="The Weir", rating="general")
part = publishing.add_part(story, by=writer, title="One", html=PROSE)
publishing.publish(part, by=writer)
for number in range({people}):
    person(f"reader_{{number}}")
print(json.dumps(part.pk))
"""
ACT = """
import json, sys
sys.path.insert(0, {root!r})
from talehouse.accounts.models import Account
from tests.crowding import Crowd
mine = list(Account.objects.filter(email__startswith="reader_").order_by("pk")[{number}::{processes}])
crowd = Crowd({part}, rounds={rounds})
crowd.together(mine)
print(json.dumps({{"refused": crowd.refused, "errors": crowd.errors}}))
"""
LOOK = """
import json, sys
sys.path.insert(0, {root!r})
from talehouse.accounts.models import Account
from talehouse.comments.models import Comment
from tests.crowding import wrong
people = list(Account.objects.filter(email__startswith="reader_"))
print(json.dumps({{"wrong": wrong({part}, people), "comments": Comment.objects.count()}}))
"""


@pytest.mark.django_db(transaction=True)
def test_two_hundred_threads(cast: Cast) -> None:
    part = first(story(cast))
    people = [person(f"reader_{number}") for number in range(PEOPLE)]
    crowd = Crowd(part.pk)
    crowd.together(people)
    assert crowd.errors == []
    assert set(crowd.refused) <= {GONE}
    assert wrong(part.pk, people) == []
    assert Comment.objects.count() > PEOPLE
    assert Account.objects.count() > PEOPLE


def act_in_processes(house: Serving, *, rounds: int) -> None:
    """All of them, in several processes at once, and a look when all have gone."""
    house.run("migrate", "-v", "0")
    root = str(ROOT)
    part = house.python(MADE.format(root=root, people=PEOPLE))
    acting = [
        subprocess.Popen(
            [
                TALEHOUSE,
                "shell",
                "--no-imports",
                "-c",
                ACT.format(root=root, part=part, number=number, processes=PROCESSES, rounds=rounds),
            ],
            cwd=ROOT,
            env=house.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for process in acting:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        told = json.loads(out.strip().splitlines()[-1])
        assert told["errors"] == []
        assert set(told["refused"]) <= {GONE}
    found = house.python(LOOK.format(root=root, part=part))
    assert found["wrong"] == [] and found["comments"] > PEOPLE * rounds
    assert house.json("recount", "--check") == {"differences": [], "mended": False}


def test_two_hundred_people_in_several_processes(begin: Begin) -> None:
    act_in_processes(begin(), rounds=1)


@pytest.mark.slow
def test_they_go_on_for_a_while(begin: Begin) -> None:
    act_in_processes(begin(), rounds=5)
