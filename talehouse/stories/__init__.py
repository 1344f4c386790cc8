"""Stories: parts, revisions, blocks, series, roles, publishing, and the one gate of visibility.

Here: what is written and who may see it. Not here: what readers do with it.
"""
