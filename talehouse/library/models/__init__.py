"""What a reader keeps: their place, shelves, lists, history, highlights, follows, and what they hide."""

from talehouse.library.models.follows import Follow, MailFollow
from talehouse.library.models.keeping import (
    Hide,
    Highlight,
    ListEntry,
    NotForMe,
    ReadingList,
    Shelf,
    ShelfEntry,
)
from talehouse.library.models.never import Never
from talehouse.library.models.reading import PartRead, Reading, Shelved, Visit, Wishes

__all__ = [
    "Follow",
    "Hide",
    "Highlight",
    "ListEntry",
    "MailFollow",
    "Never",
    "NotForMe",
    "PartRead",
    "Reading",
    "ReadingList",
    "Shelf",
    "ShelfEntry",
    "Shelved",
    "Visit",
    "Wishes",
]
