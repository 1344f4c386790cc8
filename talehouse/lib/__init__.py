"""Tools without tables: HTML, words, pictures, zips, safe fetching.

Here: pure functions that any room may use. Not here: anything that knows a story or a person.
"""
