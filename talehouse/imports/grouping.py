"""Which files are chapters of one story, and in what order; covers, summaries and metadata beside them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from talehouse.imports.formats.markdown import front
from talehouse.imports.formats.markdown.parse import take_front_matter
from talehouse.imports.formats.text.decoding import decode
from talehouse.imports.formats.text.prose import blocks_of, paragraph_html
from talehouse.imports.formats.text.titles import (
    natural_key,
    place,
    place_in_name,
    same_title,
    stem_of,
    title_from_name,
)
from talehouse.imports.found import BadFileError, FoundPart, FoundPicture, FoundStory, LeftOut
from talehouse.imports.gathering import Entry

_COVER = re.compile(r"(?:front[-_ ]?)?(?:cover|portada|capa|couverture|umschlag|copertina)", re.IGNORECASE)
_SUMMARY = re.compile(
    r"summary|description|blurb|synopsis|sinopsis|sinopse|r[ée]sum[ée]|klappentext", re.IGNORECASE
)
_METADATA = re.compile(r"metadata|meta|story|book|info", re.IGNORECASE)
_ABOUT_ENDINGS = {".txt", ".md", ".markdown", ".yml", ".yaml"}
_LARGEST_ABOUT = 20_000


@dataclass(slots=True)
class Opened:
    """A file that was read; `chapter` says that it holds one part and may belong to others."""

    entry: Entry
    story: FoundStory
    chapter: bool = False

    @property
    def part(self) -> FoundPart:
        """The only part of a chapter file."""
        return self.story.parts[0]

    @property
    def named_by_file(self) -> bool:
        """Whether nothing in the file gave the story a title."""
        return same_title(self.story.title) == same_title(title_from_name(self.entry.path))


def is_about(entry: Entry, entries: list[Entry]) -> bool:
    """Whether a file only tells about the story of its folder: `summary.txt`, `metadata.yml`, `story.md`."""
    path = PurePosixPath(entry.path.lower())
    if path.suffix not in _ABOUT_ENDINGS or entry.size > _LARGEST_ABOUT:
        return False
    if not (
        path.suffix in {".yml", ".yaml"} or _SUMMARY.fullmatch(path.stem) or _METADATA.fullmatch(path.stem)
    ):
        return False
    if not any(
        other.folder == entry.folder and other is not entry and not other.is_picture for other in entries
    ):
        return False
    if path.suffix in {".yml", ".yaml"}:
        return True
    return bool(_SUMMARY.fullmatch(path.stem)) or (
        _METADATA.fullmatch(path.stem) is not None and _has_values(entry)
    )


def group(
    opened: list[Opened], extras: list[Entry], refused: list[LeftOut], files: dict[str, dict[str, Entry]]
) -> list[FoundStory]:
    """The stories, in the order of their first file."""
    folders_about = {
        extra.folder for extra in extras if not extra.is_picture or _COVER.fullmatch(stem_of(extra.path))
    }
    bundles = [[one] for one in opened if not one.chapter]
    bundles += _wattpad([one for one in opened if one.chapter and one.story.format == "wattpad"])
    by_folder: dict[str, list[Opened]] = defaultdict(list)
    for one in opened:
        if one.chapter and one.story.format != "wattpad":
            by_folder[one.entry.folder].append(one)
    for folder, members in by_folder.items():
        bundles += _chapters(members, whole=folder in folders_about and not members[0].entry.loose)
    bundles.sort(key=lambda bundle: min(one.entry.order for one in bundle))
    stories = [_merged(bundle) for bundle in bundles]
    _add_extras(bundles, stories, extras, refused, files)
    return stories


def _wattpad(members: list[Opened]) -> list[list[Opened]]:
    """By the story's title and place in a series; a page without its end joins the only story of its
    folder."""
    bundles: dict[tuple[str, float | None], list[Opened]] = defaultdict(list)
    nameless = []
    for one in members:
        if one.named_by_file:
            nameless.append(one)
        else:
            bundles[
                same_title(one.story.title), one.story.series.position if one.story.series else None
            ].append(one)
    found = list(bundles.values())
    for one in nameless:
        homes = [bundle for bundle in found if bundle[0].entry.folder == one.entry.folder]
        if len(homes) == 1 and len(homes[0]) > 1:
            homes[0].append(one)
        else:
            found.append([one])
    return found


def _chapters(members: list[Opened], *, whole: bool) -> list[list[Opened]]:
    """Files of one folder: by a common title, then by what their names say; `whole` makes them one story."""
    if whole or len(members) < 2:
        return [members]
    titles = Counter(same_title(one.story.title) for one in members)
    bundles: dict[str, list[Opened]] = defaultdict(list)
    rest = []
    for one in members:
        title = same_title(one.story.title)
        if titles[title] > 1:
            bundles[f"title {title}"].append(one)
        else:
            rest.append(one)
    single = []
    for one in rest:
        base, at = place_in_name(one.entry.name)
        if at is None and (at := place(one.part.title)) is not None:
            base = ""
        if at is None:
            single.append(one)
        else:
            bundles[f"name {same_title(base) if base else ''}"].append(one)
    found = list(bundles.values())
    if len(found) == 1 and len(found[0]) > 1 and len(single) * 2 <= len(found[0]):
        return [found[0] + single]
    return found + [[one] for one in single]


def _merged(bundle: list[Opened]) -> FoundStory:
    """One story of one or several files."""
    if len(bundle) == 1:
        return bundle[0].story
    ordered, doubt = _ordered(bundle)
    story = FoundStory(_title(ordered), [], format=ordered[0].story.format)
    for one in ordered:
        _take_pictures(one, story)
        _name_part(one)
        story.parts.append(one.part)
    _take_facts(ordered, story)
    if doubt:
        story.doubts.append(doubt)
    if not story.title:
        story.title = _("Untitled")
        story.doubts.append(_("No file says what the story is called; please give it a title."))
    _distinct_keys(story.parts)
    return story


def _ordered(bundle: list[Opened]) -> tuple[list[Opened], str]:
    """By the numbers in the parts' titles, else in the files' names, else as chosen; and what is doubtful
    in it."""
    given = sorted(bundle, key=lambda one: one.entry.order)
    titles = [place(one.part.title) for one in given]
    names = [place_in_name(one.entry.name)[1] for one in given]
    for places in (titles, names):
        if None not in places and len(set(places)) == len(places):
            return [
                one
                for _at, one in sorted(zip(places, given, strict=True), key=lambda pair: pair[0] or (0, 0.0))
            ], ""
    mixed = [by_title or by_name for by_title, by_name in zip(titles, names, strict=True)]
    known = [at for at in mixed if at is not None]
    if len(known) * 2 < len(mixed):
        ordered = (
            sorted(given, key=lambda one: natural_key(one.entry.path)) if not given[0].entry.loose else given
        )
        return ordered, _("The files do not say in what order the parts come; please look at it.")
    numbered = sorted(
        ((at, one) for at, one in zip(mixed, given, strict=True) if at is not None), key=lambda pair: pair[0]
    )
    unsaid = [one for at, one in zip(mixed, given, strict=True) if at is None]
    doubt = ""
    if unsaid:
        doubt = _("The place of these parts is not known, and they stand at the end: %(titles)s.") % {
            "titles": "; ".join(one.part.title for one in unsaid)
        }
    elif len(set(known)) != len(known):
        doubt = _("Two parts say that they have the same number; please look at their order.")
    return [one for _at, one in numbered] + unsaid, doubt


def _title(bundle: list[Opened]) -> str:
    """A title that the files share, else what their names share, else the folder's name."""
    titles = Counter(
        one.story.title for one in bundle if not one.named_by_file or one.story.format == "wattpad"
    )
    if titles and titles.most_common(1)[0][1] > 1:
        return titles.most_common(1)[0][0]
    bases = Counter(base for base, at in (place_in_name(one.entry.name) for one in bundle) if base and at)
    if bases and bases.most_common(1)[0][1] > 1:
        return title_from_name(bases.most_common(1)[0][0])
    folder = bundle[0].entry.folder
    if folder and not bundle[0].entry.loose:
        return title_from_name(PurePosixPath(folder).name)
    own = [one.story.title for one in bundle if not one.named_by_file and place(one.story.title) is None]
    return own[0] if own else ""


