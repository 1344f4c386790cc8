"""The rows of reading lists, marks, hides and mails about a story in the table of addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from talehouse.accounts.models import Account
from talehouse.library import by_mail, hiding, listing, marking
from talehouse.library.models import Hide, MailFollow
from talehouse.stories.models import Part, Story

Expected = dict[str, int]
Row = tuple[str, str, Expected, Expected | None, tuple[str, ...]]


def keeping(
    who: tuple[str, ...], stories: Mapping[str, tuple[Story, Collection[str], str]], part: Part
) -> Iterator[Row]:
    """`stories`: (story, who opens it, query of its address). The reader has lists, a mark and a hide."""
    reader = Account.objects.get(email="reader@example.org")

    def all_of(status: int, **exceptions: int) -> Expected:
        return {**dict.fromkeys(who, status), "visitor": 302, **exceptions}

    def mine(status: int) -> Expected:
        return all_of(404, reader=status)

    posts = all_of(405)
    yield from _lists(reader, all_of, stories["public"][0])
    for name, (story, opens, query) in stories.items():
        if query:
            continue
        secret: tuple[str, ...] = () if set(who) <= set(opens) else (story.title, story.slug)
        seen = {one: 302 if one == "visitor" else 200 if one in opens else 404 for one in who}
        asked = {one: 400 if status == 200 else status for one, status in seen.items()}
        yield "library-list-add", f"/library/lists/add/{story.pk}/", seen, asked, secret
        hides = {one: 302 if status == 200 else status for one, status in seen.items()}
        yield "hide-story", f"/stories/{story.pk}/hide/", posts, hides, secret
        mails = 200 if "visitor" in opens else 404
        got = dict.fromkeys(who, mails)
        yield "follow-by-mail", f"/stories/{story.pk}/follow-by-mail/", got, _or(got, 400), secret
        yield from _marks(name, story, who, opens, secret)
    for path, status in (("theme/lamps", 302), ("fandom/lamps", 404)):
        yield "hide-tag", f"/tags/{path}/hide/", posts, all_of(status), ()
        refused = all_of(status, suspended=403 if status == 302 else 404)
        yield "follow-tag", f"/tags/{path}/follow/", posts, refused, ()
    yield "hide-person", "/people/writer/hide/", posts, all_of(302), ()
    yield "hide-person", "/people/nobody/hide/", posts, all_of(404), ()
    hiding.hide(stories["for nobody to take"][0], by=reader)
    yield "library-hidden", "/library/hidden/", all_of(200), all_of(405), ()
    yield "library-hidden-end", f"/library/hidden/{Hide.objects.get().pk}/end/", posts, mine(302), ()
    fresh = Part.objects.select_related("published").get(pk=part.pk)
    mark = marking.mark(fresh, "1", None, by=reader, note="Between me and the lamp")
    secret = (mark.note,)
    yield "library-marks", "/library/marks/", all_of(200), all_of(405), ()
    yield "library-mark", f"/library/marks/{mark.pk}/", posts, mine(302), secret
    for kind in ("json", "md"):
        yield "library-marks-file", f"/library/marks.{kind}", all_of(200), all_of(405), ()
    yield from _mails(who, stories["public"][0])


def _or(got: Expected, status: int) -> Expected:
    return {one: status if code == 200 else code for one, code in got.items()}


def _marks(
    name: str, story: Story, who: tuple[str, ...], opens: Collection[str], secret: tuple[str, ...]
) -> Iterator[Row]:
    """My marks in its first part, if that is out."""
    part = story.parts.filter(position=1).first()
    if part is None:
        return
    seen = {one: 302 if one == "visitor" else 200 if one in opens and name != "draft" else 404 for one in who}
    posted = {**_or(seen, 400), **({"suspended": 403} if seen["suspended"] == 200 else {})}
    yield "part-marks", f"/parts/{part.pk}/marks/", seen, posted, secret
    yield "part-marks", f"/parts/{part.pk}/marks/?block=1", seen, posted, secret


def _lists(reader: Account, all_of: object, story: Story) -> Iterator[Row]:
    assert callable(all_of)
    shared = listing.make("For everybody", by=reader, is_public=True)
    alone = listing.make("For me alone", by=reader)
    listing.add(shared, story, by=reader, note="Cold water.")
    listing.add(alone, story, by=reader)
    secret = (alone.title, alone.slug)
    yield "reading-list", shared.url, all_of(200, visitor=200), None, ()
    yield "reading-list", f"{shared.url}?after=nonsense", all_of(200, visitor=200), None, ()
    yield "reading-list", f"/lists/{shared.pk}-wrong/", all_of(302), None, ()
    yield "reading-list", f"/lists/{shared.pk}/", all_of(302), None, ()
    yield "reading-list", alone.url, all_of(404, visitor=404, reader=200), None, secret
    yield "reading-list", f"/lists/{alone.pk}-wrong/", all_of(404, visitor=404, reader=302), None, secret
    yield "reading-list", "/lists/999999-nothing/", all_of(404, visitor=404), None, ()
    posts = all_of(405)
    yield "follow-list", f"/lists/{shared.pk}/follow/", posts, all_of(302, suspended=403), ()
    yield "follow-list", f"/lists/{alone.pk}/follow/", posts, all_of(404), secret
    yield "library-lists", "/library/lists/", all_of(200), all_of(400), ()
    for one in (shared, alone):
        path = f"/library/lists/{one.pk}/"
        yield "library-list", path, all_of(404, reader=200), all_of(404, reader=400), (one.title, one.slug)


def _mails(who: tuple[str, ...], story: Story) -> Iterator[Row]:
    by_mail.ask(story, "somebody@example.net", language="en")
    secret = MailFollow.objects.get().secret
    got = dict.fromkeys(who, 200)
    for known, status in ((secret, 200), ("guessed-guessed", 404)):
        answer = dict.fromkeys(who, status)
        yield "mail-follow", f"/by-mail/{known}/", answer, answer, ()
        yield "mail-follow-end", f"/by-mail/{known}/end/", got, got, ()
