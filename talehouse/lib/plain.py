"""Plain text in a form field, and the markup that is kept: there and back without loss."""

from __future__ import annotations

import re
from html import escape, unescape

_MARKUP = re.compile(r"</?(?:p|br|em|strong|i|b|u|s|a|ul|ol|li|blockquote|span|hr|h[1-6]|div)\b[^<>]*>", re.I)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)
_BREAK = re.compile(r"<br */?>")


def to_html(text: str) -> str:
    """What somebody typed as markup: empty lines divide paragraphs, single ones break lines.

    Text that holds tags of its own is taken for markup.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _MARKUP.search(text):
        return text
    paragraphs = (escape(piece.strip("\n"), quote=False) for piece in re.split(r"\n[ \t]*\n", text))
    return "".join(f"<p>{piece}</p>".replace("\n", "<br>") for piece in paragraphs if piece.strip())


def to_text(html: str) -> str:
    """Markup as it is typed: plain where it is only paragraphs and line breaks, else the markup itself."""
    bare = _BREAK.sub("\n", _PARAGRAPH.sub(r"\1\n\n", html)).strip("\n")
    if "<" in bare or not html:
        return html.replace("</p>\n<p>", "</p><p>").replace("</p><p>", "</p>\n\n<p>")
    text = unescape(bare)
    return html if _MARKUP.search(text) else text