def _name_part(one: Opened) -> None:
    """A part that is called like its file, `weir-keepers-02`, gets a readable title."""
    base, at = place_in_name(one.entry.name)
    if (
        base
        and at
        and at[0] == 1
        and same_title(one.part.title) == same_title(title_from_name(one.entry.path))
    ):
        one.part.title = _("Chapter %(number)s") % {"number": f"{at[1]:g}"}
    if one.story.format != "wattpad":
        one.part.key = one.entry.name


def _take_pictures(one: Opened, story: FoundStory) -> None:
    for key, picture in one.story.pictures.items():
        own = key
        if key in story.pictures and story.pictures[key].data != picture.data:
            own = f"{len(story.parts) + 1}-{key}"
            one.part.html = one.part.html.replace(f'"picture:{key}"', f'"picture:{own}"')
        story.pictures[own] = picture


def _take_facts(bundle: list[Opened], story: FoundStory) -> None:
    """What any of the files says of the whole story; lists are joined."""
    found = [one.story for one in bundle]
    for name in ("summary", "language", "identifier", "source_url", "rating", "status", "series", "cover"):
        setattr(
            story, name, next((value for one in found if (value := getattr(one, name))), getattr(story, name))
        )
    for name in ("authors", "tags", "warnings", "categories", "left_out", "doubts"):
        setattr(story, name, list(dict.fromkeys(value for one in found for value in getattr(one, name))))


