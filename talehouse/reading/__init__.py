"""Pages that compose rooms for readers: home, browse, story, part, person, tag, series.

Here: views and templates. Not here: rules; each lives in the room of its noun.
"""
