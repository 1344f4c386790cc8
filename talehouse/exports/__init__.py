"""Taking stories out: EPUB for readers and for keeping.

Here: from a story to a file. Not here: how files come in (`imports/`).
"""
