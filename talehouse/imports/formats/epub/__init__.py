"""EPUB 2 and 3: the package, its navigation, chapters, notes and pictures.

Here: everything that the container adds to HTML. Not here: HTML itself (`formats/html/`).
"""
