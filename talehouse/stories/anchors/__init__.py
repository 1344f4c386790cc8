"""Which block of an edited text is which block of the old one, and where the words quoted from it are now.

Pure: texts and quotes in, ids and places out. `align` passes block ids on, `compare` tells what became of
every block, `place` finds the anchors of comments again. `docs/anchors.md` tells the method and how well it
does.
"""

from talehouse.stories.anchors.alignment import Alignment, Kind, Went, align, compare
from talehouse.stories.anchors.chains import common
from talehouse.stories.anchors.folding import fold
from talehouse.stories.anchors.placing import Anchor, How, Placement, place
from talehouse.stories.anchors.quoting import Quote

__all__ = [
    "Alignment",
    "Anchor",
    "How",
    "Kind",
    "Placement",
    "Quote",
    "Went",
    "align",
    "common",
    "compare",
    "fold",
    "place",
]
