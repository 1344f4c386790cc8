"""Every address of the archive and what each of the cast gets there: the table of `test_addresses.py`.

A new address needs a row here. A story, a part, a picture and a file have a row for each kind of visibility.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from django.utils import timezone
from PIL import Image

from talehouse.accounts import faces, pen_names
from talehouse.accounts.models import FormerName, PenName
from talehouse.imports.models import Import
from talehouse.stories import describing, pictures, publishing, removing
from talehouse.stories.models import Departure, Part, Picture, Role, Series, Story
from talehouse.stories.texts import Wanted
from tests.addresses_feeds import feeding
from tests.addresses_library import library
from tests.addresses_lists import keeping
from tests.addresses_offline import offline
from tests.addresses_ranks import ranks
from tests.addresses_talking import comment_on, secret_of, talking
from tests.addresses_wrangling import wrangling
from tests.cast import PROSE, Archive, Cast, first, person, story

WHO = ("visitor", "reader", "writer", "co_writer", "editor", "beta", "stranger", "host", "suspended")
MEMBERS = frozenset(WHO) - {"visitor"}
EVERYBODY = frozenset(WHO)
PEOPLE = frozenset({"writer", "co_writer", "editor", "beta", "suspended"})
"""Those with a role on the public story; the suspended one was a co-author, and only looks now."""
WRITER = frozenset({"writer"})
NOBODY: frozenset[str] = frozenset()

Expected = dict[str, int]


def all_get(status: int, **exceptions: int) -> Expected:
    """This status for everybody but those who are named."""
    return {**dict.fromkeys(WHO, status), **exceptions}


def gate(opens: frozenset[str], status: int = 200) -> Expected:
    """`status` for those who may see it; for everybody else there is nothing."""
    return {who: status if who in opens else 404 for who in WHO}


def signed_in(status: int, **exceptions: int) -> Expected:
    """Visitors are led to the sign-in page."""
    return all_get(status, **{"visitor": 302, **exceptions})


@dataclass(frozen=True)
class Row:
    """An address. `url` is the name of its pattern; `secret` are words that a refusal must not show;
    `marks` must be in the page of each of those who get one. Without `post`, POST answers 405."""

    url: str
    path: str
    get: Expected
    post: Expected | None = None
    secret: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A story of one visibility: who opens it, with which query, who may take it away as a file."""

    story: Story
    opens: frozenset[str]
    query: str = ""
    takes: frozenset[str] | None = None


@dataclass
class Places:
    """What the paths are made of: the archive, and what it lacks of kinds."""

    stories: dict[str, Kind]
    parts: dict[str, tuple[Part, frozenset[str]]]
    covers: dict[str, Picture]
    pictures: dict[str, Picture]
    series: dict[str, tuple[Series, frozenset[str]]]
    job: Import
    comment: int = 0
    secret: str = ""


