"""Accounts sign in; pen names sign. Nobody else learns which pen names share an account."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from talehouse.lib.slugs import name_key, slug
from talehouse.pages.variant import RATINGS


def lower(one: str, other: str) -> str:
    """The lower of two ratings: a person's wish never lifts the house's limit."""
    return min(one, other, key=RATINGS.index)


def no_limit() -> str:
    """The limit of a house that has none; a request puts the question to the house's row in its place."""
    return "explicit"


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; an e-mail address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """A new account. Raises ValueError without an address."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """A host's account (Django's own command asks for this name)."""
        return self.create_user(email, password, host_since=timezone.now(), **fields)


class Account(AbstractBaseUser, PermissionsMixin):
    """Who signs in. `ceiling` is the highest rating that they asked to meet in lists.

    `waits_since`: it signed up where the host approves accounts, and cannot sign in yet. `writes_since`: its
    first story was approved, where the host approves those. `wrangler_since`: a host asked it to make order
    among tags. `closes_at`: its owner closed it, and may change their mind until then; `closed_at`: nothing
    on it identifies anybody any more.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=50, default="UTC")
    ceiling = models.CharField(max_length=10, default="teen")
    host_since = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    demo_since = models.DateTimeField(null=True, blank=True)
    waits_since = models.DateTimeField(null=True, blank=True)
    writes_since = models.DateTimeField(null=True, blank=True)
    wrangler_since = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()

    house_limit: Callable[[], str] = staticmethod(no_limit)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def limit(self) -> str:
        """The highest rating that this person meets in lists here."""
        return lower(self.ceiling, self.house_limit())

    @property
    def is_host(self) -> bool:
        """Whether this account runs the house."""
        return self.host_since is not None

    @property
    def is_wrangler(self) -> bool:
        """Whether this account may make order among tags: those whom a host has appointed, and hosts."""
        return self.wrangler_since is not None or self.is_host

    @property
    def is_suspended(self) -> bool:
        """A suspended account reads and takes its things away; it writes nothing."""
        return self.suspended_at is not None

    @property
    def pen_name(self) -> PenName | None:
        """The pen name that is offered first: the one that is preferred, else the oldest in use."""
        return self.pen_names.filter(retired_at=None).order_by("-preferred", "pk").first()


class Visitor:
    """Somebody without a name: a visitor, who may have asked for a rating by a cookie; or any member at all,
    for whom a page is rendered that all members share."""

    pk: Literal[None] = None
    is_host = False
    is_wrangler = False
    is_suspended = False
    house_limit: Callable[[], str] = staticmethod(no_limit)

    def __init__(self, ceiling: str = "teen", *, member: bool = False) -> None:
        self.ceiling = ceiling
        self.is_authenticated = member

    @property
    def limit(self) -> str:
        """The highest rating that this person meets in lists here."""
        return lower(self.ceiling, self.house_limit())


Person = Account | Visitor
"""Whoever looks or acts: the argument of the gate and of every rule."""


class PenName(models.Model):
    """What a story and a comment are signed with.

    `name_key` makes two spellings of one name the same, so that nobody signs as somebody else. `links` are
    addresses of pages elsewhere; `face` is the file of a picture, named by its content.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="pen_names")
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=80, unique=True, editable=False)
    slug = models.CharField(max_length=80, unique=True, editable=False)
    about = models.TextField(blank=True)
    links = models.JSONField(default=list, blank=True)
    face = models.CharField(max_length=70, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    preferred = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="pen_name_not_empty"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(preferred=True), name="pen_name_preferred_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The page of this pen name."""
        return f"/people/{quote(self.slug)}/"

    @property
    def face_url(self) -> str:
        """The address of the picture; "" without one."""
        return f"/faces/{self.face}" if self.face else ""


class FormerName(models.Model):
    """What a pen name was called before. Its page leads to the new one until `ended_at`.

    Nobody else ever gets the name, also afterwards.
    """

    pen_name = models.ForeignKey(PenName, models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=80, unique=True)
    slug = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ReservedName(models.Model):
    """A name of a closed account, which nobody gets again: only a keyed hash of it is left.

    One row for its spelling (`name_key`) and one for its address (`slug`).
    """

    hash = models.CharField(max_length=64, unique=True)


class Blocking(models.Model):
    """An account wants nothing of another: no answers, no mails. `through` is the name that they saw.

    It covers the whole account silently; one row a name, so that nobody learns which names belong together.
    """

    by = models.ForeignKey(Account, models.PROTECT, related_name="blockings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    through = models.ForeignKey(PenName, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "through"], name="blocking_once_a_name"),
            models.CheckConstraint(condition=~models.Q(by=models.F("account")), name="blocking_of_others"),
        ]


class Muting(models.Model):
    """An account does not want to see what one pen name writes in comments."""

    by = models.ForeignKey(Account, models.PROTECT, related_name="mutings")
    pen_name = models.ForeignKey(PenName, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "pen_name"], name="muting_once_a_name")]


class Invitation(models.Model):
    """A link that lets one person sign up; only a hash of its secret is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="invitations")
    made_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=120, blank=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)


def key_and_slug(name: str) -> tuple[str, str]:
    """The two derived columns of a pen name."""
    return name_key(name), slug(name, limit=60)
