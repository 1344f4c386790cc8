"""Another e-mail address: asked for, then confirmed. Until then the one that somebody has is theirs,
confirmed or not, and the one that they asked for is nobody's.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from talehouse.accounts.models import Account


def counts(address: EmailAddress) -> bool:
    """Whether its account has this address; otherwise it has only been asked for."""
    return bool(address.email == address.user.email.lower())


def is_free(email: str) -> bool:
    """Whether no account has this address. Asking for it keeps nobody out who can open its mails."""
    had = Account.objects.filter(email__iexact=email)
    return not (had.exists() or EmailAddress.objects.filter(email__iexact=email, verified=True).exists())


@transaction.atomic
def ask_for(email: str, *, by: Account) -> EmailAddress:
    """The address that somebody wants to have from its confirmation on, in place of one asked for before.

    The one that they have stays as it is, also if it was never confirmed.
    """
    mine = EmailAddress.objects.filter(user=by)
    mine.filter(verified=False).exclude(email__iexact=by.email).delete()
    asked: EmailAddress = EmailAddress.objects.get_or_create(user=by, email=email.lower())[0]
    return asked


@transaction.atomic
def confirm_own(address: EmailAddress, *, by: Account) -> bool:
    """The address that somebody has is confirmed; what they have asked for meanwhile stays asked for.

    False if another account has confirmed it before.
    """
    if address.user_id != by.pk or not address.set_verified(commit=False):
        return False
    address.set_as_primary()
    return True