def picture(number: int) -> bytes:
    """A small picture that no other number gives."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8), (number * 7 % 256, number * 31 % 256, 90)).save(target, "PNG")
    return target.getvalue()


def places(cast: Cast, archive: Archive) -> Places:
    """The archive with covers, pictures, series, and the kinds that come from taking back."""
    withdrawn, deleted = story(cast, "Taken Home"), story(cast, "Burnt Letters")
    removing.withdraw(withdrawn, by=cast.writer)
    removing.delete(deleted, by=cast.writer)
    key = f"?key={quote(archive.unlisted.key)}"
    kinds = {
        "public": Kind(archive.public, EVERYBODY),
        "members": Kind(archive.members, MEMBERS),
        "unlisted without its key": Kind(archive.unlisted, WRITER),
        "unlisted with its key": Kind(archive.unlisted, EVERYBODY, key),
        "unlisted with a wrong key": Kind(archive.unlisted, WRITER, "?key=wrong"),
        "private": Kind(archive.private, WRITER),
        "private with the key of another story": Kind(archive.private, WRITER, key),
        "draft": Kind(archive.draft, WRITER, takes=NOBODY),
        "adult": Kind(archive.adult, EVERYBODY),
        "hidden": Kind(archive.hidden, WRITER),
        "withdrawn": Kind(withdrawn, WRITER),
        "deleted": Kind(deleted, NOBODY),
        "for members to take": Kind(
            story(cast, "For Our Shelves", download="members"), EVERYBODY, takes=MEMBERS
        ),
        "for nobody to take": Kind(story(cast, "Stays Here", download="nobody"), EVERYBODY, takes=WRITER),
    }
    parts = _parts(cast, archive)
    covers = {name: _cover(kind.story, number) for number, (name, kind) in enumerate(kinds.items())}
    shown = {name: _picture(part, cast, number) for number, (name, (part, _who)) in enumerate(parts.items())}
    job = Import.objects.create(owner=cast.writer, state=Import.State.READY)
    comment = comment_on(cast, first(archive.public))
    return Places(kinds, parts, covers, shown, _series(cast, archive), job, comment, secret_of(cast))


def _parts(cast: Cast, archive: Archive) -> dict[str, tuple[Part, frozenset[str]]]:
    """The public story's parts, stricter than the story in every way, and who opens each."""

    def more(title: str, visibility: str = "story") -> Part:
        part = publishing.add_part(
            archive.public, by=cast.writer, title=title, html=PROSE, visibility=visibility
        )
        return publishing.publish(part, by=cast.writer)

    draft = publishing.add_part(archive.public, by=cast.writer, title="Half a page", html=PROSE)
    withdrawn, hidden, deleted = more("Regretted"), more("Disputed"), more("Forgotten")
    removing.withdraw(withdrawn, by=cast.writer)
    removing.hide(hidden, by=cast.host)
    return {
        "scheduled": (archive.scheduled, PEOPLE),
        "for members": (archive.members_part, MEMBERS),
        "private": (more("To myself", visibility="private"), PEOPLE),
        "draft": (draft, PEOPLE),
        "withdrawn": (withdrawn, PEOPLE),
        "hidden": (hidden, PEOPLE),
        "deleted": (deleted, NOBODY),
    }


def _cover(of: Story, number: int) -> Picture:
    """The cover of a story; one story keeps the one that it got first."""
    of.refresh_from_db()
    if of.cover is None:
        pictures.set_cover(of, pictures.keep(picture(number)), alt="A lamp")
    assert of.cover is not None
    return of.cover


def _picture(part: Part, cast: Cast, number: int) -> Picture:
    """A picture in the text of a part, which afterwards is in the state that it was in before."""
    kept = pictures.keep(picture(100 + number))
    html = PROSE + '<p><img src="here" alt="A stone"></p>'
    was_published = part.published_id is not None
    publishing.edit(part, by=cast.writer, html=html, brings=Wanted({"here": kept}))
    if was_published:
        publishing.publish(part, by=cast.writer, at=part.release_at)
    if part.title == "Forgotten":
        removing.delete(part, by=cast.writer)
    return kept


def _series(cast: Cast, archive: Archive) -> dict[str, tuple[Series, frozenset[str]]]:
    """A series of each kind of story; nobody meets one in which they may meet no story."""
    made: dict[str, tuple[Series, frozenset[str]]] = {}
    for name, opens in (
        ("members", MEMBERS),
        ("unlisted", NOBODY),
        ("private", NOBODY),
        ("draft", NOBODY),
        ("adult", NOBODY),
    ):
        one = getattr(archive, name)
        entry = describing.set_series(one, f"Shelf {name}", owner=cast.pen("writer"), by=cast.writer)
        assert entry is not None
        made[name] = (entry.series, opens)
    made["public"] = (Series.objects.get(title="The Keepers"), EVERYBODY)
    return made


def rows(at: Places) -> Iterator[Row]:
    """The whole table."""
    yield from _plain()
    yield from _accounts()
    yield from _votes(at)
    yield from _feeds(at)
    yield from _lists(at)
    yield from _library(at)
    for name, path, get, post in talking(
        WHO,
        first(at.stories["public"].story),
        at.series["public"][0],
        at.stories["public"].story,
        at.comment,
        at.secret,
    ):
        yield Row(name, path, get, post=post)
    for name, path, get, post in wrangling(WHO):
        yield Row(name, path, get, post=post)
    for name, path, get, post in offline(WHO, at.stories["public"].story):
        yield Row(name, path, get, post=post)
    for name in ("private", "draft", "hidden"):
        kind = at.stories[name]
        nothing, secret = all_get(404), _secret(kind)
        path = f"/parts/{first(kind.story).pk}/comments/"
        opens = NOBODY if name == "draft" else kind.opens
        yield Row("part-comments", path, gate(opens), post=gate(opens, 400), secret=secret)
        if name == "draft":
            yield Row(
                "story-comments", f"/stories/{kind.story.pk}/comments/", nothing, post=nothing, secret=secret
            )
    yield from _settings(at)
    yield from _desk(at)
    yield from _desk_pages(at)
    yield from _releasing(at)
    yield from _revisions(at)
    yield from _editor(at)
    yield from _many_hands(at)
    yield from _host()
    yield from _ranks(at)
    yield from _doors(at)
    for name, kind in at.stories.items():
        yield from _story(kind, at.covers[name])
    for name, (part, opens) in at.parts.items():
        yield from _part(part, opens, at.pictures[name])
    for series, opens in at.series.values():
        secret = () if opens == EVERYBODY else (series.title, series.slug)
        yield Row("series", series.url, gate(opens), secret=secret)
        yield Row("series", f"/series/{series.pk}-wrong/", gate(opens, 302), secret=secret)
        yield Row("series", f"/series/{series.pk}/", gate(opens, 302), secret=secret)


