"""Files that are no format of ours but that people will choose: one plain sentence each, naming what to
save as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from django.utils.translation import gettext as _


def refusal(head: bytes, name: str) -> str | None:
    """Why this file cannot be read and what to do, or None when nothing is known against it."""
    ending = PurePosixPath(name.lower()).suffix
    for magic, endings, sentence in _known():
        if (magic is not None and magic(head)) or ending in endings:
            return sentence % {"name": name}
    return None


def _known() -> tuple[tuple[Callable[[bytes], bool] | None, set[str], str], ...]:
    return (
        (
            lambda head: head.startswith(b"\xd0\xcf\x11\xe0"),
            {".doc", ".wps"},
            _(
                "“%(name)s” is an old or locked Word file; open it in Word or LibreOffice, save it "
                "as .docx without a password, and choose that."
            ),
        ),
        (
            lambda head: head.startswith(b"{\\rtf"),
            {".rtf"},
            _(
                "“%(name)s” is an RTF file; open it in Word or LibreOffice, save it as .docx, and "
                "choose that."
            ),
        ),
        (
            lambda head: b"application/vnd.oasis.opendocument" in head[:200],
            {".odt", ".fodt", ".ott"},
            _("“%(name)s” is an OpenDocument file; save it as .docx in LibreOffice, and choose that."),
        ),
        (
            lambda head: b"%PDF-" in head[:1024],
            {".pdf"},
            _(
                "“%(name)s” is a PDF, which holds pages and no paragraphs; choose the .docx, .epub "
                "or text that it was made from."
            ),
        ),
        (
            lambda head: head[60:68] in {b"BOOKMOBI", b"TEXtREAd"},
            {".mobi", ".azw", ".azw3", ".prc", ".kfx"},
            _("“%(name)s” is a Kindle book; convert it to EPUB, and choose that."),
        ),
        (
            lambda head: b"<FictionBook" in head[:1024],
            {".fb2"},
            _("“%(name)s” is a FictionBook; convert it to EPUB, and choose that."),
        ),
        (
            None,
            {".pages"},
            _("“%(name)s” is a Pages file; export it as Word (.docx) or EPUB, and choose that."),
        ),
        (
            lambda head: head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
            {".rar", ".7z", ".gz", ".tar", ".tgz", ".xz"},
            _(
                "“%(name)s” is packed in a way that is not read here; unpack it, and choose the "
                "folder or a .zip."
            ),
        ),
    )
