"""Pages as people get them, through the page layer: shared where they may be, and never stale."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from talehouse.pages.layer import PageLayer
from talehouse.stories import describing, publishing, removing
from tests.cast import PROSE, Archive, Cast, first, story

pytestmark = pytest.mark.django_db(transaction=True)


class Browser:
    """Asks the whole application as a server would, as one of the cast."""

    def __init__(self, layer: PageLayer, cast: Cast, who: str = "visitor") -> None:
        self.layer = layer
        cookies = cast.client(who).cookies
        self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and page."""
        path, _mark, query = path.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": _as_wsgi(path), "QUERY_STRING": query}
        setup_testing_defaults(environ)
        environ |= {"HTTP_HOST": "127.0.0.1:8000", "HTTP_COOKIE": self.cookie, **headers}
        told: list[str] = []
        body = b"".join(self.layer(environ, lambda status, _headers, *_: told.append(status)))
        return int(told[0][:3]), body.decode()


def _as_wsgi(path: str) -> str:
    return path.encode().decode("latin-1")


@pytest.fixture
def layer() -> PageLayer:
    """The layer around Django, with nothing kept."""
    return PageLayer(get_wsgi_application())


def test_members_meet_what_is_for_members(layer: PageLayer, cast: Cast, archive: Archive) -> None:
    visitor, reader = Browser(layer, cast), Browser(layer, cast, "reader")
    for _ in range(2):
        assert "Members Only" not in visitor.get("/")[1]
        assert "Members Only" in reader.get("/")[1]
        assert "For members" not in visitor.get(archive.public.url)[1]
        assert "For members" in reader.get(archive.public.url)[1]


def test_nothing_personal_is_shared(layer: PageLayer, cast: Cast, archive: Archive) -> None:
    pages = {
        who: Browser(layer, cast, who).get(archive.public.url)[1] for who in ("reader", "stranger", "writer")
    }
    assert "Reader" in pages["reader"] and "Reader" not in pages["stranger"]
    assert "Edit this story" in pages["writer"] and "Edit this story" not in pages["reader"]


def test_the_personal_places_speak_the_language_of_the_page(layer: PageLayer, cast: Cast) -> None:
    reader = Browser(layer, cast, "reader")
    assert "Sign out" in reader.get("/")[1]
    assert "Cerrar sesión" in reader.get("/", HTTP_ACCEPT_LANGUAGE="es")[1]
    assert "Sign out" in reader.get("/")[1]


def test_what_is_taken_back_is_gone_at_once(layer: PageLayer, cast: Cast) -> None:
    made = story(cast, parts=2)
    part = first(made)
    visitor, writer = Browser(layer, cast), Browser(layer, cast, "writer")
    assert visitor.get(part.url)[0] == 200 and writer.get(part.url)[0] == 200
    removing.withdraw(part, by=cast.writer)
    layer.store.written()
    assert visitor.get(part.url)[0] == 404
    assert "not published" in writer.get(part.url)[1]
    assert f'href="{part.url}"' not in visitor.get(made.url)[1]


def test_a_kept_page_ends_at_the_next_release(layer: PageLayer, cast: Cast, time_machine: Any) -> None:
    made = story(cast)
    coming = publishing.add_part(made, by=cast.writer, title="Tomorrow", html=PROSE)
    at = timezone.now() + timedelta(hours=1)
    publishing.schedule(coming, by=cast.writer, at=at)
    visitor = Browser(layer, cast)
    for page in (made.url, first(made).url):
        assert "Tomorrow" not in visitor.get(page)[1]
    time_machine.move_to(at + timedelta(seconds=1))
    for page in (made.url, first(made).url):
        assert "Tomorrow" in visitor.get(page)[1]


def test_a_sibling_that_is_hidden_leaves_the_series_of_the_others(layer: PageLayer, cast: Cast) -> None:

    one, two = story(cast, "Book One"), story(cast, "Book Two")
    for place, made in enumerate((one, two), 1):
        describing.set_series(made, "The Pair", owner=cast.pen("writer"), by=cast.writer, position=place)
    visitor = Browser(layer, cast)
    assert "Book Two" in visitor.get(one.url)[1]
    removing.hide(two, by=cast.host)
    layer.store.written()
    assert "Book Two" not in visitor.get(one.url)[1]


def test_the_next_part_is_the_next_that_is_out(layer: PageLayer, cast: Cast) -> None:
    made = story(cast)
    for title, days in (("Scheduled", 1), ("Out already", 0)):
        part = publishing.add_part(made, by=cast.writer, title=title, html=PROSE)
        publishing.publish(part, by=cast.writer, at=timezone.now() + timedelta(days=days))
    page = Browser(layer, cast).get(first(made).url)[1]
    assert "Out already" in page and "Scheduled" not in page


def test_a_name_as_it_is_typed_leads_to_the_page(layer: PageLayer, cast: Cast, archive: Archive) -> None:
    visitor = Browser(layer, cast)
    assert visitor.get("/people/Writer/")[0] == 302
    assert visitor.get("/tags/fandom/Original Work/")[0] == 302
    assert visitor.get("/people/nobody-here/")[0] == 404
