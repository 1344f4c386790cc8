"""Forms of the host."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.forms import PenNameField, ZoneField
from talehouse.accounts.house import WAITING
from talehouse.accounts.models import Account
from talehouse.pages.variant import RATINGS
from talehouse.site.models import MailSecurity, SignUp
from talehouse.stories.approving import LONGEST_REASON
from talehouse.tags.vocabulary import Rating


class WelcomeForm(forms.Form):
    """The host's account."""

    email = forms.EmailField(label=_("Email"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput,
        strip=False,
        help_text=_("At least 10 characters."),
    )
    pen_name = PenNameField()
    time_zone = ZoneField()

    def clean_email(self) -> str:
        """Nobody else may have it."""
        email: str = self.cleaned_data["email"].lower()
        if email == WAITING or Account.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is an account with this address already."))
        return email

    def clean_password(self) -> str:
        """By the rules for everybody's passwords."""
        password: str = self.cleaned_data["password"]
        validate_password(password, Account(email=self.cleaned_data.get("email", "")))
        return password


class SetupForm(forms.Form):
    """The five things: name, sign-up, mail, ratings, demo or empty."""

    name = forms.CharField(label=_("Name of the archive"), max_length=80)
    tagline = forms.CharField(
        label=_("In one line"),
        max_length=160,
        required=False,
        help_text=_("What people find here."),
    )
    sign_up = forms.ChoiceField(label=_("Who may sign up"), choices=SignUp.choices, widget=forms.RadioSelect)
    approves_first_story = forms.BooleanField(
        label=_("Look at every writer’s first story before others see it"),
        required=False,
        help_text=_("What waits stands on the host’s page. Your own stories never wait."),
    )
    mail_from = forms.EmailField(label=_("Mail comes from"), required=False)
    smtp_host = forms.CharField(
        label=_("Mail server"),
        max_length=200,
        required=False,
    )
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587, required=False)
    smtp_security = forms.ChoiceField(label=_("Protection"), choices=MailSecurity.choices, required=False)
    smtp_user = forms.CharField(label=_("User"), max_length=200, required=False)
    smtp_password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput,
        help_text=_("Leave it empty to keep the one that is set."),
    )
    ceiling = forms.ChoiceField(
        label=_("Highest rating shown"),
        choices=[(code, Rating(code).label) for code in RATINGS],
        widget=forms.RadioSelect,
        help_text=_("Stories above it are listed nowhere."),
    )
    archive = forms.ChoiceField(
        label=_("Begin with"),
        choices=[("demo", _("The demo archive")), ("empty", _("An empty archive"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, asks_for_demo: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_for_demo:
            del self.fields["archive"]

    def groups(self) -> list[dict[str, Any]]:
        """The five things in order, each with its fields; how to reach the mail server stays folded."""
        told = (
            (_("What it is called"), "", "name tagline", ""),
            (_("Who may sign up"), "", "sign_up approves_first_story", ""),
            (
                _("Mail"),
                _(
                    "For confirmations and lost passwords. "
                    "Without a server, mails are files in the data folder."
                ),
                "mail_from smtp_host",
                "smtp_port smtp_security smtp_user smtp_password",
            ),
            (_("The highest rating shown"), "", "ceiling", ""),
            (_("Demo or empty"), "", "archive", ""),
        )
        return [
            {
                "title": title,
                "text": text,
                "fields": [self[name] for name in names.split() if name in self.fields],
                "more": [self[name] for name in more.split()],
                "open": any(self[name].errors for name in more.split()),
            }
            for title, text, names, more in told
            if any(name in self.fields for name in names.split())
        ]

    def clean_smtp_host(self) -> str:
        """A name, and nothing around it: what cannot be one fails in ways of its own when mail is sent."""
        name = str(self.cleaned_data["smtp_host"])
        try:
            name.encode("idna")
        except UnicodeError:
            name = " "
        if " " in name or "/" in name or name.count(":") == 1:
            raise forms.ValidationError(_("Write the name of the server alone, such as mail.example.org."))
        return name

    def clean(self) -> dict[str, Any]:
        """Empty fields of the mail server mean their defaults, an empty password the one that is set."""
        told: dict[str, Any] = super().clean() or {}
        told["smtp_port"] = told.get("smtp_port") or 587
        told["smtp_security"] = told.get("smtp_security") or MailSecurity.STARTTLS
        if not told.get("smtp_password"):
            told.pop("smtp_password", None)
        return told


class InvitationForm(forms.Form):
    """A new invitation."""

    note = forms.CharField(
        label=_("For whom"),
        max_length=120,
        required=False,
        help_text=_("Only hosts see it, so that you know later whom you have invited."),
    )


class RefusalForm(forms.Form):
    """Why a first story does not come out."""

    reason = forms.CharField(
        label=_("Why not"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The writer reads this, can change the story and ask again."),
        error_messages={"required": _("Say why, so that the writer can do something about it.")},
    )

    def __init__(self, about: int, data: Any = None) -> None:
        super().__init__(data, auto_id=f"id_%s_{about}")
        self.about = about


class WranglerForm(forms.Form):
    """Somebody who is to put tags in order."""

    name = forms.CharField(label=_("Their pen name"), max_length=60)
