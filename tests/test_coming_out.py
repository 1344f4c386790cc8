"""What visitors get through the page layer when a time comes, with no worker anywhere."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from talehouse.lib.clock import slots, zone_named
from talehouse.pages.layer import PageLayer
from talehouse.reading.tests.test_kept import Browser
from talehouse.stories import publishing, rhythm
from tests.cast import PROSE, Cast, first, story

pytestmark = pytest.mark.django_db(transaction=True)


def test_kept_pages_show_each_part_of_the_queue_from_its_second_on(cast: Cast, time_machine: Any) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=range(1, 8), at=time(18), zone="Europe/Berlin")
    parts = [publishing.add_part(made, by=cast.writer, title=f"Turn {n}", html=PROSE) for n in range(2)]
    rhythm.queue_drafts(made, by=cast.writer)
    coming = slots(range(1, 8), time(18), zone_named("Europe/Berlin"), timezone.now(), 2)
    layer = PageLayer(get_wsgi_application())
    visitor = Browser(layer, cast)
    for part, at in zip(parts, coming, strict=True):
        time_machine.move_to(at - timedelta(seconds=2))
        layer.store.written()
        for _again in range(2):
            assert visitor.get(part.url)[0] == 404
            assert part.title not in visitor.get(made.url)[1]
        time_machine.move_to(at)
        layer.store.written()
        assert visitor.get(part.url)[0] == 200
        assert part.title in visitor.get(made.url)[1]
    assert parts[0].title in visitor.get(first(made).url)[1], "the part before it leads on"


def test_a_draft_saved_in_the_queue_is_what_visitors_read(cast: Cast, time_machine: Any) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=[3], at=time(6), zone="Asia/Tokyo")
    part = publishing.add_part(made, by=cast.writer, title="Turn", html=PROSE)
    rhythm.queue(part, by=cast.writer)
    publishing.edit(part, by=cast.writer, html="<p>These are the newest words.</p>")
    part.refresh_from_db()
    assert part.release_at is not None
    time_machine.move_to(part.release_at)
    visitor = Browser(PageLayer(get_wsgi_application()), cast)
    assert "These are the newest words." in visitor.get(part.url)[1]
