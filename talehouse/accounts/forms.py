"""Forms of people: signing up in three fields."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account


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


class SignUpForm(SignupForm):  # type: ignore[misc]
    """E-mail, password, pen name."""

    pen_name = PenNameField()

    @transaction.atomic
    def save(self, request: HttpRequest) -> Account:
        """The account and its first pen name, together or not at all."""
        account: Account = super().save(request)
        pen_names.add(self.cleaned_data["pen_name"], by=account)
        return account