def _plain() -> Iterator[Row]:
    """Pages that are the same for everybody, and those for programs."""
    nothing = all_get(404)
    yield Row("home", "/", all_get(200))
    yield Row("browse", "/browse/", all_get(200))
    yield Row("browse", "/browse/?sort=reads&status=complete&after=nonsense", all_get(200))
    yield Row("browse", "/browse/?kind=theme&tag=lamps", all_get(200))
    yield Row("browse", "/browse/?tag=Lamps", all_get(302))
    yield Row("browse", "/browse/?tag=nobody-has-this", all_get(200))
    yield Row("browse", "/browse/?q=lamp&with=theme/lamps&without=warning/death&shelves=no", all_get(200))
    yield Row("browse", "/browse/?sort=random", all_get(302))
    for form in ("atom", "rss", "json"):
        yield Row("feed-search", f"/feeds/browse.{form}?q=lamp", all_get(200))
    yield Row("browse-suggest", "/browse/suggest/?typed=lam&with=theme/lamps", all_get(200))
    yield Row("person", "/people/writer/", all_get(200))
    yield Row("person", "/people/nobody/", nothing)
    yield Row("tag", "/tags/theme/lamps/", all_get(200))
    yield Row("tag", "/tags/fandom/lamps/", nothing)
    yield Row("tag", "/tags/nonsense/lamps/", nothing)
    yield Row("series", "/series/999999-nothing/", nothing)
    yield Row("story", "/stories/999999-nothing/", nothing)
    yield Row("part", "/parts/999999-nothing/", nothing)
    yield Row("media", f"/media/{'0' * 64}.png", nothing)
    yield Row("cover", f"/media/{'0' * 64}-320.webp", nothing)
    yield Row("download-epub", "/downloads/999999-nothing.epub", nothing)
    yield Row("about", "/about/", all_get(200))
    yield Row("about-counting", "/about/counting/", all_get(200))
    yield Row("preferences", "/preferences/", all_get(200), post=all_get(302))
    yield Row("robots", "/robots.txt", all_get(200))
    yield Row("sitemap", "/sitemap.xml", all_get(200))
    yield Row("sitemap-file", "/sitemap-stories-1.xml", all_get(200))
    yield Row("sitemap-file", "/sitemap-parts-1.xml", all_get(200))
    yield Row("sitemap-file", "/sitemap-stories-0.xml", nothing)
    yield Row("sitemap-file", "/sitemap-stories-99.xml", nothing)
    yield Row("sitemap-file", "/sitemap-people-1.xml", nothing)
    yield Row("healthz", "/healthz", all_get(200))
    yield Row("beacon-read", "/beacon/read/", all_get(405), post=all_get(403))


def _feeds(at: Places) -> Iterator[Row]:
    """Feeds, the page that tells of them, and a new address for one's own."""
    kinds = {name: (kind.story, kind.query, "visitor" in kind.opens) for name, kind in at.stories.items()}
    series = {name: (one, "visitor" in opens) for name, (one, opens) in at.series.items()}
    for name, path, opens, secret in feeding(kinds, series):
        yield Row(name, path, all_get(200 if opens else 404), secret=secret)
    yield Row("feeds", "/feeds/", all_get(200))
    yield Row("feed-renew", "/feeds/updates/renew/", signed_in(405), post=all_get(302))
    yield Row("reader-settings", "/settings/reader/", all_get(405), post=all_get(400, visitor=401))


