"""Every attempt of `tests/payloads.txt` through every rule that takes words, in the archive's own process.

What a rule refuses does not come in, which is as good; `admitted` says how many came in by each door.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import escape
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from talehouse.accounts import blocking, pen_names, portraits
from talehouse.accounts.models import Account, PenName
from talehouse.accounts.pen_names import PenNameError
from talehouse.comments import deciding
from talehouse.comments.models import Comment
from talehouse.comments.saying import Guest, Place, say
from talehouse.lib import html as markup
from talehouse.library import following
from talehouse.stories import describing, people, publishing, revising
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, RoleKind, Series, Story
from talehouse.stories.quoting import Quote
from talehouse.tags.vocabulary import TagKind
from talehouse.writing import noting
from tests.attacks import payloads as all_of_them

LINE = 200
"""Characters of a title."""


def payloads() -> list[str]:
    """Every attempt, without U+0000: every form refuses that."""
    return [payload.replace("\0", "") for payload in all_of_them()]


def chunks(limit: int) -> Iterator[str]:
    """All attempts, as many in one line as there is room for."""
    line = ""
    for payload in payloads():
        if line and len(line) + 1 + len(payload) > limit:
            yield line
            line = ""
        line = f"{line} {payload}" if line else payload[:limit]
    yield line


def session_of(account: Account) -> str:
    """A browser in which this person has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def person(name: str, **fields: Any) -> Account:
    """An account with one pen name."""
    account = Account.objects.create_user(f"{name}@example.org", "a lamp above the weir", **fields)
    pen_names.add(name.title(), by=account)
    return account


