"""Forms of people: signing up in three fields, and another address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm, ChangePasswordForm, ResetPasswordKeyForm, SignupForm
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.models import EmailAddress
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from talehouse.accounts import new_address, pen_names, signing_up, spam
from talehouse.accounts.errors import DoorError
from talehouse.accounts.models import Account
from talehouse.lib.clock import zones
from talehouse.site.house import of as house_of

GOOD_PASSWORD = _("At least 10 characters, and none that everybody uses.")


class PenNameField(forms.CharField):
    """A pen name that nobody has yet."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Pen name"))
        options.setdefault("help_text", _("What your stories and comments are signed with."))
        super().__init__(max_length=60, **options)

    def clean(self, value: Any) -> str:
        """The tidy name; an error if it cannot be taken."""
        name = pen_names.tidy(super().clean(value))
        try:
            pen_names.check(name)
        except pen_names.PenNameError as error:
            raise forms.ValidationError(str(error)) from error
        if pen_names.is_taken(name):
            raise forms.ValidationError(_("Somebody already writes under this name. Please choose another."))
        return name


class ZoneField(forms.Field):
    """The browser's time zone, which a script fills in; "" without one, or for a name that there is not."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput({"data-time-zone": ""}))

    def clean(self, value: Any) -> str:
        """Nobody is bothered with it: what is wrong counts as nothing."""
        return value if value in zones() else ""


class SignUpForm(SignupForm):  # type: ignore[misc]
    """E-mail, password, pen name; and what keeps machines out, which no person sees."""

    pen_name = PenNameField()
    time_zone = ZoneField()
    field_order = ("email", "password1", "pen_name")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].help_text = GOOD_PASSWORD

    @property
    def stamp(self) -> str:
        """For the hidden field that says when the form was opened; new each time that it is shown."""
        return spam.stamp()

    def validate_unique_email(self, value: str) -> str:
        """No account has it. What somebody else has only asked for is nobody's yet."""
        if not new_address.is_free(value):
            return str(super().validate_unique_email(value))
        self.account_already_exists = False
        return value

    def clean(self) -> dict[str, Any]:
        """As three fields go, and sent by a person as far as can be told."""
        told: dict[str, Any] = super().clean()
        objection = spam.objection(self.data.get(spam.OPENED, ""), self.data.get(spam.BAIT, ""))
        if objection:
            self.add_error(None, objection)
        return told

    def try_save(self, request: HttpRequest) -> tuple[Account | None, HttpResponse | None]:
        """The account; or the form again, if somebody else has taken the name, the address or the invitation
        in the moment between.
        """
        try:
            account, answer = super().try_save(request)
        except pen_names.PenNameError as refusal:
            self.add_error("pen_name", str(refusal))
        except DoorError as refusal:
            self.add_error(None, str(refusal))
        except IntegrityError:
            self.add_error("email", _("There is an account with this address already."))
        else:
            return account, answer
        context = {"form": self, **get_entrance_context_data(request)}
        return None, render(request, "account/signup.html", context)

    @transaction.atomic
    def save(self, request: HttpRequest) -> Account:
        """The account and its first pen name, together or not at all."""
        account: Account = super().save(request)
        token = signing_up.invitation_of(request)
        way = signing_up.door(house_of(request), token)
        told = {name: self.cleaned_data[name] for name in ("pen_name", "time_zone")}
        language = get_language() or ""
        signing_up.settle(account, way=way, token=token, language=language, **told)
        return account


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Another password, asked for in our words."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["oldpassword"].label = _("Your password until now")
        _in_our_words(self.fields)


class ForgottenPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password after the link in a mail, asked for in our words."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _in_our_words(self.fields)


def _in_our_words(fields: Mapping[str, forms.Field]) -> None:
    fields["password1"].label, fields["password1"].help_text = _("New password"), GOOD_PASSWORD
    fields["password2"].label = _("The new password again")
    for field in fields.values():
        field.widget.attrs.pop("placeholder", None)


class NewAddressForm(AddEmailForm):  # type: ignore[misc]
    """Another address, which counts once it is confirmed. A second step stands in nobody's way: it was set up
    with a confirmed address, and that one stays until then.
    """

    def clean_email(self) -> str:
        """Not the person's own already. Whether others have it, only who reads its mails learns."""
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        if EmailAddress.objects.filter(user=self.user, email=email).exists():
            raise get_adapter().validation_error("duplicate_email")
        return email

    def save(self, request: HttpRequest) -> EmailAddress:
        """Asked for, and a mail with the link goes there."""
        asked = new_address.ask_for(self.cleaned_data["email"], by=self.user)
        send_verification_email_to_address(request, asked)
        return asked
