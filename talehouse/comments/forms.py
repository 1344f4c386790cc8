"""What somebody says, as a form brings it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account, PenName
from talehouse.comments.wording import LONGEST
from talehouse.stories.quoting import Quote


class CommentForm(forms.Form):
    """The words, what they answer, and the place in the text that they are about."""

    text = forms.CharField(
        label=_("Your comment"),
        max_length=LONGEST * 2,  # the rule counts what is left after tidying, and says so
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-draft": ""}),
        help_text=_("*italic*, **bold**, > quote, ||spoiler||, [link](https://…), @pen-name"),
    )
    pen_name = forms.ModelChoiceField(PenName.objects.none(), label=_("Sign as"), required=False)
    guest_name = forms.CharField(label=_("Your name"), max_length=60, required=False)
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    block = forms.RegexField(r"^[0-9a-z]{1,8}$", required=False, widget=forms.HiddenInput)
    quote = forms.CharField(required=False, max_length=700, strip=False, widget=forms.HiddenInput)
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.names: list[PenName] = []
        if account is None:
            del self.fields["pen_name"]
            self.fields["guest_name"].required = True
            return
        del self.fields["guest_name"]
        mine = account.pen_names.filter(retired_at=None).order_by("-preferred", "pk")
        names: Any = self.fields["pen_name"]
        self.names = list(mine)
        names.queryset, names.empty_label = mine, None
        names.initial = self.names[0] if self.names else None

    @property
    def words(self) -> Quote | None:
        """The words that were selected, if any."""
        exact = self.cleaned_data.get("quote") or ""
        return Quote(exact, self.cleaned_data.get("start") or 0) if exact.strip() else None
