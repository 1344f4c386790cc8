"""The tools above the paper: what each is called, which keys it has, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tool:
    """One button. `keys` as people read them; a `state` can be on; `notes`: it works in the notes too."""

    name: str
    label: str | Promise
    keys: str = ""
    state: bool = False
    notes: bool = True

    @property
    def aria(self) -> str:
        """The keys as assistive programs want them."""
        return self.keys.replace("Ctrl", "Control")

    @property
    def drawing(self) -> SafeString:
        """What stands on the button: shapes on a field of 24 × 24."""
        return mark_safe(DRAWINGS[self.name])  # noqa: S308  our own drawing


TOOLS: tuple[tuple[Tool, ...], ...] = (
    (Tool("undo", _("Undo"), "Ctrl+Z"), Tool("redo", _("Redo"), "Ctrl+Shift+Z")),
    (
        Tool("strong", _("Bold"), "Ctrl+B", state=True),
        Tool("em", _("Italic"), "Ctrl+I", state=True),
        Tool("u", _("Underlined"), "Ctrl+U", state=True),
        Tool("s", _("Struck out"), "Ctrl+Shift+X", state=True),
        Tool("link", _("Link"), "Ctrl+K", state=True),
    ),
    (
        Tool("h2", _("Heading"), "Ctrl+Alt+2", state=True, notes=False),
        Tool("h3", _("Smaller heading"), "Ctrl+Alt+3", state=True, notes=False),
        Tool("quote", _("Quote"), "Ctrl+Shift+9", state=True),
        Tool("bullets", _("List"), "Ctrl+Shift+8", state=True),
        Tool("numbers", _("Numbered list"), "Ctrl+Shift+7", state=True),
        Tool("center", _("Centred"), "Ctrl+Shift+E", state=True),
    ),
    (
        Tool("break", _("Scene break"), "Ctrl+Enter", notes=False),
        Tool("picture", _("Picture"), notes=False),
        Tool("footnote", _("Footnote"), "Ctrl+Alt+F", notes=False),
        Tool("spoiler", _("Spoiler"), "Ctrl+Shift+H", state=True),
        Tool("ruby", _("Reading above the letters")),
    ),
    (
        Tool("find", _("Find in the text"), "Ctrl+F"),
        Tool("full", _("Nothing but the text"), "Ctrl+Shift+F", state=True),
    ),
)
"""The buttons, in groups."""


def _letter(css: str, letter: str) -> str:
    return f'<text class="glyph {css}" x="12" y="17.500" text-anchor="middle">{letter}</text>'


DRAWINGS = {
    "undo": '<path d="M8 5 4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3"/>',
    "redo": '<path d="m16 5 4 4-4 4M20 9H10a5.500 5.500 0 0 0 0 11h3"/>',
    "strong": _letter("bold", "B"),
    "em": _letter("italic", "I"),
    "u": _letter("under", "U"),
    "s": _letter("struck", "S"),
    "link": '<path d="M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700L11.800 6.500"/>'
    '<path d="M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1.200-1.200"/>',
    "h2": _letter("head", "H"),
    "h3": _letter("head less", "h"),
    "quote": '<path d="M5 5v14M10 8h9M10 12h9M10 16h6"/>',
    "bullets": '<path d="M9 6h11M9 12h11M9 18h11M4.500 6h.010M4.500 12h.010M4.500 18h.010"/>',
    "numbers": '<path d="M10 6h10M10 12h10M10 18h10M4 4.500 5.500 4v5"/>'
    '<path d="M4 14.500c.5-1.200 3-1 3 .3 0 1-3 2.400-3 3.700h3"/>',
    "center": '<path d="M4 6h16M7 10h10M4 14h16M7 18h10"/>',
    "break": '<path d="M3 12h5M16 12h5M12 8.500l2.200 3.500-2.200 3.500-2.200-3.500z"/>',
    "picture": '<path d="M4 5h16v14H4zM4 16l4.500-5 4 4.500 2.500-2.500 5 5"/>'
    '<circle cx="15" cy="9" r="1.300"/>',
    "footnote": '<path d="M4 9h8M4 14h8M4 19h14M16.500 5 18 4.300V10"/>',
    "spoiler": '<path d="M3 12s3.300-6 9-6c1.500 0 2.800.4 4 1"/>'
    '<path d="M21 12s-3.300 6-9 6c-1.500 0-2.800-.4-4-1M4 20 20 4"/>',
    "ruby": '<path d="M7 5h10M12 9v10M7 12h10M8 19h8"/>',
    "find": '<circle cx="10.500" cy="10.500" r="6"/><path d="m15 15 5 5"/>',
    "full": '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
}
