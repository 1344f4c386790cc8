"""Who a session belongs to, in one plain question: the page layer asks at every signed-in page."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from talehouse.accounts.form_tokens import token_for
from talehouse.accounts.models import Account
from talehouse.pages.person import Person

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
PERSON = """
SELECT s.session_data, a.password, a.language, a.ceiling, a.host_since IS NOT NULL,
    (SELECT p.name FROM accounts_penname p WHERE p.account_id = a.id AND p.retired_at IS NULL
     ORDER BY p.preferred DESC, p.id LIMIT 1)
{facts}FROM django_session s JOIN accounts_account a ON a.id = %s AND a.is_active
WHERE s.session_key = %s AND s.expire_date > %s
"""
"""`facts`: what rooms above want to know of whoever is signed in (`settings.PERSON_FACTS`), asked along."""
MARK = "mark"
"""Under which a session holds what it is called outside of it."""
MOST = 20_000
_numbers: dict[str, int] = {}
"""Whose a session was when it was last seen: it spares a question, and is never believed unchecked."""


def person_of(session_key: str) -> Person | None:
    """The person of a session that is alive and whose password has not changed since; else None."""
    if not session_key.isalnum():  # ours are; PostgreSQL cannot even be asked for a NUL
        return None
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        number = _numbers.get(session_key)
        if number is None:
            cursor.execute(SESSION, [session_key, now])
            row = cursor.fetchone()
            number = _told(row[0])[0] if row else 0
            _remember(session_key, number)
        cursor.execute(_question(), [number, session_key, now])
        found = cursor.fetchone()
    if found is None:
        _numbers.pop(session_key, None)
        return None
    data, password, language, ceiling, is_host, name, *facts = found
    told, hashed = _told(data)
    if told != number or not constant_time_compare(hashed, _own(password)):
        _numbers.pop(session_key, None)
        return None
    extra = {"host": bool(is_host), "form_token": token_for(session_key)}
    extra |= dict(zip(settings.PERSON_FACTS, facts, strict=True))
    return Person(number, language, ceiling, name or "", extra, own_lists=bool(extra.get("hides")))


def _remember(session_key: str, number: int) -> None:
    if len(_numbers) >= MOST:
        _numbers.clear()
    if number:
        _numbers[session_key] = number


def belongs(session_data: str, account: Account) -> bool:
    """Whether this is a session of the account whose password has not changed since."""
    number, told = _told(session_data)
    return number == account.pk and constant_time_compare(told, _own(account.password))


def mark_in(session_data: str) -> str:
    """What a session is called outside of it (`signed_in.mark_of`); "" if nobody has wanted that yet."""
    return str(SessionStore().decode(session_data).get(MARK, ""))


@lru_cache(maxsize=1)
def _question() -> str:
    """The question about session and account, with what rooms above want to know; the same for everybody."""
    return PERSON.format(facts="".join(f", {column} " for column in settings.PERSON_FACTS.values()))


@lru_cache(maxsize=4096)
def _told(session_data: str) -> tuple[int, str]:
    """The account's number and the hash that a session holds; the same words are read once."""
    data = SessionStore().decode(session_data)
    return int(data.get(SESSION_KEY, 0)), str(data.get(HASH_SESSION_KEY, ""))


@lru_cache(maxsize=4096)
def _own(password: str) -> str:
    """The hash that sessions of this password hold."""
    return Account(password=password).get_session_auth_hash()
