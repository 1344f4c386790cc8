"""The saved page text of a Wattpad part.

First line the part's title; second line reads, votes and comments; then paragraphs between blank lines; at
the
very end the story's title directly followed by the site's sentence. Nothing of the writer's is dropped on
suspicion: what only might be the site's stays and is named in `doubts`.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.imports.formats.text.decoding import decode, tidy
from talehouse.imports.formats.text.prose import paragraph_html
from talehouse.imports.formats.text.titles import same_title, split_series, title_from_name
from talehouse.imports.formats.wattpad import body, furniture
from talehouse.imports.found import BadFileError, Elsewhere, FoundPart, FoundStory, LeftOut

_LONGEST_TITLE = 160
_LONGEST_REMAINDER = 400
"""Words after the closing sentence that may still be the site's; more are the writer's quoting it."""

_TAIL = 6_000


def sniff(head: bytes, name: str) -> bool:
    """Whether this is such a page: counts on the second line, or the site's sentence at the end.

    `head` may be the whole file, or its beginning only.
    """
    start, end = _lenient(head[:3_000]), _lenient(head[-_TAIL:])
    if "<html" in start.lower() or "<!doctype" in start.lower():
        return False
    if furniture.CLOSING.search(end):
        return True
    lines = [line.strip() for line in start.split("\n") if line.strip()]
    return len(lines) > 2 and not furniture.numbers_in(lines[0]) and furniture.counts_in(lines[1]) is not None


def parse(data: bytes, *, name: str) -> FoundStory:
    """One part with its story's title; several parts when several pages were saved into one file."""
    decoded = decode(data, name=name)
    story = FoundStory("", [], format="wattpad", doubts=decoded.doubts)
    titles: list[str] = []
    for page in _pages(decoded.text):
        text, titled = _closing(page, story)
        part = _part(text, story, name)
        if part is not None:
            titles.append(titled)
            story.parts.append(part)
    if not story.parts:
        raise BadFileError(_("“%(name)s” holds no text.") % {"name": name})
    _name_story(story, [title for title in titles if title], name)
    _distinct_keys(story.parts)
    return story


def _lenient(data: bytes) -> str:
    """Enough of a reading to recognise a page, whatever its encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[1:40:2].count(0) > 10:
        return tidy(data.decode("utf-16" if data[:1] in b"\xff\xfe" else "utf-16-le", "replace"))
    return tidy(data.decode("utf-8-sig", "replace"))


def _pages(text: str) -> list[str]:
    """The text cut after each closing sentence that another page follows; what else follows stays with its
    page."""
    pages, start = [], 0
    for match in furniture.CLOSING.finditer(text):
        rest = text[match.end() :]
        if match.start() >= start and _begins_page(rest):
            pages.append(text[start : match.end()])
            start = match.end()
    return [*pages, text[start:]]


def _begins_page(text: str) -> bool:
    lines = [line.strip() for line in text[:2_000].split("\n") if line.strip(" .")]
    return len(lines) > 2 and furniture.counts_in(lines[1]) is not None


def _closing(page: str, story: FoundStory) -> tuple[str, str]:
    """The page without its closing lines, and the story's title that they give ("" if none)."""
    matches = list(furniture.CLOSING.finditer(page))
    if not matches:
        return _reading_box(page, story)
    before, after = page[: matches[-1].start()], page[matches[-1].end() :].strip(" .\n\t\u00a0")
    if len(after.split()) > _LONGEST_REMAINDER:
        return page, ""
    if after:
        story.left_out.append(LeftOut(_excerpt(after), _("it stands after the end of the page")))
    before = before.rstrip()
    head, _newline, last = before.rpartition("\n")
    if furniture.is_edge(last) or not last.strip():
        return before, ""
    if len(last) > _LONGEST_TITLE:
        return before, ""
    return _reading_box(head, story)[0], " ".join(last.split())


def _reading_box(page: str, story: FoundStory) -> tuple[str, str]:
    """Newer pages end in a box: its heading, the story's title, its genre and summary."""
    lines = page.split("\n")
    for at in range(len(lines) - 1, -1, -1):
        if furniture.READING_BOX.fullmatch(lines[at]):
            break
    else:
        return page, ""
    box = [line.strip() for line in lines[at + 1 :] if line.strip()]
    if not box or at * 2 < len(lines) or len(box[0]) > _LONGEST_TITLE:
        return page, ""
    if box[1:]:
        story.left_out.append(LeftOut(_excerpt(" ".join(box[1:])), _("it is the site's box about the story")))
    return "\n".join(lines[:at]), box[0]