def _distinct_keys(parts: list[FoundPart]) -> None:
    seen: Counter[str] = Counter()
    for part in parts:
        seen[part.key] += 1
        if seen[part.key] > 1:
            part.key = f"{part.key} {seen[part.key]}"


def _add_extras(
    bundles: list[list[Opened]],
    stories: list[FoundStory],
    extras: list[Entry],
    refused: list[LeftOut],
    files: dict[str, dict[str, Entry]],
) -> None:
    """Covers and what tells about a story go to the only story of their folder (or of a folder below)."""
    used = files.get("used", {})
    for extra in extras:
        homes = [
            story
            for bundle, story in zip(bundles, stories, strict=True)
            if any(
                one.entry.folder == extra.folder or one.entry.folder.startswith(extra.folder + "/")
                for one in bundle
            )
        ]
        if extra.path in used:
            continue
        if len(homes) != 1 or (extra.is_picture and not _COVER.fullmatch(stem_of(extra.path))):
            refused.append(LeftOut(extra.path, _("no story of this folder uses it")))
        else:
            _add(extra, homes[0], refused)


def _add(extra: Entry, story: FoundStory, refused: list[LeftOut]) -> None:
    try:
        data = extra.data()
        if extra.is_picture:
            story.cover = story.cover or FoundPicture(data, "")
            return
        values, text = front.split(decode(data, name=extra.path).text)
    except BadFileError as error:
        refused.append(LeftOut(extra.path, str(error)))
        return
    if not values and not _SUMMARY.fullmatch(stem_of(extra.path)):
        values, text = front.split(f"---\n{text.strip()}\n---\n")
    if values:
        _take_values(values, story)
    if text.strip() and not story.summary:
        story.summary = "".join(paragraph_html(block) for block in blocks_of(text))


def _take_values(values: dict[str, front.Value], story: FoundStory) -> None:
    """A file about the story knows better than its chapters."""
    said = FoundStory("", [])
    take_front_matter(values, said)
    for name in (
        "title",
        "authors",
        "summary",
        "language",
        "identifier",
        "source_url",
        "rating",
        "status",
        "series",
        "tags",
        "warnings",
        "categories",
    ):
        if getattr(said, name):
            setattr(story, name, getattr(said, name))


def _has_values(entry: Entry) -> bool:
    """Whether the file is front matter or plain `key: value` lines."""
    try:
        text = decode(entry.data(), name=entry.path).text
    except BadFileError:
        return False
    return bool(front.split(text)[0]) or bool(
        re.match(r"(?:[\w ]{2,20}:[ \t]+\S[^\n]*\n?){2}", text.lstrip())
    )
