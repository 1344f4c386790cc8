"""The rows of keeping stories on a device in the table of addresses."""

from __future__ import annotations

from collections.abc import Iterator

from talehouse.stories.models import Story

Expected = dict[str, int]


def offline(who: tuple[str, ...], story: Story) -> Iterator[tuple[str, str, Expected, Expected | None]]:
    """(name, path, GET, POST) on the public story."""
    everybody, refused = dict.fromkeys(who, 200), dict.fromkeys(who, 405)
    for name, path in (
        ("manifest", "/manifest.webmanifest"),
        ("offline", "/offline/"),
        ("offline-story", f"/offline/stories/{story.pk}/"),
    ):
        yield name, path, everybody, refused
    yield "offline-story", "/offline/stories/999999/", dict.fromkeys(who, 404), refused
    yield "offline-story", f"/offline/stories/{story.pk}/?owner=somebody", dict.fromkeys(who, 401), refused