class Attack:
    """Somebody who sends nothing but attempts, a reader, and a host."""

    def __init__(self) -> None:
        self.admitted: Counter[str] = Counter()
        self.mallory, self.reed = person("mallory"), person("reed")
        self.wren, self.rook = person("wren"), person("rook")
        self.keeper = person("keeper", host_since=timezone.now())
        self.names = list(self._names())
        self.stories: list[Story] = []
        self.long: Part
        self.short: Part

    def _name(self, number: int) -> PenName:
        return self.names[number % len(self.names)]

    def _names(self) -> Iterator[PenName]:
        for payload in payloads():
            with suppress(PenNameError):
                yield pen_names.add(payload, by=self.mallory)
                self.admitted["pen names"] += 1

    def portray(self) -> None:
        """What pen names say of themselves, and their links."""
        for name, about in zip(self.names, chunks(portraits.LONGEST_ABOUT), strict=False):
            portraits.describe(name, by=self.mallory, about=about, links=[])
            self.admitted["portraits"] += 1
        wanted = [link for one in payloads() for link in (one, f"https://e.example/{one}")]
        links = [link for link in wanted if _is_link(link)]
        self.admitted["links"] += len(links)
        for number in range(0, len(links), portraits.MOST_LINKS):
            some = links[number : number + portraits.MOST_LINKS]
            portraits.describe(self._name(number + 9), by=self.mallory, about="x", links=some)

    def write(self) -> None:
        """Stories, each with a part, tags and a series."""
        for name in self.names:
            following.follow(name, by=self.reed)
        tags = list(chunks(150))
        for number, line in enumerate(chunks(LINE)):
            pen_name = self._name(number)
            story = publishing.create(
                by=self.mallory,
                pen_name=pen_name,
                title=line,
                summary=line,
                note_before=f"<p>{line}</p>",
                rating="general",
            )
            kinds = [TagKind.values[(number + step) % len(TagKind.values)] for step in range(2)]
            some = [(kind, tags[(2 * number + step) % len(tags)]) for step, kind in enumerate(kinds)]
            describing.set_tags(story, some, by=self.mallory)
            describing.set_series(story, line, owner=pen_name, by=self.mallory)
            html = f"<p>A text.</p>{line}"
            part = publishing.add_part(story, by=self.mallory, title=line, html=html, note_after=line)
            publishing.publish(part, by=self.mallory)
            self.stories.append(story)
            self.admitted["stories"] += 1
        first = self.stories[0]
        for story in self.stories[:20]:
            people.ask(story, self._pen(self.wren), RoleKind.EDITOR, by=self.mallory)
        words = "\n".join(payloads())
        publishing.describe(first, by=self.mallory, comments_from="everyone")
        publishing.describe(self.stories[1], by=self.mallory, held_words=words, note_after=words)

    @staticmethod
    def _pen(account: Account) -> PenName:
        assert account.pen_name is not None
        return account.pen_name

    def write_long(self) -> None:
        """One part with every attempt as markup, and with every attempt as words that can be quoted."""
        html = "".join(payloads()) + "".join(f"<p>{escape(one)}</p>" for one in payloads())
        story = self.stories[0]
        made = publishing.add_part(story, by=self.mallory, title="Long", html=html)
        self.long = publishing.publish(made, by=self.mallory)
        lines = list(chunks(revising.LONGEST_NAME))[::3]
        made = publishing.add_part(story, by=self.mallory, title="Short", html=f"<p>A text.</p>{lines[0]}")
        self.short = publishing.publish(made, by=self.mallory)
        for number, line in enumerate(lines):
            html = f"<p>{number}</p><h2>{line}</h2><p>{escape(lines[-number])}</p>{lines[-number]}"
            publishing.edit(self.short, by=self.mallory, html=html)
            draft = Part.objects.get(pk=self.short.pk).draft
            assert draft is not None
            revising.name(draft, by=self.mallory, name=line)
            noting.write(self.short, lines[-number], by=self.mallory)
            self.admitted["revisions"] += 1
        publishing.publish(self.short, by=self.mallory)

    def talk(self) -> None:
        """Comments at every kind of place, answers, and guests of whom half have to wait."""
        long = Part.objects.select_related("story", "published").get(pk=self.long.pk)
        assert long.published is not None
        blocks = markup.parse(long.published.html)[-len(payloads()) :]
        series = Series.objects.order_by("pk")[0]
        said: Comment | None = None
        mine = say(Place(story=long.story, part=long), by=self.reed, text="Hello.")
        for number, payload in enumerate(payloads()):
            place = Place(story=long.story, part=long)
            parent = None
            if number % 4 == 0:
                key, block = blocks[number % len(blocks)]
                place = Place(None, long.story, long, key, Quote(block.text[:500]))
            elif number % 4 == 1:
                parent = said if number % 8 == 1 else mine
            elif number % 4 == 2:
                place = Place(story=long.story) if number % 8 == 2 else Place(series=series)
            words = f"{payload}\n\n@wren {payload}" if number % 4 == 3 else payload
            made = say(place, by=self.mallory, text=words, pen_name=self._name(number), parent=parent)
            said = made if number % 4 == 0 else said
            self.admitted["comments"] += 1
        self._guests(Place(story=long.story, part=long))

    def _guests(self, place: Place) -> None:
        for number, payload in enumerate(payloads()):
            with suppress(RuleError):
                made = say(place, by=Guest(payload, "key"), text=payload)
                self.admitted["guests"] += 1
                if number % 2:
                    deciding.approve(made, by=self.mallory)

    def refuse(self) -> None:
        """Somebody whom these names have annoyed."""
        for number, name in enumerate(self.names):
            act = blocking.block if number % 2 else blocking.mute
            act(name, by=self.rook)

    def told(self) -> dict[str, Any]:
        """Where all of it is shown."""
        people_ = {"mallory": self.mallory, "reed": self.reed, "wren": self.wren}
        people_ |= {"rook": self.rook, "keeper": self.keeper}
        series = Series.objects.order_by("pk")
        tags = [tag for story in self.stories for tag in story.tags.all()]
        return {
            "sessions": {name: session_of(account) for name, account in people_.items()},
            "admitted": dict(self.admitted),
            "stories": _addresses(Story.objects.filter(pk__in=[story.pk for story in self.stories])),
            "parts": _addresses(Part.objects.filter(story__in=self.stories).select_related("story")),
            "series": _addresses(series),
            "names": _addresses(self.names),
            "tags": list(dict.fromkeys(tag.url for tag in tags)),
            "ids": {
                "story": self.stories[0].pk,
                "held": self.stories[1].pk,
                "series": series[0].pk,
                "long": self.long.pk,
                "short": self.short.pk,
                "name": self.names[0].pk,
            },
            "long_url": self.long.url,
        }


def _addresses(things: Iterable[Any]) -> list[str]:
    return [thing.url for thing in things]


def _is_link(link: str) -> bool:
    try:
        return bool(portraits.tidy_links([link]))
    except PenNameError:
        return False


def attack() -> dict[str, Any]:
    """All of it; says where to look."""
    with transaction.atomic():
        doing = Attack()
        for act in (doing.portray, doing.write, doing.write_long, doing.talk, doing.refuse):
            act()
        return doing.told()
