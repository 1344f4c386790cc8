"""Finding stories: the index, what can be asked of it, searches that somebody has saved.

Here: columns and texts derived from the database, the language of queries, facets. Not here: who may see what
(`stories/visibility.py`), the order of the vocabulary (`tags`, `wrangling`), the page itself (`reading`).
"""
