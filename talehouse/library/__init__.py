"""What a reader keeps: places, shelves, lists, history, marks, hides, and whom and what they follow.

Targets are named by type and id, so no room above is needed. The pages of it all are in `reading`.
"""
