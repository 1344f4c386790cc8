"""Ranks that explain themselves: formulas, inputs, recommendations with their reason.

Here: one file a ranking, what is alike, what the host puts in front. Not here: counting (`reads`, `votes`),
finding (`search`), the pages that show a row (`reading`).
"""
