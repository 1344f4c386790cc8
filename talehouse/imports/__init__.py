"""Bringing stories in: formats, the preview, and writing it down all or nothing.

Here: from a file to a story. Not here: how a story is kept (`stories/`).
"""
