"""Closing an account: 14 days to change one's mind, story by story, and then nothing says who it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from talehouse.accounts import faces, pen_names, portraits
from talehouse.accounts.models import Account, Invitation, PenName, Visitor
from talehouse.imports.models import Import, Source
from talehouse.stories import describing, orphaning, people, publishing, removing, signing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Revision, Role, RoleKind, Series, Story
from talehouse.writing import closing
from talehouse.writing.closing import What, Wish
from talehouse.writing.models import Closing
from tests.addresses import picture
from tests.cast import PROSE, Cast, story

PASSWORD = "the lamp above the weir"


def ask(cast: Cast, wishes: dict[int, Wish] | None = None, who: str = "writer") -> Closing:
    return closing.ask(by=getattr(cast, who), comments="nameless", wishes=wishes or {})


def come(account: Account) -> None:
    """The day comes."""
    Account.objects.filter(pk=account.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def shared(cast: Cast, title: str = "Ours") -> Story:
    """The writer's, with a co-author."""
    made = story(cast, title)
    role = people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer)
    people.accept(role, by=cast.co_writer)
    return made


def signed(of: Story) -> set[str]:
    return set(of.roles.values_list("pen_name__name", flat=True))


# Asking


def test_it_is_closed_in_fourteen_days(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask(cast)
    cast.writer.refresh_from_db()
    assert cast.writer.closes_at == asked.asked_at + timedelta(days=14)
    assert closing.close_due() == 0
    [sent] = mail.outbox
    assert sent.to == ["writer@example.org"] and "/settings/" in sent.body and "Keep my account" in sent.body


def test_every_story_of_ones_own_needs_a_wish(cast: Cast) -> None:
    made = story(cast)
    for wish in (
        {},
        {made.pk: Wish("")},
        {made.pk: Wish("sell")},
        {made.pk: Wish(What.HAND_OVER, cast.pen("reader"))},
    ):
        with pytest.raises(RuleError, match="The Weir"):
            ask(cast, wish)
    assert not Closing.objects.exists()
    ask(cast, {made.pk: Wish(What.DELETE), 999_999: Wish(What.DELETE)})
    assert Closing.objects.get().choices.get().story == made


def test_a_story_with_others_stays_theirs(cast: Cast) -> None:
    made = shared(cast)
    for wish in (Wish(What.DELETE), Wish(What.ORPHAN), Wish(What.HAND_OVER, cast.pen("stranger"))):
        with pytest.raises(RuleError, match="Ours"):
            ask(cast, {made.pk: wish})
    ask(cast)
    assert not Closing.objects.get().choices.exists()


def test_it_is_asked_once(cast: Cast) -> None:
    ask(cast)
    with pytest.raises(RuleError, match="already"):
        ask(cast)


def test_the_only_host_stays(cast: Cast) -> None:
    with pytest.raises(RuleError, match="only host"):
        ask(cast, who="host")
    Account.objects.filter(pk=cast.reader.pk).update(host_since=timezone.now())
    cast.reader.refresh_from_db()
    ask(cast, who="host")
    with pytest.raises(RuleError, match="only host"):
        ask(cast, who="reader")


def test_the_only_host_stays_also_when_the_other_is_gone_meanwhile(cast: Cast) -> None:
    Account.objects.filter(pk=cast.reader.pk).update(host_since=timezone.now())
    ask(cast, who="host")
    come(cast.host)
    Account.objects.filter(pk=cast.reader.pk).update(host_since=None)
    assert closing.close_due() == 0
    assert Account.objects.get(pk=cast.host.pk).is_active


# Keeping


def test_one_may_change_ones_mind(cast: Cast) -> None:
    made = story(cast)
    ask(cast, {made.pk: Wish(What.DELETE)})
    closing.keep(by=cast.writer)
    cast.writer.refresh_from_db()
    assert cast.writer.closes_at is None and not Closing.objects.exists()
    closing.keep(by=cast.writer)
    ask(cast, {made.pk: Wish(What.ORPHAN)})


def test_but_not_once_the_day_has_come(cast: Cast) -> None:
    ask(cast)
    come(cast.writer)
    with pytest.raises(RuleError, match="day has come"):
        closing.keep(by=cast.writer)


# The stories


def test_each_story_goes_its_way(cast: Cast) -> None:
    burnt, left, ours, given = story(cast, "Burnt"), story(cast, "Left"), shared(cast), shared(cast, "Given")
    ask(
        cast,
        {
            burnt.pk: Wish(What.DELETE),
            left.pk: Wish(What.ORPHAN),
            given.pk: Wish(What.HAND_OVER, cast.pen("co_writer")),
        },
    )
    come(cast.writer)
    assert closing.close_due() == 1
    for one in (burnt, left, ours, given):
        one.refresh_from_db()
    assert burnt.purged_at and not Revision.objects.filter(part__story=burnt).exclude(html="").exists()
    assert signed(left) == {"Orphan"} and Story.objects.listed_for(Visitor()).filter(pk=left.pk).exists()
    assert Client().get(left.url).status_code == 200
    for one in (ours, given):
        assert signed(one) == {"Co Writer"}
        assert one.roles.get().kind == RoleKind.AUTHOR
    assert Part.objects.filter(story=given).get().published.html  # type: ignore[union-attr]


def test_helping_roles_and_invitations_end(cast: Cast) -> None:
    made = story(cast, by="reader")
    for who, kind in (("editor", RoleKind.EDITOR), ("writer", RoleKind.BETA)):
        people.ask(made, cast.pen(who), kind, by=cast.reader)
    people.accept(Role.objects.get(pen_name=cast.pen("writer")), by=cast.writer)
    for who in ("writer", "editor"):
        ask(cast, who=who)
        come(getattr(cast, who))
    assert closing.close_due() == 2
    assert signed(made) == {"Reader"}


def test_what_was_begun_since_goes_or_stays_nameless(cast: Cast) -> None:
    ask(cast)
    draft = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="Begun late")
    publishing.add_part(draft, by=cast.writer, title="One", html=PROSE)
    out = story(cast, "Out late")
    come(cast.writer)
    assert closing.close_due() == 1
    draft.refresh_from_db()
    assert draft.purged_at is not None
    assert signed(out) == {"Orphan"}


