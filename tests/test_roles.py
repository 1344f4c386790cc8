"""`docs/roles.md`, the table of powers and the rules of the room `stories` say the same."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName, Visitor
from talehouse.lib.html.finding import Wanted
from talehouse.stories import (
    consenting,
    describing,
    drafting,
    holding,
    moving,
    ordering,
    orphaning,
    people,
    pictures,
    publishing,
    removing,
    replacing,
    revising,
    rhythm,
    together,
)
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Consent, Part, Picture, Proposal, Revision, Role, RoleKind, Story
from talehouse.stories.powers import POWERS, WORDS, Power
from tests.addresses import picture
from tests.cast import PROSE, Cast, person

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "talehouse" / "stories"
WHO = {
    "writer": "author",
    "co_writer": "co-author",
    "editor": "editor",
    "beta": "beta",
    "stranger": None,
    "suspended": None,
}
"""Who of the cast has which role; the suspended one is a co-author, and has no powers but to look."""


@cache
def table() -> dict[str, tuple[str, dict[str, bool]]]:
    """The table of `docs/roles.md`: power → what it allows, and who has it."""
    lines = (ROOT / "docs" / "roles.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, _rule, *body = rows
    labels = {str(kind.label).lower(): kind.value for kind in RoleKind}
    kinds = [labels[cell] for cell in head[2:]]
    assert set(kinds) == set(RoleKind.values)
    found = {}
    for code, words, *cells in body:
        assert set(cells) <= {"yes", "–"}, code
        has = {kind: cell == "yes" for kind, cell in zip(kinds, cells, strict=True)}
        found[code.strip("`")] = (words, has)
    return found


def test_the_page_says_what_the_table_says() -> None:
    told = table()
    assert list(told) == [power.value for power in Power]
    for power in Power:
        words, has = told[power.value]
        assert words == str(WORDS[power])
        assert {kind for kind, yes in has.items() if yes} == POWERS[power], power


@dataclass
class Stage:
    """A story with one of each role, with everything on it that a rule may be about."""

    cast: Cast
    story: Story
    other: Story
    gone: Story
    refused: Story
    parts: dict[str, Part]
    roles: dict[str, Role]
    invited: Role
    proposals: dict[str, Proposal]
    aside: Revision
    cover: Picture

    def revision(self) -> Revision:
        """An old text of the part that is out."""
        return self.parts["out"].revisions.order_by("number")[0]

    def pen_of(self, by: Account) -> PenName:
        """A pen name of whoever acts."""
        assert by.pen_name is not None
        return by.pen_name

    def other_author(self, by: Account) -> PenName:
        """An author that is not the one who acts."""
        return self.cast.pen("co_writer" if by == self.cast.writer else "writer")


Act = Callable[[Stage, Account], object]
LATER = timedelta(days=3)

RULES: dict[str, tuple[Power, Act]] = {
    "consenting.propose": (
        Power.OWN,
        lambda at, by: consenting.propose(at.story, Proposal.What.REMOVE, by=by, role=at.roles["suspended"]),
    ),
    "consenting.propose#delete": (
        Power.OWN,
        lambda at, by: consenting.propose(at.story, Proposal.What.DELETE, by=by),
    ),
    "consenting.consent": (Power.OWN, lambda at, by: consenting.consent(at.proposals["delete"], by=by)),
    "consenting.take_back": (Power.OWN, lambda at, by: consenting.take_back(at.proposals["delete"], by=by)),
    "consenting.decline": (Power.OWN, lambda at, by: consenting.decline(at.proposals["delete"], by=by)),
    "describing.renew_key": (Power.DESCRIBE, lambda at, by: describing.renew_key(at.story, by=by)),
    "describing.set_categories": (
        Power.DESCRIBE,
        lambda at, by: describing.set_categories(at.story, ["gen"], by=by),
    ),
    "describing.set_series": (
        Power.DESCRIBE,
        lambda at, by: describing.set_series(at.story, "Weirs", owner=at.pen_of(by), by=by),
    ),
    "describing.set_tags": (
        Power.DESCRIBE,
        lambda at, by: describing.set_tags(at.story, [("theme", "Ash")], by=by),
    ),
    "describing.set_warnings": (
        Power.DESCRIBE,
        lambda at, by: describing.set_warnings(at.story, ["none-apply"], by=by),
    ),
    "drafting.save": (
        Power.WRITE,
        lambda at, by: drafting.save(at.parts["out"], by=by, html="<p>New.</p>", base=None, title="New"),
    ),
    "holding.ask_again": (Power.RELEASE, lambda at, by: holding.ask_again(at.refused, by=by)),
    "moving.move": (
        Power.ARRANGE,
        lambda at, by: moving.move(at.story, [at.parts["out"].pk], to=at.other, by=by),
    ),
    "ordering.reorder": (
        Power.ARRANGE,
        lambda at, by: ordering.reorder(at.story, by=by, order=standing(at.story)[::-1]),
    ),
    "orphaning.orphan": (Power.OWN, lambda at, by: orphaning.orphan(at.story, by=by)),
    "orphaning.orphan_together": (Power.OWN, lambda at, by: orphaning.orphan_together(at.story, by=by)),
    "people.ask": (
        Power.INVITE,
        lambda at, by: people.ask(at.story, at.cast.pen("reader"), RoleKind.BETA, by=by),
    ),
    "people.invite": (Power.INVITE, lambda at, by: people.invite(at.story, "Reader", RoleKind.BETA, by=by)),
    "people.take_back": (Power.INVITE, lambda at, by: people.take_back(at.invited, by=by)),
    "people.change_kind": (
        Power.INVITE,
        lambda at, by: people.change_kind(at.roles["editor"], RoleKind.BETA, by=by),
    ),
    "people.let_go": (Power.INVITE, lambda at, by: people.let_go(at.roles["beta"], by=by)),
    "people.order_authors": (
        Power.DESCRIBE,
        lambda at, by: people.order_authors(
            at.story, [at.roles[who].pk for who in ("suspended", "co_writer", "writer")], by=by
        ),
    ),
    "people.hand_over": (
        Power.OWN,
        lambda at, by: people.hand_over(at.story, by=by, to=at.other_author(by)),
    ),
    "pictures.give_cover": (
        Power.DESCRIBE,
        lambda at, by: pictures.give_cover(at.story, at.cover, by=by, alt="A lamp"),
    ),
    "pictures.add_to_part": (
        Power.WRITE,
        lambda at, by: pictures.add_to_part(at.parts["out"], picture(3), by=by),
    ),
    "publishing.describe": (Power.DESCRIBE, lambda at, by: publishing.describe(at.story, by=by, title="New")),
    "publishing.add_part": (
        Power.ARRANGE,
        lambda at, by: publishing.add_part(at.story, by=by, title="New", html=PROSE),
    ),
    "publishing.edit": (
        Power.WRITE,
        lambda at, by: publishing.edit(at.parts["out"], by=by, html="<p>New.</p>"),
    ),
    "publishing.edit#what counts at once": (
        Power.DESCRIBE,
        lambda at, by: publishing.edit(at.parts["out"], by=by, title="New"),
    ),
    "publishing.publish": (Power.RELEASE, lambda at, by: publishing.publish(at.parts["draft"], by=by)),
    "publishing.publish_changes": (
        Power.RELEASE,
        lambda at, by: publishing.publish_changes(at.parts["out"], by=by),
    ),
    "publishing.publish_all": (Power.RELEASE, lambda at, by: publishing.publish_all(at.story, by=by)),
    "publishing.schedule": (
        Power.RELEASE,
        lambda at, by: publishing.schedule(at.parts["draft"], by=by, at=timezone.now() + LATER),
    ),
    "publishing.unschedule": (
        Power.RELEASE,
        lambda at, by: publishing.unschedule(at.parts["scheduled"], by=by),
    ),
    "removing.withdraw": (Power.REMOVE, lambda at, by: removing.withdraw(at.parts["out"], by=by)),
    "removing.withdraw#story": (Power.REMOVE, lambda at, by: removing.withdraw(at.story, by=by)),
    "removing.put_back": (Power.REMOVE, lambda at, by: removing.put_back(at.parts["withdrawn"], by=by)),
    "removing.put_back#story": (Power.REMOVE, lambda at, by: removing.put_back(at.story, by=by)),
    "removing.delete": (Power.REMOVE, lambda at, by: removing.delete(at.parts["out"], by=by)),
    "removing.delete#story": (Power.OWN, lambda at, by: removing.delete(at.story, by=by)),
    "removing.undelete": (Power.REMOVE, lambda at, by: removing.undelete(at.parts["deleted"], by=by)),
    "removing.undelete#story": (Power.OWN, lambda at, by: removing.undelete(at.gone, by=by)),
    "replacing.replace": (
        Power.WRITE,
        lambda at, by: replacing.replace(at.story, Wanted("lamp"), "lantern", {}, by=by),
    ),
    "replacing.replace#publishing": (
        Power.RELEASE,
        lambda at, by: replacing.replace(at.story, Wanted("lamp"), "lantern", {}, by=by, publish=True),
    ),
    "revising.restore": (Power.WRITE, lambda at, by: revising.restore(at.revision(), by=by)),
    "revising.name": (Power.WRITE, lambda at, by: revising.name(at.revision(), by=by, name="First")),
    "revising.seal": (Power.DESCRIBE, lambda at, by: revising.seal(at.aside, by=by)),
    "revising.keep_mine": (Power.WRITE, lambda at, by: revising.keep_mine(at.aside, by=by)),
    "revising.dismiss": (Power.WRITE, lambda at, by: revising.dismiss(at.aside, by=by)),
    "rhythm.set": (
        Power.RELEASE,
        lambda at, by: rhythm.set(at.story, by=by, days=[2], at=time(18), zone="UTC"),
    ),
    "rhythm.pause": (Power.RELEASE, lambda at, by: rhythm.pause(at.story, by=by)),
    "rhythm.resume": (Power.RELEASE, lambda at, by: rhythm.resume(at.story, by=by)),
    "rhythm.end": (Power.RELEASE, lambda at, by: rhythm.end(at.story, by=by)),
    "rhythm.queue": (Power.RELEASE, lambda at, by: rhythm.queue(at.parts["draft"], by=by)),
    "rhythm.queue_drafts": (Power.RELEASE, lambda at, by: rhythm.queue_drafts(at.story, by=by)),
    "rhythm.leave_queue": (Power.RELEASE, lambda at, by: rhythm.leave_queue(at.parts["queued"], by=by)),
    "rhythm.schedule_from": (
        Power.RELEASE,
        lambda at, by: rhythm.schedule_from(
            at.story,
            [at.parts["draft"]],
            by=by,
            start=(datetime.now(UTC) + LATER).date(),
            days=[1],
            at=time(18),
            zone="UTC",
        ),
    ),
    "together.publish": (
        Power.RELEASE,
        lambda at, by: together.publish(at.story, [at.parts["draft"].pk], by=by),
    ),
    "together.queue": (Power.RELEASE, lambda at, by: together.queue(at.story, [at.parts["draft"].pk], by=by)),
    "together.withdraw": (
        Power.REMOVE,
        lambda at, by: together.withdraw(at.story, [at.parts["out"].pk], by=by),
    ),
    "together.put_back": (
        Power.REMOVE,
        lambda at, by: together.put_back(at.story, [at.parts["withdrawn"].pk], by=by),
    ),
    "together.remove": (Power.REMOVE, lambda at, by: together.remove(at.story, [at.parts["out"].pk], by=by)),
    "together.bring_back": (
        Power.REMOVE,
        lambda at, by: together.bring_back(at.story, [at.parts["deleted"].pk], by=by),
    ),
}
"""Every rule that asks the table, with the power that it must ask for; "#…" for another way to call it."""

NOT_OF_ROLES = {
    "approving.approve": "the host's",
    "approving.refuse": "the host's",
    "removing.hide": "the host's",
    "removing.unhide": "the host's",
    "demo.remove_demo": "the host's",
    "publishing.create": "anybody's, under their own name",
    "starting.begin": "anybody's, under their own name",
    "signing.rename": "whose name it is",
    "people.accept": "who is invited",
    "people.decline": "who is invited",
    "people.leave": "whose role it is",
    "orphaning.undo": "who left",
    "holding.hold_first": "called inside of rules that have asked",
    "holding.no_longer_private": "called inside of rules that have asked",
    "locking.locked": "the question itself",
    "rhythm.settle": "called inside of rules that have asked",
    "texts.save": "called inside of rules that have asked",
}
"""Rules that ask something else than a role; the tests of each say what."""


def rules() -> Iterator[str]:
    """Every rule of the room: a public function that wants to know who acts."""
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and _wants_to_know_who(node):
                yield f"{path.stem}.{node.name}"


def _wants_to_know_who(node: ast.FunctionDef) -> bool:
    return not node.name.startswith("_") and any(one.arg == "by" for one in node.args.kwonlyargs)


def test_every_rule_has_a_row() -> None:
    named = {name.partition("#")[0] for name in RULES} | set(NOT_OF_ROLES)
    missing = [
        f"The rule {rule} has no row in tests/test_roles.py: say which power it asks for."
        for rule in rules()
        if rule not in named
    ]
    assert not missing, "\n".join(missing)
    assert named - set(rules()) == set()


def test_every_power_is_asked_for() -> None:
    """Reading is asked by the gate alone, and annotating by the notes (`writing/noting.py`)."""
    assert {power for power, _act in RULES.values()} == set(Power) - {Power.READ, Power.ANNOTATE}


def standing(story: Story) -> list[int]:
    return list(story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True))


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Everything that the rules are about."""
    story = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="Open", rating="general")
    other, gone, refused = (
        publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title=title, rating="general")
        for title in ("Other", "Gone", "Refused")
    )
    parts = {
        name: publishing.add_part(story, by=cast.writer, title=name.title(), html=PROSE)
        for name in ("out", "draft", "scheduled", "withdrawn", "deleted", "queued")
    }
    publishing.publish(parts["out"], by=cast.writer)
    publishing.edit(parts["out"], by=cast.writer, html="<p>Another lamp.</p>")
    publishing.schedule(parts["scheduled"], by=cast.writer, at=timezone.now() + LATER)
    removing.withdraw(parts["withdrawn"], by=cast.writer)
    removing.delete(parts["deleted"], by=cast.writer)
    rhythm.set(story, by=cast.writer, days=[1], at=time(9), zone="UTC")
    rhythm.queue(parts["queued"], by=cast.writer)
    roles = {who: role(cast, story, who, kind) for who, kind in WHO.items() if who != "stranger"}
    for who, kind in WHO.items():
        for one in (other, gone, refused):
            if who != "stranger":
                role(cast, one, who, kind)
    Story.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    now = timezone.now()
    Story.objects.filter(pk=refused.pk).update(held_at=now, release_at=now, refusal="Too short.")
    aside = drafting.save(parts["out"], by=cast.writer, html="<p>Aside.</p>", base=0, tab="w").revision
    assert aside.kind == Revision.Kind.ASIDE
    return Stage(
        cast=cast,
        story=story,
        other=other,
        gone=gone,
        refused=refused,
        parts=parts,
        roles=roles,
        invited=people.ask(story, pen_names.add("Guest", by=cast.reader), RoleKind.BETA, by=cast.writer),
        proposals=agreed(cast, story),
        aside=aside,
        cover=pictures.keep(picture(2)),
    )


