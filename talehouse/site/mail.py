"""Sending mail by the host's server; without one, mails are files in the data folder."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from email.header import Header
from smtplib import SMTPAuthenticationError, SMTPNotSupportedError, SMTPResponseException, SMTPSenderRefused
from socket import gaierror
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from talehouse.lib import refusals
from talehouse.site.house import current
from talehouse.site.models import MailFault, MailSecurity, Site


def sender(site: Site) -> str:
    """Whom mail comes from: the host's choice, else an address at the house that nobody reads."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return site.mail_from or f"nobody@{f'[{host}]' if ':' in host else host}"


class Letter(EmailMessage):
    """A mail whose subject begins on the line of its name, however long it is: some programs show the blank
    with which a folded line begins."""

    def message(self, **policy: Any) -> Any:
        """The mail as it is sent."""
        made = super().message(**policy)
        if not str(self.subject).isascii():
            made.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        return made


class SiteEmailBackend(BaseEmailBackend):
    """Chooses at each sending, so that a change on the host's page counts at once. A failure of the server is
    noted for the host until a mail goes out again.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send, or put into the folder `mail` of the data."""
        site = current()
        for message in email_messages:
            if message.from_email == settings.DEFAULT_FROM_EMAIL:
                message.from_email = sender(site)
        try:
            sent = self._connection(site).send_messages(list(email_messages)) or 0
        except OSError as error:  # smtplib's errors are OSErrors
            if not refusals.is_refusal(error):
                _note(site, fault_of(error))
            raise
        if site.mail_failed_at and sent:
            _note(site, None)
        return sent

    def _connection(self, site: Site) -> BaseEmailBackend:
        if not site.smtp_host:
            return get_connection(
                "django.core.mail.backends.filebased.EmailBackend", file_path=str(settings.MAIL_FOLDER)
            )
        return get_connection(
            "django.core.mail.backends.smtp.EmailBackend",
            host=site.smtp_host,
            port=site.smtp_port,
            username=site.smtp_user,
            password=site.smtp_password,
            use_tls=site.smtp_security == MailSecurity.STARTTLS,
            use_ssl=site.smtp_security == MailSecurity.TLS,
            timeout=20,
            fail_silently=self.fail_silently,
        )


def fault_of(error: OSError) -> MailFault:
    """What a failure of the mail server means for its host.

    The server's own words may name people; they are not kept.
    """
    if isinstance(error, SMTPAuthenticationError):
        return MailFault.PERSON
    if isinstance(error, SMTPSenderRefused):
        return MailFault.SENDER
    if isinstance(error, SMTPNotSupportedError | ssl.SSLError):
        return MailFault.PROTECTION
    if isinstance(error, gaierror):
        return MailFault.NAME
    return MailFault.OTHER if isinstance(error, SMTPResponseException) else MailFault.AWAY


def _note(site: Site, fault: MailFault | None) -> None:
    """No kept page shows it, so none is rendered anew."""
    at = timezone.now() if fault else None
    Site.objects.filter(pk=site.pk).update(mail_failed_at=at, mail_fault=fault or "")
