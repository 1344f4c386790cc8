"""What a reader keeps: whom and what they follow. Shelves, lists, progress and history come to it.

Targets are named by type and id, so no room above is needed.
"""
