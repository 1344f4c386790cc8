"""The rows of comments, blocked names and notifications in the table of addresses."""

from __future__ import annotations

from collections.abc import Iterator

from talehouse.comments.models import Comment
from talehouse.comments.saying import Place, say
from talehouse.notifications import wishes
from talehouse.notifications.models import Kind, Notification
from talehouse.stories.models import Part, Series, Story
from tests.cast import Cast

Expected = dict[str, int]
PATHS = ("public", "members", "unlisted", "private", "draft", "hidden")


def comment_on(cast: Cast, part: Part) -> int:
    """A comment of the reader on a part; its id."""
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return say(Place(story=fresh.story, part=fresh), by=cast.reader, text="A word.").pk


def secret_of(cast: Cast) -> str:
    """The secret in the reader's mails."""
    return wishes.quiet_of(cast.reader).secret


def told_of(comment: int) -> int:
    """A notification to the reader about their comment; its id."""
    about = {"kind": Kind.MENTION, "subject_type": "comment", "subject_id": comment, "last_event": 1}
    pen_name = Comment.objects.select_related("pen_name__account").get(pk=comment).pen_name
    assert pen_name
    return Notification.objects.get_or_create(account=pen_name.account, group="address", defaults=about)[0].pk


def talking(
    who: tuple[str, ...], part: Part, series: Series, story: Story, comment: int, secret: str
) -> Iterator[tuple[str, str, Expected, Expected | None]]:
    """(name, path, GET, POST) on the public story, where everybody may look."""

    def all_of(status: int, **exceptions: int) -> Expected:
        return {**dict.fromkeys(who, status), **exceptions}

    unsaid = all_of(400)
    for name, path in (
        ("part-comments", f"/parts/{part.pk}/comments/"),
        ("story-comments", f"/stories/{story.pk}/comments/"),
        ("series-comments", f"/series/{series.pk}/comments/"),
    ):
        yield name, path, all_of(200), unsaid
        yield name, path.replace(str(path.split("/")[2]), "999999"), all_of(404), all_of(404)
    close = all_of(403, visitor=302, writer=302, co_writer=302)
    for kind, pk in (("part", part.pk), ("story", story.pk)):
        plural = {"part": "parts", "story": "stories"}[kind]
        yield f"{kind}-comments-close", f"/{plural}/{pk}/comments/close/", all_of(405, visitor=302), close
        gone = f"/{plural}/999999/comments/close/"
        yield f"{kind}-comments-close", gone, all_of(405, visitor=302), all_of(404, visitor=302)
    people = dict.fromkeys(("writer", "co_writer", "editor", "beta", "suspended"), 200)
    people = {name: status for name, status in people.items() if name in who}
    yield "part-before", f"/parts/{part.pk}/before/1/", all_of(404, **people), all_of(405)
    yield "part-before", f"/parts/{part.pk}/before/999/", all_of(404), all_of(405)
    signed = all_of(200, visitor=302)
    yield "write-comments", "/write/comments/", signed, all_of(302)
    yield "bubbles", f"/parts/{part.pk}/bubbles/", all_of(200), None
    yield "bubbles", "/parts/999999/bubbles/", all_of(404), None
    yield "comment", f"/comments/{comment}/", all_of(302), None
    yield "comment", "/comments/999999/", all_of(404), None
    yield (
        "comment-before",
        f"/comments/{comment}/before/",
        all_of(404, visitor=302, host=200),
        all_of(405, visitor=302),
    )
    mine = all_of(403, visitor=302, reader=200)
    yield "comment-edit", f"/comments/{comment}/edit/", mine, {**mine, "reader": 302}
    likes = all_of(302, reader=403, suspended=403)
    decide = all_of(403, visitor=302, writer=302, co_writer=302, host=302)
    for verb, expected in (("like", likes), ("hide", decide), ("pin", decide), ("approve", decide)):
        yield "comment-act", f"/comments/{comment}/{verb}/", all_of(405, visitor=302), expected
    take_back = all_of(403, visitor=302, reader=302, host=302)
    yield "comment-act", f"/comments/{comment}/delete/", all_of(405, visitor=302), take_back
    yield "comment-act", f"/comments/{comment}/nonsense/", all_of(405, visitor=302), all_of(404, visitor=302)
    for verb in ("mute", "block", "unmute", "unblock"):
        own = 302 if verb.startswith("un") else 403
        yield "name-act", f"/people/writer/{verb}/", all_of(405, visitor=302), all_of(302, writer=own)
    yield "name-act", "/people/nobody/mute/", all_of(405, visitor=302), all_of(404, visitor=302)
    yield "names", "/settings/people/", all_of(200, visitor=302), all_of(405, visitor=302)
    yield "unbar", "/settings/people/barred/999999/end/", all_of(405, visitor=302), all_of(404, visitor=302)
    signed = all_of(200, visitor=302)
    follow = all_of(302, suspended=403)
    for name, path in (
        ("follow-story", f"/stories/{story.pk}/follow/"),
        ("follow-series", f"/series/{series.pk}/follow/"),
        ("follow-person", "/people/writer/follow/"),
    ):
        yield name, path, all_of(405, visitor=302), follow
    yield "follow-story", "/stories/999999/follow/", all_of(405, visitor=302), all_of(404, visitor=302)
    yield "follow-person", "/people/nobody/follow/", all_of(405, visitor=302), all_of(404, visitor=302)
    yield "notifications", "/notifications/", signed, all_of(405, visitor=302)
    yield "notifications-read", "/notifications/read/", all_of(405, visitor=302), all_of(302)
    theirs = all_of(404, visitor=302)
    for path, opens in (("999999", theirs), (f"{told_of(comment)}", {**theirs, "reader": 302})):
        yield "notification-read", f"/notifications/{path}/read/", all_of(405, visitor=302), opens
    yield "notification-settings", "/settings/notifications/", signed, all_of(400, visitor=302)
    devices, posted = "/settings/notifications/devices/", all_of(405, visitor=302)
    yield "device", devices, posted, all_of(400, visitor=302, suspended=403)
    yield "device-key", f"{devices}key/", posted, all_of(200, visitor=302)
    yield "device-renew", f"{devices}renew/", posted, all_of(400, visitor=302)
    yield "device-remove", f"{devices}999999/remove/", posted, all_of(404, visitor=302)
    yield "service-worker", "/sw.js", all_of(200), None
    yield "notifications-end", f"/notifications/end/{secret}/all/", all_of(200), all_of(200)
    yield "notifications-end", "/notifications/end/guessed/all/", all_of(200), all_of(404)
    yield "notifications-end", f"/notifications/end/{secret}/nonsense/", all_of(404), all_of(404)
