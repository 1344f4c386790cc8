"""A release is told to every follower exactly once, however often the process that tells them dies."""

from __future__ import annotations

import subprocess

import pytest

from tests.serving import ROOT, TALEHOUSE, Begin, Serving

FOLLOWERS = 2500

MADE = """
import json
from talehouse.accounts import pen_names
from talehouse.accounts.models import Account
from talehouse.activity.log import deliver_all
from talehouse.library import following
from talehouse.library.models import Follow
from talehouse.notifications import telling
from talehouse.stories import publishing
writer = Account.objects.create_user("wren@example.org")
pen_name = pen_names.add("Wren", by=writer)
story = publishing.create(by=writer, pen_name=pen_name, title="Followed", rating="general")
publishing.publish(publishing.add_part(story, by=writer, title="One", html="<p>One.</p>"), by=writer)
people = Account.objects.bulk_create(
    [Account(email=f"reader{{n}}@example.org", password="!") for n in range({followers})], batch_size=500
)
story_too = [Follow(account=one, target=Follow.Target.STORY, target_id=story.pk) for one in people]
name_too = [Follow(account=one, target=Follow.Target.PEN_NAME, target_id=pen_name.pk) for one in people[::3]]
Follow.objects.bulk_create(story_too + name_too, batch_size=500)
following.follow(story, by=writer)
deliver_all()
telling.fan_out()
publishing.publish(publishing.add_part(story, by=writer, title="Two", html="<p>Two.</p>"), by=writer)
deliver_all()
print(json.dumps(telling.FanOut.objects.filter(done_at=None).count()))
"""

TELL = """
import time
from talehouse.notifications import telling
telling.BATCH = 200
whole = telling.{name}
def stops(*arguments):
    done = whole(*arguments)
    print("here", flush=True)
    time.sleep(600)
telling.{name} = stops
telling.fan_out()
"""
"""`_next_batch`: it dies between two batches; `tell`: in the midst of one, before it is written down."""


def shell(house: Serving, code: str) -> subprocess.Popen[str]:
    """Code inside Django, in a process of its own."""
    return subprocess.Popen(
        [TALEHOUSE, "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=house.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(house: Serving) -> int:
    """How many notifications of the new part there are."""
    return house.number("SELECT count(*) FROM notifications_notification WHERE kind = 'new-part'")


@pytest.fixture
def house(begin: Begin) -> Serving:
    """An archive in which a part waits to be told to its followers."""
    house = begin()
    house.run("migrate", "-v", "0")
    assert house.python(MADE.format(followers=FOLLOWERS)) == 1
    assert told(house) == 0
    return house


def test_everybody_is_told_once_whenever_it_dies(house: Serving) -> None:
    for name, more in (("_next_batch", 199), ("tell", 0), ("_next_batch", 200), ("tell", 0)):
        before = told(house)
        with shell(house, TELL.format(name=name)) as process:
            assert process.stdout is not None and process.stdout.readline() == "here\n"
            process.kill()
        assert told(house) == before + more, name
    both = [shell(house, "from talehouse.notifications import telling; telling.fan_out()") for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    query = (
        "SELECT count(*), count(DISTINCT account_id), max(count) FROM notifications_notification "
        "WHERE kind = 'new-part'"
    )
    assert house.rows(query) == [(FOLLOWERS, FOLLOWERS, 1)], (
        "each once; the writer, who follows herself, never"
    )
