"""What a rule of this room says when it refuses."""

from __future__ import annotations


class RuleError(Exception):
    """The thing cannot be done; the message is one plain sentence for the person who asked."""


class NotAllowedError(RuleError):
    """This person may not do it."""