def role(cast: Cast, story: Story, who: str, kind: str | None) -> Role:
    """The role of one of the cast; the suspended one's was given before the suspension."""
    made, _new = Role.objects.get_or_create(
        story=story,
        pen_name=cast.pen(who),
        defaults={"kind": kind or "co-author", "position": 5, "accepted_at": timezone.now()},
    )
    return made


def agreed(cast: Cast, story: Story) -> dict[str, Proposal]:
    """Proposals to which every author has said yes, so that whoever may do the thing can do it."""
    made = {}
    for what in (Proposal.What.DELETE, Proposal.What.ORPHAN):
        made[str(what)] = Proposal.objects.create(story=story, what=what, by=cast.suspended)
        for account in (cast.writer, cast.co_writer, cast.suspended):
            Consent.objects.create(proposal=made[str(what)], account=account)
    return made


def tried(at: Stage, act: Act, by: Account) -> bool:
    """Whether the rule lets them; whatever it did is undone."""
    try:
        with transaction.atomic():
            act(at, Account.objects.get(pk=by.pk))
            transaction.set_rollback(True)
    except NotAllowedError:
        return False
    return True


def expected(who: str, power: Power) -> bool:
    return WHO[who] is not None and table()[power.value][1][WHO[who]]  # type: ignore[index]