def _lists(at: Places) -> Iterator[Row]:
    """Reading lists, marks, hides, and mails about a story."""
    kinds = {name: (kind.story, kind.opens, kind.query) for name, kind in at.stories.items()}
    for name, path, get, post, secret in keeping(WHO, kinds, first(at.stories["public"].story)):
        yield Row(name, path, get, post=post, secret=secret)


def _ranks(at: Places) -> Iterator[Row]:
    """Rankings, collections, and what is suggested."""
    kinds = {name: (kind.story, kind.opens, kind.query) for name, kind in at.stories.items()}
    for name, path, get, post, secret in ranks(WHO, kinds):
        yield Row(name, path, get, post=post, secret=secret)


def _votes(at: Places) -> Iterator[Row]:
    """Voting: everybody who has signed in and may see the part, but for its authors."""
    names = "public|members|unlisted without its key|unlisted with its key|private|hidden"
    for name in names.split("|"):
        kind = at.stories[name]
        authors = frozenset({"writer", "co_writer", "suspended"}) if name == "public" else WRITER
        refused = (authors | {"suspended"}) & kind.opens
        post = {who: 403 if who in refused else 302 if who in kind.opens else 404 for who in WHO}
        path = f"/parts/{first(kind.story).pk}/vote/{kind.query}"
        yield Row("vote", path, all_get(405), post=post, secret=_secret(kind))
    yield Row("vote", "/parts/999999/vote/", all_get(405), post=all_get(404))


def _accounts() -> Iterator[Row]:
    """Signing in and everything around it. Who has signed in already is sent home."""
    home = all_get(302, visitor=200)
    yield Row("account_login", "/accounts/login/", home, post=home)
    yield Row("account_signup", "/accounts/signup/", home, post=home)
    yield Row("account_logout", "/accounts/logout/", signed_in(200), post=all_get(302))
    yield Row("account_inactive", "/accounts/inactive/", all_get(200))
    # without a password, as the cast signs in, there is nothing to ask for again
    yield Row("account_reauthenticate", "/accounts/reauthenticate/", signed_in(403), post=signed_in(403))
    yield Row("account_email", "/accounts/email/", signed_in(200), post=signed_in(302))
    yield Row("account_email_verification_sent", "/accounts/confirm-email/", all_get(200))
    yield Row("account_confirm_email", "/accounts/confirm-email/wrong/", all_get(200), post=all_get(404))
    yield Row("account_change_password", "/accounts/password/change/", signed_in(302), post=signed_in(302))
    yield Row("account_set_password", "/accounts/password/set/", signed_in(200), post=signed_in(200))
    yield Row("account_reset_password", "/accounts/password/reset/", all_get(200), post=all_get(200))
    yield Row("account_reset_password_done", "/accounts/password/reset/done/", all_get(200))
    yield Row(
        "account_reset_password_from_key",
        "/accounts/password/reset/key/1-wrong/",
        all_get(200),
        post=all_get(200),
    )
    yield Row("account_reset_password_from_key_done", "/accounts/password/reset/key/done/", all_get(200))
    yield Row(
        "account_confirm_login_code",
        "/accounts/login/code/confirm/",
        all_get(302),
        post=all_get(302),
    )


def _desk(at: Places) -> Iterator[Row]:
    """The writer's desk. A suspended account looks, and brings nothing in."""
    yield Row("write", "/write/", signed_in(200), post=signed_in(405))
    yield Row("import", "/write/import/", signed_in(200), post=signed_in(400, suspended=403))
    yield Row(
        "import-job", at.job.url, {**gate(WRITER), "visitor": 302}, post={**gate(WRITER, 400), "visitor": 302}
    )
    nowhere = "/write/import/00000000-0000-4000-8000-000000000000/"
    yield Row("import-job", nowhere, signed_in(404), post=signed_in(404))
    for name in ("public", "members", "private", "draft", "hidden", "withdrawn", "deleted"):
        kind = at.stories[name]
        seen = {who: 403 if who in kind.opens else 404 for who in WHO}
        allowed = dict.fromkeys(kind.opens & WRITER, 302) | {"visitor": 302}
        if name == "public":
            allowed["co_writer"] = 302
        yield Row(
            "publish-story",
            f"/write/stories/{kind.story.pk}/publish/",
            signed_in(405),
            post={**seen, **allowed},
            secret=_secret(kind),
        )


