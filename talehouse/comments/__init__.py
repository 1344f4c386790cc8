"""Comments: on a part, on words of it, on a story, on a series; threads, likes, what a writer decides.

Where a comment stands in an edited text is worked out by `stories.anchors`; this room keeps the anchors.
"""
