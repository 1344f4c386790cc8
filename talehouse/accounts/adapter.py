"""How sign-in and sign-up behave in this house."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from talehouse.accounts.house import WAITING
from talehouse.site.house import current
from talehouse.site.house import of as house_of
from talehouse.site.models import SignUp


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The host decides who may sign up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the door is open."""
        return bool(house_of(request).sign_up == SignUp.OPEN)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail says which house it comes from."""
        super().send_mail(template_prefix, email, {"house": current(), **context})

    def clean_email(self, email: str) -> str:
        """The address itself. Nobody may have the one of the account that waits for the host: whoever has it
        owns what was brought in meanwhile.
        """
        if email.strip().lower() == WAITING:
            raise ValidationError(_("There is an account with this address already."))
        return str(super().clean_email(email))
