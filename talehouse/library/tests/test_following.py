"""Following: once, taken back, and not by suspended accounts."""

from __future__ import annotations

import pytest

from talehouse.library import following
from talehouse.library.models import Follow
from talehouse.stories.errors import NotAllowedError
from tests.cast import Cast, story


def test_following_once_and_taking_it_back(cast: Cast) -> None:
    for thing in (story(cast), cast.pen("writer")):
        assert following.follow(thing, by=cast.reader)
        assert not following.follow(thing, by=cast.reader)
        assert following.follows(thing, by=cast.reader) and not following.follows(thing, by=cast.stranger)
        assert following.unfollow(thing, by=cast.reader)
        assert not following.unfollow(thing, by=cast.reader)
    assert not Follow.objects.exists()


def test_a_story_and_a_pen_name_of_one_number_are_two_things(cast: Cast) -> None:
    made, name = story(cast), cast.pen("writer")
    Follow.objects.create(account=cast.reader, target="story", target_id=name.pk)
    assert not following.follows(name, by=cast.reader)
    assert following.follows(made, by=cast.reader) is (made.pk == name.pk)


def test_a_suspended_account_follows_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowedError):
        following.follow(story(cast), by=cast.suspended)