def _editor(at: Places) -> Iterator[Row]:
    """The editor: for authors and editors. An empty form would empty the text, and is refused."""
    editors = frozenset({"writer", "co_writer", "editor"})
    some = [(part, opens, editors) for part, opens in at.parts.values()]
    some.append((first(at.stories["public"].story), EVERYBODY, editors))
    some.append((first(at.stories["private"].story), WRITER, WRITER))
    some.append((first(at.stories["deleted"].story), NOBODY, NOBODY))
    for part, opens, mine in some:
        secret = () if opens == EVERYBODY else (part.title, part.slug)
        seen: Expected = {who: 403 if who in opens else 404 for who in WHO}
        page = {**seen, **dict.fromkeys(opens & mine, 200), "visitor": 302}
        script = {**page, "visitor": 401}
        wrong = dict.fromkeys(opens & mine, 400)
        path = f"/write/parts/{part.pk}/"
        yield Row("editor", path, page, post={**page, **wrong}, secret=secret)
        yield Row("editor", f"{path}?as=markdown", page, post={**page, **wrong}, secret=secret)
        yield Row("keep-part", f"{path}keep/", script, post={**script, **wrong}, secret=secret)
        refused = all_get(405, visitor=401)
        yield Row("part-picture", f"{path}pictures/", refused, post={**script, **wrong}, secret=secret)


def _releasing(at: Places) -> Iterator[Row]:
    """When parts come out: for the authors. An empty form is no wish, and is told so."""
    yield Row("write-calendar", "/write/calendar/", signed_in(200), post=signed_in(405))
    yield Row("write-calendar", "/write/calendar/?month=2026-03", signed_in(200), post=signed_in(405))
    for name in ("public", "members", "unlisted without its key", "private", "draft", "hidden", "deleted"):
        kind = at.stories[name]
        authors = {"writer", "co_writer"} if name == "public" else {"writer"}
        path = f"/write/stories/{kind.story.pk}/release/"
        yield _for_authors("write-release", path, kind.opens, authors, _secret(kind))
    for part, opens in at.parts.values():
        path = f"/write/parts/{part.pk}/publish/"
        authors = {"writer", "co_writer"}
        yield _for_authors("publish-part", path, opens, authors, (part.title, part.slug))
    out, private = first(at.stories["public"].story), first(at.stories["private"].story)
    path = f"/write/parts/{out.pk}/publish/"
    yield _for_authors("publish-part", path, EVERYBODY, {"writer", "co_writer"}, ())
    path = f"/write/parts/{private.pk}/publish/"
    yield _for_authors("publish-part", path, WRITER, {"writer"}, _secret(at.stories["private"]))
    yield Row("publish-part", "/write/parts/999999/publish/", signed_in(404), post=signed_in(404))
    yield Row("write-release", "/write/stories/999999/release/", signed_in(404), post=signed_in(404))


def _for_authors(
    name: str, path: str, opens: frozenset[str], authors: set[str], secret: tuple[str, ...]
) -> Row:
    """A form of the desk: authors get it, whoever else sees the thing is refused, others find none."""
    seen = signed_in(404) | dict.fromkeys(opens - {"visitor"}, 403)
    mine = opens & authors
    return Row(
        name,
        path,
        {**seen, **dict.fromkeys(mine, 200)},
        post={**seen, **dict.fromkeys(mine, 400)},
        secret=secret,
    )


def _revisions(at: Places) -> Iterator[Row]:
    """What a part was: its people look, its writers and editors act; to others who read it, it is refused."""
    public = at.stories["public"]
    yield from _revisions_of(first(public.story), EVERYBODY, PEOPLE, ())
    for name in ("draft", "deleted"):
        part, opens = at.parts[name]
        yield from _revisions_of(part, opens, opens & PEOPLE, (part.title, part.slug))
    for name in ("members", "private"):
        kind = at.stories[name]
        yield from _revisions_of(first(kind.story), kind.opens, WRITER, _secret(kind))


def _revisions_of(
    part: Part, opens: frozenset[str], people: frozenset[str], secret: tuple[str, ...]
) -> Iterator[Row]:
    seen = signed_in(404) | dict.fromkeys(opens - {"visitor"}, 403)
    looked, nothing = seen | dict.fromkeys(people, 200), seen | dict.fromkeys(people, 404)
    acted = seen | dict.fromkeys(people - {"beta", "suspended"}, 302)
    pages, refused = f"/write/parts/{part.pk}/revisions/", signed_in(405)
    yield Row("revisions", pages, looked, post=refused, secret=secret)
    yield Row("revisions", f"{pages}?one=1&other=1", looked, post=refused, secret=secret)
    yield Row("revisions", f"{pages}?one=1&other=99", nothing, post=refused, secret=secret)
    yield Row("revision", f"{pages}1/", looked, post=refused, secret=secret)
    for act in ("restore", "name", "keep", "dismiss"):
        yield Row(f"revision-{act}", f"{pages}1/{act}/", refused, post=acted, secret=secret)
    sealed = seen | dict.fromkeys(people, 403) | dict.fromkeys(people & {"writer", "co_writer"}, 302)
    yield Row("revision-seal", f"{pages}1/seal/", refused, post=sealed, secret=secret)


