"""Markdown, both ways: what a writer types as HTML, and a text of ours as Markdown that reads back as it was.

CommonMark with tables, strike-through and footnotes. HTML may stand in it: it is passed on, and sanitised
when it is saved.
"""

from talehouse.lib.markdown.reading import as_html
from talehouse.lib.markdown.writing import as_markdown

__all__ = ["as_html", "as_markdown"]
