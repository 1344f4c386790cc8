"""The rows of rankings, collections and suggestions in the table of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from talehouse.stories.models import Story

Expected = dict[str, int]
Row = tuple[str, str, Expected, Expected | None, tuple[str, ...]]


def ranks(who: tuple[str, ...], stories: Mapping[str, tuple[Story, frozenset[str], str]]) -> Iterator[Row]:
    """(name, path, GET, POST, secret); `stories`: each with who opens it, and by which query."""
    everybody, nothing, refused = (dict.fromkeys(who, status) for status in (200, 404, 405))
    host = {one: 200 if one == "host" else 404 for one in who}
    mine = {**dict.fromkeys(who, 200), "visitor": 302}
    led = dict.fromkeys(who, 302)
    yield "rankings", "/rankings/", everybody, refused, ()
    for name in ("rising", "loved", "finished", "gems", "longest", "fresh"):
        yield "ranking", f"/rankings/{name}/", everybody, refused, ()
    yield "ranking", "/rankings/secret/", nothing, refused, ()
    yield "ranking", "/rankings/fresh/?kind=theme&tag=lamps&language=en&page=nonsense", everybody, refused, ()
    yield "ranking", "/rankings/fresh/?tag=Lamps", led, refused, ()
    yield "ranking", "/rankings/fresh/?tag=nobody-has-this", everybody, refused, ()
    yield "collections", "/collections/", everybody, refused, ()
    yield "host-collections", "/host/collections/", host, {**host, "host": 400}, ()
    yield "for-you", "/library/for-you/", mine, led, ()
    for name, (story, opens, query) in stories.items():
        if query:
            continue
        secret: tuple[str, ...] = () if set(who) <= opens else (story.title, story.slug)
        seen = {one: 200 if one in opens else 404 for one in who}
        yield "alike", f"/stories/{story.pk}/alike/", seen, refused, secret
        answer = {one: 302 if one in opens or one == "visitor" else 404 for one in who}
        asked = {**refused, "visitor": 302}
        yield "for-you-answer", f"/library/for-you/{story.pk}/decline/", asked, answer, secret
        desk = {one: 403 if one in opens else 404 for one in who}
        authors = {"writer", "co_writer"} if name == "public" else {"writer"}
        desk |= dict.fromkeys(opens & authors, 200) | {"visitor": 302}
        posts = dict.fromkeys(who, 405) | {"visitor": 302}
        yield "write-ranks", f"/write/stories/{story.pk}/ranks/", desk, posts, secret
    story = stories["public"][0]
    again = f"/library/for-you/{story.pk}/again/"
    yield "for-you-answer", again, {**refused, "visitor": 302}, led, ()
    yield (
        "for-you-answer",
        f"/library/for-you/{story.pk}/burn/",
        {**refused, "visitor": 302},
        {**nothing, "visitor": 302},
        (),
    )
