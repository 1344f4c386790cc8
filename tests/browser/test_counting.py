"""Law 3 in a browser: when a read is counted, and when it is not. The page's clock is ours to move."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import OpenPage, Stock
from tests.serving import Serving, until

pytestmark = pytest.mark.browser

HIDEABLE = """Object.defineProperty(Document.prototype, "visibilityState", {
    get: () => (window.isAway ? "hidden" : "visible"),
});"""


class Reader:
    """Somebody with a part before them, whose beacons we see."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.beacons: list[Request] = []
        page.on("request", self._see)
        page.add_init_script(HIDEABLE)
        page.clock.install()

    def _see(self, request: Request) -> None:
        if "/beacon/" in request.url:
            self.beacons.append(request)

    def opens(self, path: str) -> Reader:
        """Open a part and wait until the browser has looked at what is in view."""
        self.page.goto(path)
        self.page.locator("article[data-part]").wait_for()
        self.page.evaluate(
            """() => new Promise((done) => {
                const watcher = new IntersectionObserver(() => { watcher.disconnect(); done(); });
                watcher.observe(document.querySelector("article[data-part]"));
            })"""
        )
        return self

    def stays(self, seconds: float) -> Reader:
        """Keep the part in view for so long, by the page's clock."""
        self.page.clock.run_for(int(seconds * 1000))
        self.page.evaluate("0")  # whatever was asked for has been told to us by now
        return self

    def answered(self) -> list[int]:
        """The status of each beacon, once it has been answered."""
        return [int(until(request.response).status) for request in self.beacons]


def reads(serving: Serving, path: str) -> int:
    """The rows of a part."""
    return serving.number("SELECT count(*) FROM reads_read WHERE part_id = ?", number_of(path))


def number_of(path: str) -> int:
    """The id in the address of a part."""
    return int(path.split("/")[2].partition("-")[0])


def test_a_part_counts_after_ten_seconds_once(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    before = reads(serving, stock.long_part)
    page = open_page()
    reader = Reader(page).opens(stock.long_part).stays(9)
    assert reader.beacons == []
    reader.stays(1.5)
    assert reader.answered() == [204]
    assert reads(serving, stock.long_part) == before + 1
    reader.stays(30)
    assert len(reader.beacons) == 1
    reader.opens(stock.long_part).stays(30)
    assert len(reader.beacons) == 1, "opened again in the same tab, it is not sent again"


def test_a_short_part_counts_after_three(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    path = stock.first("steps")
    before = reads(serving, path)
    reader = Reader(open_page()).opens(path).stays(2.5)
    assert reader.beacons == []
    reader.stays(1)
    assert reader.answered() == [204]
    assert reads(serving, path) == before + 1


def test_the_same_browser_counts_once_a_day(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    path = stock.first("steps")
    before = reads(serving, path)
    for _visit in range(2):
        reader = Reader(open_page(user_agent="Mozilla/5.0 (X11) Gecko/20100101 Firefox/151.0"))
        assert reader.opens(path).stays(4).answered() == [204]
    assert reads(serving, path) == before + 1


def test_the_writer_is_never_counted(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    path = stock.first("steps")
    before = reads(serving, path)
    writer = Reader(open_page(stock.sessions["Wren"])).opens(path).stays(4)
    assert set(writer.answered()) <= {204}
    assert reads(serving, path) == before
    reader = Reader(open_page(stock.sessions["Reed"])).opens(path).stays(4)
    assert reader.answered() == [204]
    assert reads(serving, path) == before + 1


def test_a_hidden_tab_does_not_count_until_it_is_looked_at(
    open_page: OpenPage, serving: Serving, stock: Stock
) -> None:
    path = stock.first("steps")
    reader = Reader(open_page()).opens(path)
    reader.page.evaluate("window.isAway = true")
    reader.stays(60)
    assert reader.beacons == []
    reader.page.evaluate("window.isAway = false")
    reader.stays(4)
    assert reader.answered() == [204]


def test_a_part_that_is_not_in_view_does_not_count(open_page: OpenPage, stock: Stock) -> None:
    reader = Reader(open_page())
    reader.opens(stock.first("steps"))
    reader.page.evaluate(
        """() => new Promise((done) => {
            const article = document.querySelector("article[data-part]");
            article.style.setProperty("position", "absolute");
            article.style.setProperty("top", "-9999px");
            new IntersectionObserver((seen) => { if (!seen.at(-1).isIntersecting) done(); }).observe(article);
        })"""
    )
    reader.stays(60)
    assert reader.beacons == []


def test_counters_equal_their_rows_and_the_page_shows_them(
    open_page: OpenPage, serving: Serving, stock: Stock
) -> None:
    path = stock.stories["steps"]["part_urls"][1]
    Reader(open_page()).opens(path).stays(4).answered()
    assert serving.json("recount", "--check") == {"differences": [], "mended": False}
    shown = serving.number("SELECT read_count FROM stories_part WHERE id = ?", number_of(path))
    assert shown == reads(serving, path) > 0
