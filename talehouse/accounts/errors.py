"""What a rule of the doors says when it refuses."""

from __future__ import annotations


class DoorError(Exception):
    """The thing cannot be done; the message is one plain sentence for the person who asked."""


class NotForYouError(DoorError):
    """This person may not do it."""
