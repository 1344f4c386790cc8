"""How sign-in and sign-up behave in this house."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account import signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip, respond_429
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from talehouse.accounts import new_address, signed_in
from talehouse.accounts.house import ORPHAN, WAITING
from talehouse.accounts.models import Account
from talehouse.accounts.sessions import MARK
from talehouse.accounts.signing_up import Door, door, invitation_of
from talehouse.lib.rates import Rate
from talehouse.site.house import current
from talehouse.site.house import of as house_of

logger = logging.getLogger(__name__)

GUESSES = Rate(limit=20, seconds=3600)
"""Invitations that open nothing, by address."""
STAYS = frozenset({"account_change_password", "account_set_password"})
"""Pages on which a new password leaves the session that asks for it alive."""
SENT = "account/messages/email_confirmation_sent.txt"
"""What says that a mail is on its way which asks to confirm an address."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The host decides who may sign up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this person finds the door open. Whoever tries out invitations is soon told to wait."""
        token = invitation_of(request)
        way = door(house_of(request), token)
        request.door = way.value  # type: ignore[attr-defined]  # for the page
        if token and way in (Door.SHUT, Door.APPROVAL) and not GUESSES.allows(get_ip(request)):
            raise ImmediateHttpResponse(respond_429(request))
        return way is not Door.SHUT

    def pre_login(self, request: HttpRequest, user: Account, **told: Any) -> HttpResponse | None:
        """Somebody who waits for the host confirms their address meanwhile."""
        if user.waits_since is not None and told["signup"]:
            EmailAddress.objects.get_for_user(user, user.email).send_confirmation(request, signup=True)
        answer: HttpResponse | None = super().pre_login(request, user, **told)
        return answer

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """The account is closed, or waits for the host."""
        page = "account_inactive" if user.waits_since is None else "account_waiting"
        return HttpResponseRedirect(reverse(page))

    def logout(self, request: HttpRequest) -> None:
        """Out, and off the list of where this person is signed in."""
        if isinstance(request.user, Account):
            signed_in.leave(request.session, by=request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: Account, password: str) -> None:
        """Another password, which ends all sessions; who changes it on the page for that stays signed in."""
        super().set_password(user, password)
        match = self.request.resolver_match if self.request is not None else None
        stays = match is not None and match.url_name in STAYS
        signed_in.others_ended(user, here=self.request.session.get(MARK, "") if stays else "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail says which house it comes from. Who waits is not told that there is no account.

        A mail server that fails takes nothing back of what the mail was about: it is logged, and said instead
        of that a mail is on its way.
        """
        if template_prefix == "account/email/unknown_account" and _waits(email):
            template_prefix = "account/email/still_waiting"
        told = {"request": self.request, "email": email, "house": current()}
        try:
            self.render_mail(template_prefix, email, {**told, **context}).send()
        except OSError:  # smtplib's errors are OSErrors
            logger.exception("A mail could not be sent (%s).", template_prefix)
            if self.request is not None:
                self.request.mail_failed = True
                messages.error(self.request, _not_sent(template_prefix, context.get("user")))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *told: Any,
        **more: Any,
    ) -> None:
        """No mail that has just failed is told to be on its way."""
        if message_template != SENT or not getattr(request, "mail_failed", False):
            super().add_message(request, level, message_template, *told, **more)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Account,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A change of how one signs in is told to the address, also where nobody has confirmed it."""
        ways = {
            "password_url": settings.BASE_URL + reverse("account_reset_password"),
            "sessions_url": settings.BASE_URL + reverse("usersessions_list"),
        }
        super().send_notification_mail(
            template_prefix, user, {**ways, **(context or {})}, email or user.email
        )

    def clean_email(self, email: str) -> str:
        """The address itself. Nobody may have the one of the account that waits for the host: whoever has it
        owns what was brought in meanwhile.
        """
        if email.strip().lower() in (WAITING, ORPHAN):
            raise ValidationError(_("There is an account with this address already."))
        return str(super().clean_email(email))

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Who has asked for another address may think better of it; the one that counts stays."""
        return not new_address.counts(email_address)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address that was asked for takes the place of the old one. Confirming the one that counts calls
        off no change. What another account has got meanwhile stays with it.
        """
        try:
            with transaction.atomic():
                if new_address.counts(email_address):
                    return self._confirm_own(request, email_address)
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            messages.error(request, _("There is an account with this address already."))
            return False

    def _confirm_own(self, request: HttpRequest, address: EmailAddress) -> bool:
        told = {"email": address.email}
        if not new_address.confirm_own(address, by=address.user):
            self.add_message(request, messages.ERROR, "account/messages/email_confirmation_failed.txt", told)
            return False
        signals.email_confirmed.send(sender=EmailAddress, request=request, email_address=address)
        self.add_message(request, messages.SUCCESS, "account/messages/email_confirmed.txt", told)
        return True


def _not_sent(template_prefix: str, account: Account | None) -> str:
    """What is said of a mail that failed; where to ask for it again, for whoever can open that page."""
    asks_to_confirm = template_prefix.startswith("account/email/email_confirmation")
    if asks_to_confirm and account is not None and account.waits_since is None:
        return _(
            "A mail to you could not be sent just now. "
            "Ask for it again later, in your settings under “Email address”."
        )
    return _("A mail to you could not be sent just now. Try again later.")


def _waits(email: str) -> bool:
    return Account.objects.filter(email__iexact=email, waits_since__isnull=False).exists()
