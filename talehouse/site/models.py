"""The one row that holds the rules of the house."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignUp(models.TextChoices):
    """Who may make an account."""

    OPEN = "open", _("Everyone")
    APPROVAL = "approval", _("Everyone who asks, once you have said yes")
    INVITATION = "invitation", _("Whoever has an invitation from you")
    CLOSED = "closed", _("Nobody, for now")


class MailSecurity(models.TextChoices):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls", "STARTTLS"
    TLS = "tls", "TLS"
    NONE = "none", _("None (only for a server on this machine)")


class MailFault(models.TextChoices):
    """Why the mail server took no mail, as the host is told."""

    NAME = "name", _("There is no mail server of this name.")
    AWAY = "away", _("The mail server does not answer at this port.")
    PROTECTION = "protection", _("The mail server does not speak this kind of protection at this port.")
    PERSON = "person", _("The mail server does not accept the user and the password.")
    SENDER = "sender", _("The mail server takes no mail from this address.")
    OTHER = "other", _("The mail server refused.")


class Site(models.Model):
    """The rules of the house; exactly one row, with the key 1.

    `approves_first_story`: a writer's first story is seen by its people only until the host has approved it.
    `ceiling` is the highest rating that is ever listed. `set_up_at` is null until the host has answered
    the five questions of the first start. `mail_failed_at` is null unless the mail server failed at the last
    mail, and `mail_fault` says how.
    """

    name = models.CharField(max_length=80, default="Talehouse")
    tagline = models.CharField(max_length=160, blank=True)
    sign_up = models.CharField(max_length=10, choices=SignUp, default=SignUp.CLOSED)
    approves_first_story = models.BooleanField(default=False)
    ceiling = models.CharField(max_length=10, default="explicit")
    mail_from = models.EmailField(blank=True)
    smtp_host = models.CharField(max_length=200, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_user = models.CharField(max_length=200, blank=True)
    smtp_password = models.CharField(max_length=200, blank=True)
    smtp_security = models.CharField(max_length=10, choices=MailSecurity, default=MailSecurity.STARTTLS)
    welcome_token_hash = models.CharField(max_length=64, blank=True)
    set_up_at = models.DateTimeField(null=True, blank=True)
    mail_failed_at = models.DateTimeField(null=True, blank=True)
    mail_fault = models.CharField(max_length=10, choices=MailFault, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="site_is_one_row")]

    def __str__(self) -> str:
        return self.name
