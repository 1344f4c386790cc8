"""Addresses in a book: absolute, of a scheme that a reading system may open, and spelled validly."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from string import ascii_letters, digits
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAILTO = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:\?[\w=&%.+-]*)?", re.ASCII)
_KEPT = frozenset(ascii_letters + digits + "%/:@!$&'()*+,;=-._~?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def web_address(href: str, base: str = "") -> str | None:
    """The address to write for a link, or None where no valid one can be made of it.

    Relative links are resolved against `base`, the page that the text came from. Names and
    passwords in addresses are dropped.
    """
    try:
        parts = urlsplit(urljoin(base, href.strip()))
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    if parts.scheme == "mailto":
        return f"mailto:{href.strip()[7:]}" if _MAILTO.fullmatch(href.strip()[7:]) else None
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or ""):
        return None
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        (parts.scheme, place, _quoted(parts.path), _quoted(parts.query), _quoted(parts.fragment))
    )


def _is_host(name: str) -> bool:
    if ":" in name:
        return _parses(IPv6Address, name)
    try:
        labels = name.encode("idna").decode("ascii").lower().rstrip(".").split(".")
    except UnicodeError:
        return False
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        return _parses(IPv4Address, name)
    return all(_LABEL.fullmatch(label) for label in labels)


def _parses(kind: type[IPv4Address | IPv6Address], name: str) -> bool:
    try:
        kind(name)
    except AddressValueError:
        return False
    return True


def _quoted(part: str) -> str:
    """Letters of every script stay as they are, as the URL Standard allows; the rest is percent-encoded."""
    part = _BAD_PERCENT.sub("%25", part)
    return "".join(
        char
        if char in _KEPT or (char > "\u00a0" and char.isprintable())
        else quote(char, safe="", errors="replace")
        for char in part
    )
