"""Static files: the small files of the rooms are joined per page type when they are collected.

There is no build step: `collectstatic` writes each bundle next to its sources, and whitenoise's storage
then gives every file a name with its hash and stores it precompressed. A bundle is addressed like any
other file: `{% static "bundles/part.css" %}`.

Sources of a JavaScript bundle are ES modules that stand alone (no import, no export); each is put into a
block of its own, so that two files may use the same name for two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE_FOLDER = "bundles/"

BUNDLES: dict[str, list[str]] = {
    "part.css": [
        "base/tokens.css",
        "base/base.css",
        "base/forms.css",
        "reading/part.css",
        "votes/vote.css",
        "comments/talk.css",
        "library/marks.css",
        "library/place.css",
    ],
    "page.css": [
        "base/tokens.css",
        "base/base.css",
        "base/forms.css",
        "reading/shelf.css",
        "reading/browse.css",
        "reading/story.css",
        "reading/tag.css",
        "wrangling/wrangling.css",
        "reading/offline.css",
        "library/library.css",
        "library/lists.css",
        "library/marks.css",
        "imports/imports.css",
        "ops/ops.css",
        "writing/desk.css",
        "writing/people.css",
        "writing/calendar.css",
        "writing/settings.css",
        "writing/compare.css",
        "accounts/doors.css",
        "comments/talk.css",
        "notifications/told.css",
        "feeds/feeds.css",
        "rankings/rankings.css",
    ],
    "notes.css": [
        "base/tokens.css",
        "base/base.css",
        "base/forms.css",
        "reading/part.css",
        "writing/notes.css",
    ],
    "write.css": [
        "base/tokens.css",
        "base/base.css",
        "base/forms.css",
        "reading/part.css",
        "writing/editor.css",
    ],
    "write.js": [
        "base/menu.js",
        "writing/editor_words.js",
        "writing/editor_paste.js",
        "writing/editor_schema.js",
        "writing/editor_commands.js",
        "writing/editor_find.js",
        "writing/editor_store.js",
        "writing/editor_send.js",
        "writing/editor_keep.js",
        "writing/editor_paper.js",
        "writing/editor_tools.js",
        "writing/editor.js",
    ],
    "notes.js": ["base/menu.js", "base/settings.js", "writing/notes.js"],
    "part.js": [
        "base/menu.js",
        "reads/read.js",
        "votes/vote.js",
        "comments/talk.js",
        "library/place.js",
        "library/send.js",
        "reading/progress.js",
        "reading/keys.js",
        "reading/spoiler.js",
        "reading/notes.js",
        "base/settings.js",
        "reading/aloud.js",
        "reading/turn.js",
        "reading/offline.js",
    ],
    "page.js": [
        "base/menu.js",
        "base/rows.js",
        "base/settings.js",
        "reading/view.js",
        "reading/browse.js",
        "reading/passage.js",
        "reading/offline.js",
        "votes/vote.js",
        "comments/talk.js",
        "library/shelf.js",
        "library/send.js",
        "imports/drop.js",
        "imports/again.js",
        "writing/order.js",
        "writing/choose.js",
        "writing/suggest.js",
        "writing/copy.js",
        "writing/compare.js",
        "accounts/passkeys.js",
        "accounts/leaving.js",
        "accounts/zone.js",
        "notifications/push.js",
        "notifications/opened.js",
    ],
    "mine.js": ["library/marks.js"],
    "worker.js": ["notifications/worker.js", "reading/worker_keeping.js"],
}
"""What `settings.STATIC_BUNDLES` should be: each bundle and its sources, in order."""

_STRING = r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CSS_COMMENTS = re.compile(_STRING + r"|/\*.*?\*/", re.DOTALL)
_CSS_SPACES = re.compile(_STRING + r"|(\s*[{};]\s*|,\s+)|(\s+)", re.DOTALL)
_RELATIVE_URL = re.compile(r"""url\(\s*+(?!["']?\s*(?:data:|/|#))""")
_MODULE_LINK = re.compile(r"^\s*(?:import|export)\b", re.MULTILINE)


def minify_css(css: str) -> str:
    """Without comments and needless white space; strings stay as they are.

    Only spaces around `{`, `}`, `;` and after `,` go: elsewhere a space may mean something
    (`a :hover`, `1px + 2px`).
    """

    def shorter(match: re.Match[str]) -> str:
        string, mark, space = match.groups()
        return string or (mark.strip() if mark else " " if space else "")

    bare = _CSS_COMMENTS.sub(lambda match: match[1] or "", css)
    return _CSS_SPACES.sub(shorter, bare).strip()


def join_css(sources: Mapping[str, str]) -> str:
    """One style sheet of many; a relative `url()` is refused: from a bundle it would point elsewhere."""
    for path, css in sources.items():
        if _RELATIVE_URL.search(css):
            raise ImproperlyConfigured(
                f"{path} has a relative url(); bundles need data: or an absolute path."
            )
    return "\n".join(minify_css(css) for css in sources.values()) + "\n"


def join_js(sources: Mapping[str, str]) -> str:
    """One module of many, each in its own block; one that imports or exports is refused."""
    for path, script in sources.items():
        if _MODULE_LINK.search(script):
            raise ImproperlyConfigured(f"{path} imports or exports; the files of a bundle must stand alone.")
    return "".join(f"{{\n{script.strip()}\n}}\n" for script in sources.values())


def join(name: str, sources: Mapping[str, str]) -> str:
    """The bundle `name` (its ending says its kind) out of its sources, path → text, in order."""
    return join_css(sources) if name.endswith(".css") else join_js(sources)


class BundledStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped base
    """Joins `settings.STATIC_BUNDLES`, then hashes and compresses everything as whitenoise does."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool | Exception | None]]:
        """Called by `collectstatic` once all files lie in place."""
        if not dry_run:
            for name, sources in settings.STATIC_BUNDLES.items():
                paths[BUNDLE_FOLDER + name] = (self, self._write(name, sources))
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _write(self, name: str, sources: Sequence[str]) -> str:
        texts = {path: self._source(name, path) for path in sources}
        target = BUNDLE_FOLDER + name
        self.delete(target)
        return str(self.save(target, ContentFile(join(name, texts).encode())))

    def _source(self, bundle: str, path: str) -> str:
        if not self.exists(path):
            raise ImproperlyConfigured(f"The bundle {bundle} names {path}, which no app has under static/.")
        with self.open(path) as file:
            return bytes(file.read()).decode()
