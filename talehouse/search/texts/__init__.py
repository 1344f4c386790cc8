"""Words in titles, summaries, names, tags and whole texts: an index by tantivy, derived from the database.

Here: how words of each language are compared, writing and asking the index, passages, stories that are alike.
Not here: filters and counts (`search/columns/`), what somebody typed (`search/language/`).
"""