def test_what_changed_meanwhile_is_seen_to(cast: Cast) -> None:
    """The heir has left, so the wish cannot be done; a co-author has come, so deleting is not mine alone."""
    given, joined, deleted = shared(cast, "Given"), story(cast, "Joined"), story(cast, "Deleted before")
    ask(
        cast,
        {
            given.pk: Wish(What.HAND_OVER, cast.pen("co_writer")),
            joined.pk: Wish(What.DELETE),
            deleted.pk: Wish(What.ORPHAN),
        },
    )
    people.leave(given.roles.get(pen_name=cast.pen("co_writer")), by=cast.co_writer)
    role = people.ask(joined, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer)
    people.accept(role, by=cast.co_writer)
    removing.delete(deleted, by=cast.writer)
    come(cast.writer)
    assert closing.close_due() == 1
    assert signed(given) == {"Orphan"}
    assert signed(joined) == {"Co Writer"}
    deleted.refresh_from_db()
    assert deleted.purged_at is not None


def test_a_suspended_account_may_leave_too(cast: Cast) -> None:
    made = story(cast)
    Account.objects.filter(pk=cast.writer.pk).update(suspended_at=timezone.now())
    cast.writer.refresh_from_db()
    ask(cast, {made.pk: Wish(What.ORPHAN)})
    come(cast.writer)
    assert closing.close_due() == 1
    assert signed(made) == {"Orphan"}


def test_it_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stories = [story(cast, f"Story {number}") for number in range(4)]
    ask(cast, {one.pk: Wish(What.ORPHAN) for one in stories})
    come(cast.writer)
    real, tries = orphaning.orphan, iter(range(100))

    def crash(story: Story, *, by: Account) -> object:
        if next(tries) == 2:
            raise RuntimeError("the power is gone")
        return real(story, by=by)

    monkeypatch.setattr(orphaning, "orphan", crash)
    with pytest.raises(RuntimeError):
        closing.close(cast.writer.pk)
    assert [signed(one) for one in stories] == [{"Orphan"}] * 2 + [{"Writer"}] * 2
    assert Account.objects.get(pk=cast.writer.pk).is_active
    assert closing.close_due() == 1
    assert [signed(one) for one in stories] == [{"Orphan"}] * 4
    assert closing.close_due() == 0 == closing.close(cast.writer.pk)


def test_one_that_fails_keeps_nobody_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    made = story(cast)
    ask(cast, {made.pk: Wish(What.ORPHAN)})
    ask(cast, who="reader")
    come(cast.writer)
    come(cast.reader)
    monkeypatch.setattr(orphaning, "orphan", lambda *_given, **_named: 1 / 0)
    assert closing.close_due() == 1
    assert "tried again" in caplog.text
    assert Account.objects.get(pk=cast.reader.pk).closed_at is not None


# Nothing identifies the person


