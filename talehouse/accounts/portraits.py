"""What a pen name says of its writer: a text, and links to pages elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from talehouse.accounts import faces
from talehouse.accounts.models import Account, PenName
from talehouse.accounts.pen_names import PenNameError, changed, held
from talehouse.lib import html as markup

MOST_LINKS = 5
LONGEST_LINK = 300
LONGEST_ABOUT = 5000

_is_address = URLValidator(schemes=["http", "https"])


class Link(NamedTuple):
    """A link as a page shows it: the address, and what is read of it."""

    url: str
    label: str


@transaction.atomic
def describe(
    pen_name: PenName, *, by: Account, about: str, links: Iterable[str], face: bytes | None = None
) -> PenName:
    """Say who writes: `about` is plain text, whose empty lines part paragraphs, or simple HTML.

    With `face`, the picture changes too. Raises PenNameError or BadPictureError, and then nothing is changed.
    """
    if face is not None:
        faces.put(pen_name, face, by=by)
    mine = held(pen_name, by=by)
    mine.about, mine.links = about_html(about), tidy_links(links)
    mine.save(update_fields=["about", "links"])
    changed(mine, "described", by=by)
    return mine


def about_html(text: str) -> str:
    """The text about a writer as it is stored: a sanitised note. Raises PenNameError if it is too long."""
    if len(text) > LONGEST_ABOUT:
        raise PenNameError(
            _("The text about you can have at most %(most)d characters.") % {"most": LONGEST_ABOUT}
        )
    text = text.replace("\r\n", "\n").strip()
    if "<" in text and "</" in text:
        return markup.sanitise_note(text)
    paragraphs = (piece.strip() for piece in text.split("\n\n"))
    plain = (escape(piece, quote=False).replace("\n", "<br>") for piece in paragraphs if piece)
    return markup.sanitise_note("".join(f"<p>{piece}</p>" for piece in plain))


def about_text(stored: str) -> str:
    """What stands in the form: the words alone if nothing but paragraphs was stored, else the HTML."""
    plain = markup.text_of(stored)
    return plain if about_html(plain) == stored else stored


def tidy_links(links: Iterable[str]) -> list[str]:
    """The addresses as they are kept, each once. Raises PenNameError for what is no address of a page."""
    kept = list(dict.fromkeys(line.strip() for line in links if line.strip()))
    if len(kept) > MOST_LINKS:
        raise PenNameError(_("There can be at most %(most)d links.") % {"most": MOST_LINKS})
    for link in kept:
        _check_link(link)
    return kept


def _check_link(link: str) -> None:
    try:
        _is_address(link)
        is_good = len(link) <= LONGEST_LINK and "@" not in urlsplit(link).netloc
    except (ValidationError, ValueError):
        is_good = False
    if not is_good:
        raise PenNameError(
            _("“%(link)s” is not the address of a page. It begins with https:// or http://.")
            % {"link": link[:80]}
        )


def shown(links: Iterable[str]) -> list[Link]:
    """Links for a page: without the scheme and “www.”, which nobody reads."""
    return [Link(link, _label(link)) for link in links]


def _label(link: str) -> str:
    parts = urlsplit(link)
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
