"""What is new, for feed readers: the archive, a story, a pen name, a series, a tag, a list, what I follow.

Here: which parts stand in a feed, how much of each, the three formats. Not here: who may see what
(`stories/visibility.py`), what somebody follows (`library`).
"""