def rows() -> Iterator[tuple[str, str]]:
    """Everything that stands in any text column of any table: (table and column, value)."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")
            columns = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if value is not None and not isinstance(value, (int, float, bool)):
                        yield f"{table}.{column}", str(value)


def known_of(account: Account) -> set[str]:
    """What nobody may find any more."""
    names = PenName.objects.filter(account=account)
    told = {account.email, account.email.partition("@")[0], str(account.uuid), account.uuid.hex}
    for one in names:
        told |= {
            one.name,
            one.name_key,
            one.slug,
            str(one.uuid),
            one.uuid.hex,
            one.about,
            *one.links,
            one.face,
        }
        for former in one.former_names.all():
            told |= {former.name, former.name_key, former.slug}
    return {word.casefold() for word in told if word}


def is_uuid(word: str) -> bool:
    return len(word.replace("-", "")) == 32


@pytest.fixture
def whole_life(cast: Cast) -> Account:
    """Somebody who has used everything that there is, under words that nothing else contains."""
    account = Account.objects.create_user(
        "quillfeather@mail.example", PASSWORD, language="es", time_zone="Asia/Kolkata"
    )
    pen = pen_names.add("Zephyrine Quill", by=account)
    other = pen_names.take("Barnabas Thistle", by=account)
    signing.rename(pen, "Zephyrine Vane", by=account)
    portraits.describe(other, by=account, about="I am Ottoline.", links=["https://ottoline.example/me"])
    faces.put(other, picture(5), by=account)
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    Authenticator.objects.create(user=account, type="totp", data={"secret": "ottoline-secret"})
    client = Client()
    assert client.login(email=account.email, password=PASSWORD)
    UserSession.objects.create(
        user=account, ip="192.0.2.77", session_key="k" * 30, user_agent="Ottoline Browser"
    )
    Invitation.objects.create(
        made_by=account, token_hash="o" * 64, note="for ottoline", ends_at=timezone.now() + timedelta(days=1)
    )
    job = Import.objects.create(
        owner=account, pen_name=pen, message="Ottoline.docx", preview=[{"by": "Ottoline"}]
    )
    job.files.create(name="Ottoline.docx", path="x/ottoline.docx", size=1)
    return account


def test_nothing_in_the_whole_database_says_who_it_was(
    cast: Cast, whole_life: Account, django_capture_on_commit_callbacks: Any
) -> None:
    account = whole_life
    pens = list(account.pen_names.order_by("pk"))
    stories = []
    for number, pen in enumerate(pens * 2):
        made = publishing.create(by=account, pen_name=pen, title=f"Tale {number}", rating="general")
        publishing.publish(publishing.add_part(made, by=account, title="One", html=PROSE), by=account)
        describing.set_series(made, f"Row {number}", owner=pen, by=account)
        stories.append(made)
    Source.objects.create(owner=account, identifier="urn:ottoline", story=stories[0])
    ours = stories[3]
    people.accept(people.ask(ours, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=account), by=cast.co_writer)
    face = faces.path(PenName.objects.exclude(face="").get().face)
    words = known_of(account) | {"ottoline", "quillfeather", "192.0.2.77"}
    there = "\n".join(value for _where, value in rows()).casefold()
    assert all(word in there or is_uuid(word) for word in words)  # a database writes uuids in one way only
    closing.ask(
        by=account,
        comments="remove",
        wishes={stories[0].pk: Wish(What.DELETE), **{one.pk: Wish(What.ORPHAN) for one in stories[1:3]}},
    )
    come(account)
    with django_capture_on_commit_callbacks(execute=True):
        assert closing.close_due() == 1
    found = [(where, word) for where, value in rows() for word in words if word in value.casefold()]
    assert found == []
    assert not default_storage.exists(face)
    emptied = Account.objects.get(pk=account.pk)
    assert not emptied.is_active and emptied.closed_at and not emptied.has_usable_password()
    assert not EmailAddress.objects.filter(user=account).exists()
    assert not Series.objects.filter(owner__account=account).exists()
    assert signed(ours) == {"Co Writer"} and Series.objects.get(title="Row 3").owner == cast.pen("co_writer")


def test_nobody_signs_in_any_more_and_nobody_gets_the_names(cast: Cast, whole_life: Account) -> None:
    client = Client()
    assert client.login(email=whole_life.email, password=PASSWORD)
    address = PenName.objects.get(name="Zephyrine Vane").url
    assert client.get("/settings/").status_code == 200 and Client().get(address).status_code == 200
    closing.ask(by=whole_life, comments="nameless", wishes={})
    come(whole_life)
    assert closing.close_due() == 1
    assert client.get("/settings/").status_code == 302
    assert not Client().login(email=whole_life.email, password=PASSWORD)
    for path in (address, "/people/zephyrine-quill/", "/people/barnabas-thistle/"):
        assert Client().get(path).status_code == 404
    for pen_name in PenName.objects.filter(account=whole_life):
        assert Client().get(pen_name.url).status_code == 404
    for name in ("Zephyrine Vane", "ZEPHYRINE QUILL", "Barnabas-Thistle"):
        with pytest.raises(pen_names.PenNameError, match="already writes"):
            pen_names.take(name, by=cast.stranger)
    Account.objects.create_user("quillfeather@mail.example")


def test_others_stay_signed_in(cast: Cast) -> None:
    reader = cast.client("reader")
    ask(cast)
    come(cast.writer)
    before = Session.objects.count()
    assert closing.close_due() == 1
    assert Session.objects.count() == before
    assert reader.get("/settings/").status_code == 200