def _many_hands(at: Places) -> Iterator[Row]:
    """The people of a story and their notes: they look; those who are suspended do nothing else."""
    for name in ("public", "members", "private", "draft", "deleted"):
        kind = at.stories[name]
        people = PEOPLE if name == "public" else kind.opens & WRITER
        seen = {**signed_in(404), **dict.fromkeys(kind.opens - {"visitor"}, 403)}
        acts = seen | dict.fromkeys(people - {"suspended"}, 400)
        secret, page = _secret(kind), f"/write/stories/{kind.story.pk}/people/"
        yield Row("story-people", page, seen | dict.fromkeys(people, 200), post=acts, secret=secret)
        notes = f"/write/parts/{first(kind.story).pk}/notes/"
        looks = seen | dict.fromkeys(people - {"suspended"}, 200)
        yield Row("part-notes", notes, looks, post=acts, secret=secret)
    part, opens = at.parts["draft"]
    seen = {**signed_in(404), **dict.fromkeys(opens, 403)}
    able = opens - {"suspended"}
    yield Row(
        "part-notes",
        f"/write/parts/{part.pk}/notes/?block=1",
        seen | dict.fromkeys(able, 200),
        post=seen | dict.fromkeys(able, 400),
        secret=(part.title,),
    )
    yield from _asked(at)


def _asked(at: Places) -> Iterator[Row]:
    """An invitation is there for who is invited, what one has left for who left it, and for nobody else."""
    private, reader = at.stories["private"], PenName.objects.get(slug="reader")
    role, _new = Role.objects.get_or_create(story=private.story, pen_name=reader, kind="beta")
    left, _new = Departure.objects.get_or_create(
        story=at.stories["public"].story, pen_name=reader, kind="co-author"
    )
    asked = {**gate(frozenset({"reader"})), "visitor": 302}
    path, secret = f"/write/invitations/{role.pk}/", _secret(private)
    yield Row("answer-invitation", path, asked, post={**asked, "reader": 400}, secret=secret)
    yield Row("answer-invitation", "/write/invitations/999999/", signed_in(404), post=signed_in(404))
    yield Row("departures", "/write/departures/", signed_in(200), post=signed_in(405))
    back = {**gate(frozenset({"reader"}), 302), "visitor": 302}
    yield Row("come-back", f"/write/departures/{left.pk}/", signed_in(405), post=back)


def _library(at: Places) -> Iterator[Row]:
    """My library: everybody's own, suspended people's too."""
    stories = [(kind.story, kind.opens, kind.query, _secret(kind)) for kind in at.stories.values()]
    for name, path, get, post, secret in library(WHO, first(at.stories["public"].story), stories):
        yield Row(name, path, get, post=post, secret=secret)


def _settings(at: Places) -> Iterator[Row]:
    """My account: everybody's own. A suspended one looks, takes its stories along, and may leave."""
    yield Row("settings", "/settings/", signed_in(200), post=signed_in(405))
    yield Row("take-everything", "/settings/everything.zip", signed_in(200), post=signed_in(405))
    yield Row("close-account", "/settings/close/", signed_in(200), post=signed_in(400))
    yield Row("keep-account", "/settings/keep/", signed_in(405), post=signed_in(302))
    yield Row("pen-names", "/settings/pen-names/", signed_in(200), post=signed_in(400, suspended=403))
    mine, former = _second_name(at)
    yield Row("face", mine.face_url, all_get(200))
    yield Row("face", f"/faces/{'0' * 64}.webp", all_get(404))
    yield Row("person", f"/people/{former.slug}/", all_get(302))
    one = f"/settings/pen-names/{mine.pk}/"
    theirs = {**gate(WRITER, 302), "visitor": 302}
    yield Row("pen-name", one, {**gate(WRITER), "visitor": 302}, post=theirs)
    yield Row("pen-name-rename", f"{one}name/", signed_in(405), post={**theirs, "writer": 400})
    yield Row("pen-name-end-former", f"{one}former/{former.pk}/end/", signed_in(405), post=theirs)
    yield Row("pen-name-end-former", f"{one}former/999999/end/", signed_in(405), post=signed_in(404))
    for what in ("prefer", "retire", "bring-back", "remove-picture"):
        yield Row("pen-name-change", f"{one}{what}/", signed_in(405), post=theirs)
    yield Row("pen-name-change", f"{one}explode/", signed_in(405), post=signed_in(404))
    yield Row("pen-name", "/settings/pen-names/999999/", signed_in(404), post=signed_in(404))
    suspended = frozenset({"suspended"})
    banned = f"/settings/pen-names/{PenName.objects.get(name='Suspended').pk}/"
    theirs = {**gate(suspended, 403), "visitor": 302}
    yield Row("pen-name", banned, {**gate(suspended), "visitor": 302}, post=theirs)
    for what in ("prefer", "retire", "bring-back", "remove-picture"):
        yield Row("pen-name-change", f"{banned}{what}/", signed_in(405), post=theirs)


