"""How many questions a page asks of the database: six at most, and no more for a larger archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from talehouse.stories import describing, pictures
from talehouse.stories.models import Story
from tests.addresses import picture
from tests.cast import Cast, first, story
from tests.indexing import index_now

MOST = 6
MORE = {"story": 7, "browse by tag": 7, "alike": 14}
"""Pages that stand on more rooms than others."""
BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def questions() -> Iterator[list[str]]:
    """The questions asked inside, without the bounds of transactions; filled in when the block ends."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked += [query["sql"] for query in captured if not query["sql"].startswith(BOUNDS)]


def grow(cast: Cast, number: int) -> None:
    """So many stories more, each with all that a card shows."""
    cover = pictures.keep(picture(1))
    before = Story.objects.count()
    for n in range(before, before + number):
        made = story(cast, f"Story {n}", parts=2, status="complete")
        describing.set_tags(made, [("theme", "Lamps"), ("fandom", f"Weirs {n % 3}")], by=cast.writer)
        describing.set_warnings(made, ["none-apply"], by=cast.writer)
        describing.set_categories(made, ["gen"], by=cast.writer)
        describing.set_series(made, "All of them", owner=cast.pen("writer"), by=cast.writer)
        pictures.set_cover(made, cover, alt="A lamp")
    Story.objects.update(read_count=3)


def one() -> Story:
    """A story in the middle of the series."""
    return Story.objects.filter(rating="general").order_by("pk")[1]


def adult() -> Story:
    """A story that shows its notice first."""
    found = Story.objects.order_by("pk")[0]
    Story.objects.filter(pk=found.pk).update(rating="explicit")
    return found


PAGES: dict[str, Callable[[], str]] = {
    "home": lambda: "/",
    "rankings": lambda: "/rankings/",
    "ranking": lambda: "/rankings/fresh/?kind=theme&tag=lamps",
    "alike": lambda: f"/stories/{one().pk}/alike/",
    "collections": lambda: "/collections/",
    "browse": lambda: "/browse/",
    "browse by status": lambda: "/browse/?status=complete&sort=words",
    "browse by tag": lambda: "/browse/?kind=theme&tag=lamps",
    "story": lambda: one().url,
    "part": lambda: first(one()).url,
    "person": lambda: "/people/writer/",
    "tag": lambda: "/tags/theme/lamps/",
    "series": lambda: one().series_entry.series.url,
    "notice": lambda: first(adult()).url,
    "sitemap": lambda: "/sitemap-parts-1.xml",
}


def ask(client: Client, path: str) -> list[str]:
    """The questions of one visit, once nothing is left to be loaded for the first time."""
    assert client.get(path).status_code == 200
    with questions() as asked:
        client.get(path)
    return asked


def test_visitors_pages_ask_little_whatever_the_archives_size(cast: Cast) -> None:
    client = Client()
    grow(cast, 4)
    index_now()
    few = {page: ask(client, path()) for page, path in PAGES.items()}
    grow(cast, 26)
    index_now()
    many = {page: ask(client, path()) for page, path in PAGES.items()}
    wrong = [
        "\n".join([f"{page} asks {len(few[page])} with 4 stories, {len(asked)} with 30:", *asked])
        for page, asked in many.items()
        if len(asked) > min(MORE.get(page, MOST), len(few[page]))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_counted(db: None) -> None:
    with questions() as asked:
        Story.objects.count()
        Story.objects.exists()
    assert len(asked) == 2
