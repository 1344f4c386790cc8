"""The rows of the library in the table of addresses: everybody's own; of a story only what they may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.library import shelving
from talehouse.library.models import Visit
from talehouse.search import saving
from talehouse.search.addresses import Wanted
from talehouse.stories.models import Part, Story

Expected = dict[str, int]
Named = tuple[str, str, Expected, Expected | None, tuple[str, ...]]


def library(
    who: tuple[str, ...], part: Part, stories: Iterable[tuple[Story, frozenset[str], str, tuple[str, ...]]]
) -> Iterator[Named]:
    """(name, path, GET, POST, secret); `stories`: each with who opens it, by which query, and its secrets."""

    def all_of(status: int, **exceptions: int) -> Expected:
        return {**dict.fromkeys(who, status), "visitor": 302, **exceptions}

    reader = Account.objects.get(email="reader@example.org")
    shelf = shelving.make("For rain", by=reader)
    visit = Visit.objects.create(account=reader, part=part, at=timezone.now())
    posts = all_of(405)
    yield "library", "/library/", all_of(200), all_of(405), ()
    yield "library", "/library/?shelf=reading", all_of(200), all_of(405), ()
    yield "library", f"/library/?shelf={shelf.pk}", all_of(404, reader=200), all_of(405), ()
    yield "library", "/library/?shelf=nonsense&after=x", all_of(404), all_of(405), ()
    yield "places", "/library/places/", all_of(405, visitor=405), all_of(400, visitor=401), ()
    yield "history", "/library/history/", all_of(200), all_of(405), ()
    yield "history", "/library/history/?q=part&before=1_1", all_of(200), all_of(405), ()
    for extension in ("csv", "json"):
        yield "history-file", f"/library/history.{extension}", all_of(200), all_of(405), ()
    yield "history-forget", f"/library/history/{visit.pk}/forget/", posts, all_of(404, reader=302), ()
    for verb in ("pause", "resume", "clear"):
        yield "history-act", f"/library/history/{verb}/", posts, all_of(302), ()
    yield "history-act", "/library/history/burn/", posts, all_of(404), ()
    yield "updates", "/library/updates/", all_of(200), all_of(405), ()
    yield "updates-seen", "/library/updates/seen/", posts, all_of(302), ()
    kept = saving.keep(Wanted(typed="rain"), "Rain", by=reader)
    yield "searches", "/library/searches/", all_of(200), all_of(405), ()
    keep = "/library/searches/keep/?with=theme/lamps"
    yield "search-keep", keep, all_of(200), all_of(400, suspended=403), ()
    for verb in ("follow", "unfollow", "default", "no-default", "remove"):
        mine = all_of(404, reader=302)
        yield "search-act", f"/library/searches/{kept.pk}/{verb}/", posts, mine, ()
    yield "search-act", f"/library/searches/{kept.pk}/burn/", posts, all_of(404), ()
    yield "library-settings", "/library/settings/", all_of(200), all_of(302), ()
    yield "shelves", "/library/shelves/", all_of(200), all_of(400), ()
    yield "shelf-change", f"/library/shelves/{shelf.pk}/rename/", posts, all_of(404, reader=400), ()
    yield "shelf-change", f"/library/shelves/{shelf.pk}/remove/", posts, all_of(404, reader=302), ()
    yield "shelf-change", f"/library/shelves/{shelf.pk}/paint/", posts, all_of(404), ()
    for story, opens, query, secret in stories:
        looks = all_of(404, **dict.fromkeys(opens - {"visitor"}, 200))
        path = f"/library/stories/{story.pk}/"
        yield "library-story", f"{path}{query}", looks, all_of(405), secret
        yield "story-shelf", f"{path}shelf/", posts, all_of(302), secret
        yield "story-leaves-library", f"{path}leave/", posts, all_of(302), secret
        yield "mark-read", f"{path}read/", posts, all_of(404), secret
