"""Forms of bringing stories in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.forms import PenNameField
from talehouse.accounts.models import Account, PenName
from talehouse.site.templatetags.look import language_name
from talehouse.tags.vocabulary import Rating

LANGUAGES = (
    "en es fr de it pt nl sv da nb fi pl cs sk hu ro bg el uk ru tr ar fa he ur hi bn ta id ms tl vi th "
    "ko ja zh zh-Hant"
).split()


class NewPenNameField(PenNameField):
    """A pen name that nobody has yet, or nothing."""

    def clean(self, value: Any) -> str:
        """The tidy name, "" for none; an error if it cannot be taken."""
        return super().clean(value) if str(value or "").strip() else ""


class AgreeForm(forms.Form):
    """How to write down what the preview shows."""

    pen_name = forms.ModelChoiceField(PenName.objects.none(), label=_("Pen name"), empty_label=None)
    new_pen_name = NewPenNameField(
        label=_("Or a new pen name"),
        required=False,
        help_text=_("Made for you, and used instead of the one above."),
    )
    language = forms.ChoiceField(label=_("Language, where the file does not say"))
    rating = forms.ChoiceField(
        label=_("Rating, where the file does not say"),
        choices=Rating.choices,
        required=False,
        initial=Rating.NOT_RATED,
        help_text=_("Not rated is shown in lists only to readers who asked for mature stories."),
    )
    publish = forms.BooleanField(
        label=_("Publish at once"),
        required=False,
        help_text=_("Otherwise the stories are private drafts until you publish them."),
    )
    remove_demo = forms.BooleanField(label=_("Remove the demo archive first"), required=False)

    def __init__(self, *args: Any, account: Account, offer_demo: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        names = account.pen_names.filter(retired_at=None).order_by("-preferred", "pk")
        self.fields["pen_name"].queryset = names  # type: ignore[attr-defined]
        self.fields["pen_name"].initial = names.first()
        self.fields["language"].choices = [(code, language_name(code)) for code in LANGUAGES]  # type: ignore[attr-defined]
        if not offer_demo:
            del self.fields["remove_demo"]
