"""Making a bench archive in the data folder of this process, and telling what was made.

Arguments: STORIES PARTS WORDS SEED [VOCABULARY]. It prepares the folder as `talehouse serve` would, writes
the archive, signs a reader in, and leaves what the measuring needs in `bench.json` of the data folder.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account
from talehouse.ops.bench.archive import Maker, Size
from talehouse.ops.bench.tagging import VocabularyError, from_folder
from talehouse.ops.preparing import prepare
from talehouse.stories.models import Part, Story
from talehouse.stories.visibility import needs_notice
from talehouse.tags.models import Tag

MADE = "bench.json"


def main(arguments: list[str]) -> None:
    """Exit status 2 and a sentence for a vocabulary that cannot be read."""
    *numbers, folder = [*arguments, ""][:5]
    try:
        made = make(Size(*map(int, numbers)), folder)
    except VocabularyError as error:
        print(error)
        raise SystemExit(2) from None
    (Path(settings.DATA) / MADE).write_text(json.dumps(made))


def make(size: Size, folder: str = "") -> dict[str, Any]:
    """Everything; returns sizes, seconds, every part and story by its address, and the reader's session."""
    prepare(demo=False)
    start = time.monotonic()
    names = (lambda prose: from_folder(Path(folder), prose, size.stories)) if folder else None
    Maker(size, timezone.now(), names).make(_progress)
    return {"made_s": round(time.monotonic() - start, 1), **found(), "session": sign_in()}


def _progress(done: int, total: int) -> None:
    if done == total or (sys.stderr.isatty() and done % 100 == 0):
        print(f"  {done:,} of {total:,} stories written", file=sys.stderr, flush=True)


def found() -> dict[str, Any]:
    """What stands in the tables; adult parts by the address that shows them after the notice."""
    columns = ("slug", "read_count", "word_count", "story__rating")
    parts = [
        {
            "id": part.pk,
            "path": part.url + ("?show=1" if needs_notice(part.story.rating, "teen") else ""),
            "reads": part.read_count,
            "words": part.word_count,
        }
        for part in Part.objects.select_related("story").only(*columns).order_by("pk")
    ]
    return {
        "parts": parts,
        "stories": [story.url for story in Story.objects.only("slug").order_by("pk")],
        "words": sum(part["words"] for part in parts),
        "tags": Tag.objects.count(),
    }


def sign_in() -> str:
    """A reader with a pen name and no role anywhere, signed in; returns the session's key."""
    account = Account.objects.create_user("bench-reader@localhost")
    pen_names.add("Bench Reader", by=account)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return str(session.session_key)
