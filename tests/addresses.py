"""Every address of the archive and what each of the cast gets there: the table of `test_addresses.py`.

A new address needs a row here. A story, a part, a picture and a file have a row for each kind of visibility.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from PIL import Image

from talehouse.imports.models import Import
from talehouse.stories import describing, pictures, publishing, removing
from talehouse.stories.models import Part, Picture, Series, Story
from talehouse.stories.texts import Wanted
from tests.cast import PROSE, Archive, Cast, first, story

WHO = ("visitor", "reader", "writer", "co_writer", "editor", "beta", "stranger", "host", "suspended")
MEMBERS = frozenset(WHO) - {"visitor"}
EVERYBODY = frozenset(WHO)
PEOPLE = frozenset({"writer", "co_writer", "editor", "beta", "suspended"})
"""Those with a role on the public story; the suspended one was a co-author, and only looks now."""
WRITER = frozenset({"writer"})
NOBODY: frozenset[str] = frozenset()

Expected = Mapping[str, int]


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
    return Places(kinds, parts, covers, shown, _series(cast, archive), job)


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
    yield from _desk(at)
    yield from _host()
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
    yield Row("person", "/people/writer/", all_get(200))
    yield Row("person", "/people/nobody/", nothing)
    yield Row("tag", "/tags/theme/lamps/", all_get(200))
    yield Row("tag", "/tags/fandom/lamps/", nothing)
    yield Row("tag", "/tags/nonsense/lamps/", nothing)
    yield Row("series", "/series/999999-nothing/", nothing)
    yield Row("story", "/stories/999999-nothing/", nothing)
    yield Row("part", "/parts/999999-nothing/", nothing)
    yield Row("media", f"/media/{'0' * 64}.png", nothing)
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


def _host() -> Iterator[Row]:
    """The host's pages are not there for anybody else."""
    host = frozenset({"host"})
    yield Row("host", "/host/", gate(host))
    yield Row("host-setup", "/host/setup/", gate(host), post=gate(host, 400))
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
