"""The rows of the desk of wranglers in the table of addresses: it is there for hosts, and whom they ask."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.tags.models import Tag
from talehouse.tags.naming import named
from talehouse.wrangling.bringing import bring
from talehouse.wrangling.files.entries import Entry
from talehouse.wrangling.tests.sorted_tags import make_canonical, make_synonym

Expected = dict[str, int]


def wrangling(who: tuple[str, ...]) -> Iterator[tuple[str, str, Expected, Expected | None]]:
    """(name, path, GET, POST): for the host, and nobody else of the cast."""

    def hosts(status: int) -> Expected:
        return {**dict.fromkeys(who, 404), "host": status}

    host = Account.objects.get(email="keeper@example.org")
    asked = Account.objects.create_user("wrangler@example.org", wrangler_since=timezone.now())
    one, other = named("genre", "Weirs"), named("genre", "Locks")
    assert one is not None
    assert other is not None
    change = make_canonical(one, by=host)[0]
    make_synonym(other, one, by=host)
    lamps = Tag.objects.get(kind="theme", slug="lamps")
    posts = dict.fromkeys(who, 405)
    yield "wrangling", "/wrangling/", hosts(200), posts
    yield "wrangling", "/wrangling/?standing=canonical&kind=genre&q=we&after=x", hosts(200), posts
    yield "wrangling-preview", "/wrangling/preview/", hosts(400), posts
    look = f"/wrangling/preview/?act=canonical&tag={lamps.pk}"
    yield "wrangling-preview", look, hosts(200), posts
    yield "wrangling-do", "/wrangling/do/", posts, hosts(400)
    yield "wrangling-new", "/wrangling/new/", posts, hosts(400)
    yield "wrangling-tag", f"/wrangling/tags/{lamps.pk}/", hosts(200), posts
    yield "wrangling-tag", "/wrangling/tags/999999/", hosts(404), posts
    yield "wrangling-log", "/wrangling/log/", hosts(200), posts
    yield "wrangling-log", "/wrangling/log/?before=nonsense", hosts(200), posts
    yield "wrangling-undo", f"/wrangling/log/{change.pk}/undo/", posts, hosts(302)
    yield "wrangling-undo", "/wrangling/log/999999/undo/", posts, hosts(404)
    brought = bring([Entry("theme", "Brought in", "canonical")], by=None).change
    yield "wrangling-brought", f"/wrangling/log/{brought.pk}/", hosts(200), posts
    yield "wrangling-brought", f"/wrangling/log/{change.pk}/?after=nonsense", hosts(404), posts
    yield "wrangling-undo", f"/wrangling/log/{brought.pk}/undo/", posts, hosts(302)
    yield "wrangling-undo-batch", f"/wrangling/log/batch/{uuid4()}/undo/", posts, hosts(302)
    everybody = dict.fromkeys(who, 302)
    yield "tag", "/tags/genre/locks/", everybody, None
    yield "tag", "/tags/genre/weirs/?from=locks", dict.fromkeys(who, 200), None
    yield "host-wranglers", "/host/wranglers/", hosts(200), hosts(400)
    yield "host-wrangler-end", f"/host/wranglers/{asked.pk}/end/", posts, hosts(302)
    yield "host-wrangler-end", "/host/wranglers/999999/end/", posts, hosts(404)