def _part(page: str, story: FoundStory, name: str) -> FoundPart | None:
    lines = [line.replace("\u00a0", " ").rstrip() for line in page.split("\n")]
    title, counts, rest, author = _head(lines, story)
    if author and author not in story.authors:
        story.authors.append(author)
    read = body.read(rest)
    if not read.paragraphs and not title:
        return None
    _report(read, story)
    if counts is None:
        story.doubts.append(
            _("No line with reads, votes and comments was found at the top of “%(name)s”.") % {"name": name}
        )
    html = "\n".join(paragraph_html(lines, marks=False) for lines in read.paragraphs)
    dedication = f"<p>{_escaped(read.dedication)}</p>" if read.dedication else ""
    return FoundPart(
        title or title_from_name(name),
        html,
        key=same_title(title or name),
        note_before=dedication,
        elsewhere=counts,
    )


def _head(lines: list[str], story: FoundStory) -> tuple[str, Elsewhere | None, list[str], str]:
    """The part's title, its counts, the lines after them, and the author where a line `By …` says so."""
    full = [at for at, line in enumerate(lines) if line.strip()]
    for place in range(min(6, len(full))):
        counts, used = _counts_at([lines[index] for index in full[place : place + 3]])
        if counts is None or (used == 3 and place == 0):
            continue
        before = [lines[index].strip() for index in full[:place]]
        author = next((line[3:].strip() for line in before[1:] if line.lower().startswith("by ")), "")
        titles = [
            line for line in before if not furniture.is_edge(line) and line[3:].strip() != (author or None)
        ]
        after = lines[full[place + used - 1] + 1 :]
        if len(titles) > 1 and used == 1:
            # A banner of the site may stand above the title; the title is right above its counts.
            story.left_out.append(
                LeftOut(_excerpt(" ".join(titles[:-1])), _("it stands above the part's title"))
            )
            titles = titles[-1:]
        if len(titles) <= 1:
            return (titles[0] if titles else ""), counts, after, author or _byline(after)
    first = full[0] if full else 0
    title = lines[first].strip() if full else ""
    if len(title) > _LONGEST_TITLE:
        return "", None, lines, ""
    return title, None, lines[first + 1 :], ""


def _counts_at(lines: list[str]) -> tuple[Elsewhere | None, int]:
    """Counts on one line, or on three lines in a row; and how many lines they take."""
    if lines and (counts := furniture.counts_in(lines[0])):
        return counts, 1
    singles = [furniture.numbers_in(line) for line in lines]
    if len(lines) == 3 and all(len(single) == 1 for single in singles):
        return furniture.counts_in(" · ".join(lines)), 3
    return None, 0


def _byline(after: list[str]) -> str:
    """`By name` directly under the counts is taken out of the text."""
    for at, line in enumerate(after[:3]):
        match = re.fullmatch(r"\s*[Bb]y (\w[\w.-]{0,40})\s*", line)
        if match:
            after[at] = ""
            return match[1]
        if line.strip():
            break
    return ""


def _report(read: body.Body, story: FoundStory) -> None:
    for what, count in read.dropped.items():
        story.left_out.append(
            LeftOut(
                what,
                ngettext("the site's own, %(count)d line", "the site's own, %(count)d lines", count)
                % {"count": count},
            )
        )
    if read.doubtful_numbers:
        story.doubts.append(
            _(
                "Numbers stand alone on a line (%(numbers)s); they may be Wattpad's comment counts, "
                "and were kept."
            )
            % {"numbers": ", ".join(read.doubtful_numbers[:8])}
        )


def _name_story(story: FoundStory, titles: list[str], name: str) -> None:
    if titles:
        story.title, story.series = split_series(titles[-1])
    else:
        story.title = title_from_name(name)
        story.doubts.append(
            _("The end of the page, with the story's title, is missing; the file's name is used.")
        )
    others = {same_title(title) for title in titles} - {same_title(titles[-1])} if titles else set()
    if others:
        story.doubts.append(
            _("The pages in this file name different stories: %(titles)s.")
            % {"titles": "; ".join(dict.fromkeys(titles))}
        )


def _distinct_keys(parts: list[FoundPart]) -> None:
    seen: dict[str, int] = {}
    for part in parts:
        seen[part.key] = seen.get(part.key, 0) + 1
        if seen[part.key] > 1:
            part.key = f"{part.key} {seen[part.key]}"


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79].rstrip() + "…"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