def test_every_rule_lets_those_do_it_who_may(stage: Stage) -> None:
    wrong = []
    for name, (power, act) in RULES.items():
        for who in WHO:
            may = tried(stage, act, getattr(stage.cast, who))
            if may != expected(who, power):
                wrong.append(f"{name} as {who}: {'done' if may else 'refused'}, against docs/roles.md")
    assert not wrong, "\n".join(wrong)


def test_the_gate_knows_every_power(stage: Stage) -> None:
    """A suspended account has no power but to look; a visitor, a host and who is only invited have none."""
    part = stage.parts["draft"]
    for power in Power:
        for who in WHO:
            may = expected(who, power) or (who == "suspended" and power is Power.READ)
            account = getattr(stage.cast, who)
            assert Story.objects.allowing(account, power).filter(pk=stage.story.pk).exists() == may
            assert Part.objects.allowing(account, power).filter(pk=part.pk).exists() == may
        for nobody in (Visitor(), stage.cast.host, stage.cast.reader):
            assert not Story.objects.allowing(nobody, power).exists()


def test_who_may_tries_are_real(stage: Stage) -> None:
    """The stage is left as it was, and a rule that refuses everybody would be noticed."""
    assert tried(stage, RULES["publishing.publish"][1], stage.cast.writer)
    assert Part.objects.get(pk=stage.parts["draft"].pk).release_at is None
    assert not tried(stage, RULES["publishing.publish"][1], person("somebody"))
