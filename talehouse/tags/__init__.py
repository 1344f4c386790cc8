"""The vocabulary: tags of each kind, and the fixed lists (rating, warning, category, language).

Here: what a tag is. Not here: which story carries it.
"""
