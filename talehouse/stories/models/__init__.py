"""Stories and what they are made of. Who may see them is asked in `visibility.py`, and only there."""

from talehouse.stories.models.anchored import Anchored
from talehouse.stories.models.effective import EffectiveTag, StaleStory
from talehouse.stories.models.part import Block, Part, Revision, Rhythm
from talehouse.stories.models.people import Consent, Departure, Proposal, Role, RoleKind
from talehouse.stories.models.pictures import Picture, PictureUse
from talehouse.stories.models.series import Series, SeriesEntry
from talehouse.stories.models.story import (
    CommentsFrom,
    CommentsWait,
    Counters,
    Download,
    Feed,
    Story,
    StoryCategory,
    StoryTag,
    StoryWarning,
    TagUse,
    TagWord,
    TakenBack,
    Visibility,
    new_key,
)

__all__ = [
    "Anchored",
    "Block",
    "CommentsFrom",
    "CommentsWait",
    "Consent",
    "Counters",
    "Departure",
    "Download",
    "EffectiveTag",
    "Feed",
    "Part",
    "Picture",
    "PictureUse",
    "Proposal",
    "Revision",
    "Rhythm",
    "Role",
    "RoleKind",
    "Series",
    "SeriesEntry",
    "StaleStory",
    "Story",
    "StoryCategory",
    "StoryTag",
    "StoryWarning",
    "TagUse",
    "TagWord",
    "TakenBack",
    "Visibility",
    "new_key",
]
