"""Words on their way into XML: what may stand there, and how it is written."""

import re
from datetime import UTC, datetime
from xml.sax.saxutils import escape

_NOT_XML = re.compile("[^\\t\\n\\u0020-\\u007e\\u00a0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_SPACES = re.compile(r"[\t\n\r ]+")
_SUBTAG = "[a-zA-Z0-9]"
_LANGUAGE = re.compile(
    # RFC 5646, section 2.1, without the grandfathered tags
    rf"(?:[a-zA-Z]{{2,3}}(?:-[a-zA-Z]{{3}}){{0,3}}|[a-zA-Z]{{5,8}})(?:-[a-zA-Z]{{4}})?"
    rf"(?:-(?:[a-zA-Z]{{2}}|[0-9]{{3}}))?(?:-(?:{_SUBTAG}{{5,8}}|[0-9]{_SUBTAG}{{3}}))*"
    rf"(?:-[a-wy-zA-WY-Z0-9](?:-{_SUBTAG}{{2,8}})+)*(?:-x(?:-{_SUBTAG}{{1,8}})+)?"
)


def clean(text: str) -> str:
    """Drop what XML 1.0 forbids or discourages (controls, lone surrogates); one kind of line end."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """Clean text on one line, for titles and metadata. Spaces of other scripts stay as they are."""
    return _SPACES.sub(" ", clean(text)).strip(" ")


def xml(text: str) -> str:
    """Clean text, escaped for an element or a double-quoted attribute."""
    return escape(clean(text), {'"': "&quot;"})


def attribute(text: str) -> str:
    """One line, escaped for a double-quoted attribute."""
    return escape(line(text), {'"': "&quot;"})


def named(text: str, otherwise: str) -> str:
    """A title on one line; `otherwise` where nothing visible is left of it."""
    title = line(text)
    return title if title.strip() else otherwise


def language(tag: str | None) -> str:
    """The tag if it is well-formed BCP 47, else `und` (undetermined)."""
    tag = (tag or "").strip()
    return tag if _LANGUAGE.fullmatch(tag) else "und"


def instant(when: datetime) -> str:
    """A UTC time as EPUB wants it: `2024-05-01T12:00:00Z`. A time without a zone is taken as UTC."""
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return f"{when.year:04d}-{when.strftime('%m-%dT%H:%M:%SZ')}"


def day(when: datetime) -> str:
    """The date of a UTC time: `2024-05-01`."""
    return instant(when)[:10]