def _second_name(at: Places) -> tuple[PenName, FormerName]:
    """Another pen name of the writer, with a picture and a former name."""
    writer = at.job.owner
    known = writer.pen_names.filter(name="Second Quill").first()
    mine = known or pen_names.rename(pen_names.take("First Quill", by=writer), "Second Quill", by=writer)
    faces.put(mine, picture(200), by=writer)
    mine.refresh_from_db()
    return mine, mine.former_names.get()


def _doors(at: Places) -> Iterator[Row]:
    """Keys and codes, sessions, the host at the doors. Nobody of the cast has a password, key or code."""
    host = frozenset({"host"})
    yield Row("account_waiting", "/accounts/waiting/", all_get(200))
    yield Row("usersessions_list", "/accounts/sessions/", signed_in(200), post=signed_in(302))
    keys = "/accounts/2fa/"
    yield Row("mfa_index", keys, signed_in(200), post=signed_in(405))
    yield Row("mfa_authenticate", f"{keys}authenticate/", all_get(302), post=all_get(302))
    for name, path in (
        ("mfa_reauthenticate", "reauthenticate/"),
        ("mfa_reauthenticate_webauthn", "webauthn/reauthenticate/"),
    ):
        yield Row(name, keys + path, signed_in(403), post=signed_in(403))
    for name, path in (
        ("mfa_activate_totp", "totp/activate/"),
        ("mfa_add_webauthn", "webauthn/add/"),
        ("mfa_generate_recovery_codes", "recovery-codes/generate/"),
    ):
        yield Row(name, keys + path, signed_in(200), post=signed_in(200))
    for name, path in (
        ("mfa_deactivate_totp", "totp/deactivate/"),
        ("mfa_download_recovery_codes", "recovery-codes/download/"),
        ("mfa_remove_webauthn", "webauthn/keys/1/remove/"),
        ("mfa_edit_webauthn", "webauthn/keys/1/edit/"),
    ):
        yield Row(name, keys + path, signed_in(404), post=signed_in(404))
    yield Row("mfa_view_recovery_codes", f"{keys}recovery-codes/", signed_in(404), post=signed_in(405))
    yield Row("mfa_list_webauthn", f"{keys}webauthn/", signed_in(200), post=signed_in(405))
    yield Row("mfa_login_webauthn", f"{keys}webauthn/login/", all_get(302), post=all_get(302))
    yield Row("host-people", "/host/people/", gate(host))
    yield Row("host-stories", "/host/stories/", gate(host))
    waits = person("newcomer", is_active=False, waits_since=timezone.now())
    yield Row("host-person", f"/host/people/{waits.pk}/", all_get(405), post=gate(host, 302))
    yield Row("host-invite", "/host/invitations/", all_get(405), post=gate(host, 302))
    yield Row("host-invitation-end", "/host/invitations/1/end/", all_get(405), post=all_get(404))
    out = at.stories["public"].story
    yield Row("host-story", f"/host/stories/{out.pk}/", all_get(405), post=all_get(404))


