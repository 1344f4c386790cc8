"""Second factors and passkeys: what the authenticators of people are told about this house and about them."""

from __future__ import annotations

import base64
import re
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from talehouse.accounts.models import Account
from talehouse.site.house import current


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The house is called by its name, and an account by its uuid: its number never leaves the server."""

    error_messages = {  # noqa: RUF012 - as allauth declares it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This does not match. Try it once more."),
        "unverified_email": gettext_lazy(
            "Confirm your email address first; else nobody could help you back in if you lose the key."
        ),
    }

    def _get_site_name(self) -> str:
        return current().name

    def build_totp_svg(self, url: str) -> str:
        """The picture that an app reads: black on white in every theme."""
        before, opening, drawing = re.split(r"(<svg[^>]*>)", super().build_totp_svg(url), maxsplit=1)
        return f'{before}{opening}<rect width="100%" height="100%" fill="#fff"/>{drawing}'

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        """What a key keeps of the account: an opaque handle, and the address to tell two accounts apart."""
        return {"id": user.uuid.bytes, "name": user.email, "display_name": user.email}

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        """What a key is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Key %(n)s") % {"n": number}


class UseAppForm(ActivateTOTPForm):  # type: ignore[misc]
    """An app for codes shows that it has understood."""

    code = forms.CharField(
        label=gettext_lazy("The code that it shows"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


BROKEN = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
"""What the library raises for answers that no browser gives."""


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("So that you can tell your keys apart: “Phone”, “Blue stick”."),
    )
    passwordless = forms.BooleanField(
        label=gettext_lazy("A passkey: it signs me in by itself, without the password"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without this, it comes after the password. Older keys can do only that."),
    )

    def clean(self) -> dict[str, Any]:
        """The key has answered our question."""
        try:
            told: dict[str, Any] = super().clean()
        except BROKEN:
            raise _refused() from None
        return told


class _KeyAnswer:
    """A key answers a question; what is no answer is refused like a wrong one."""

    def clean_credential(self) -> Authenticator:
        """The key that has answered."""
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except BROKEN:
            raise _refused() from None
        return found


class SecondStepForm(_KeyAnswer, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A key after the password."""


class StillYouForm(_KeyAnswer, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A key to show that it is still the same person."""


class _ByHandle(LoginWebAuthnForm):  # type: ignore[misc]
    """The handle that a passkey keeps says whose it is."""

    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]
        auth.parse_authentication_response(credential)
        handle = base64.urlsafe_b64decode(credential["response"]["userHandle"] + "==")
        account = Account.objects.filter(uuid=UUID(bytes=handle)).first()
        if account is None:
            raise _refused()
        return auth.complete_authentication(account, credential)


class PasskeySignInForm(_KeyAnswer, _ByHandle):
    """Signing in by a passkey alone."""


def _refused() -> forms.ValidationError:
    refused: forms.ValidationError = MFAAdapter().validation_error("incorrect_code")
    return refused