def _desk_pages(at: Places) -> Iterator[Row]:
    """Beginning, what a story says of itself, its parts, find and replace. Without a form that holds, POST is
    a bad request; the rules refuse those who may look and not change."""
    yield Row("write-new", "/write/new/", signed_in(200), post=signed_in(400))
    yield Row("write-tags", "/write/tags/?kind=theme&q=la", signed_in(200), post=signed_in(405))
    authors, writers = frozenset({"writer", "co_writer"}), frozenset({"writer", "co_writer", "editor"})
    for name in ("public", "members", "private", "draft", "hidden", "withdrawn", "deleted"):
        kind = at.stories[name]
        path, secret = f"/write/stories/{kind.story.pk}/", _secret(kind)

        def may(
            who: frozenset[str], status: int, kind: Kind = kind, shared: bool = name == "public"
        ) -> Expected:
            allowed = (who if shared else who & WRITER) & kind.opens
            seen = {one: 403 if one in kind.opens else 404 for one in WHO}
            return {**seen, **dict.fromkeys(allowed, status), "visitor": 302}

        looks = may(PEOPLE, 200) if name == "public" else may(WRITER, 200)
        yield Row("write-story", path, may(authors, 200), post=may(authors, 400), secret=secret)
        yield Row("write-story-key", f"{path}key/", signed_in(405), post=may(authors, 302), secret=secret)
        yield Row(
            "write-story-withdraw", f"{path}withdraw/", signed_in(405), post=may(authors, 302), secret=secret
        )
        back = {**may(authors, 302), **({"writer": 302} if name == "deleted" else {})}
        yield Row("write-story-back", f"{path}back/", signed_in(405), post=back, secret=secret)
        bare = {who: 400 if status == 200 else status for who, status in looks.items()}
        yield Row("write-parts", f"{path}parts/", looks, post=bare, secret=secret)
        yield Row(
            "write-replace", f"{path}replace/", may(writers, 200), post=may(writers, 400), secret=secret
        )


def _host() -> Iterator[Row]:
    """The host's pages are not there for anybody else."""
    host = frozenset({"host"})
    yield Row("host", "/host/", gate(host))
    yield Row("host-setup", "/host/setup/", gate(host), post=gate(host, 400))
    yield Row("host-mail", "/host/mail/", all_get(405), post=gate(host, 302))
    yield Row("host-demo-remove", "/host/demo/remove/", all_get(405), post=gate(host, 302))
    yield Row("host-welcome", "/host/welcome/guessed/", all_get(404), post=all_get(404))


def _secret(kind: Kind) -> tuple[str, ...]:
    """What a refusal must not tell."""
    return () if kind.opens == EVERYBODY else (kind.story.title, kind.story.slug)


def _story(kind: Kind, cover: Picture) -> Iterator[Row]:
    one, query, secret = kind.story, kind.query, _secret(kind)
    takes = kind.opens if kind.takes is None else kind.takes
    yield Row("story", one.url + query, gate(kind.opens), secret=secret)
    yield Row("story", f"/stories/{one.pk}-wrong/{query}", gate(kind.opens, 302), secret=secret)
    yield Row("story", f"/stories/{one.pk}/{query}", gate(kind.opens, 302), secret=secret)
    yield Row("media", cover.url + query, gate(kind.opens), secret=secret)
    yield Row("cover", f"/media/{cover.sha256}-320.webp{query}", gate(kind.opens), secret=secret)
    file = f"/downloads/{one.pk}-{quote(one.slug)}.epub{query}"
    yield Row("download-epub", file, gate(takes), secret=secret)
    wrong = takes | (kind.opens if kind.takes == NOBODY else NOBODY)
    yield Row("download-epub", f"/downloads/{one.pk}-wrong.epub{query}", gate(wrong, 302), secret=secret)
    part = first(one)
    adult = one.rating == "explicit"
    marks = dict.fromkeys(kind.opens, "data-part=")
    if adult:
        marks = {who: marks[who] if who in WRITER else "show=1" for who in kind.opens}
    yield Row("part", part.url + query, gate(kind.opens), secret=secret, marks=marks)
    yield Row("part", f"/parts/{part.pk}-wrong/{query}", gate(kind.opens, 302), secret=secret)
    if adult:
        text = dict.fromkeys(kind.opens, "data-part=")
        yield Row("part", f"{part.url}?show=1", gate(kind.opens), marks=text)


def _part(part: Part, opens: frozenset[str], shown: Picture) -> Iterator[Row]:
    secret = (part.title, part.slug)
    yield Row("part", part.url, gate(opens), secret=secret)
    yield Row("part", f"/parts/{part.pk}-wrong/", gate(opens, 302), secret=secret)
    yield Row("media", shown.url, gate(opens), secret=secret)
