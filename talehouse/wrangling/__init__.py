"""Order among tags: canonical, synonyms, what stands above what; each act with a preview, a log and an undo.

Here: the rules of wranglers, suggestions, vocabularies as files. Not here: the rows themselves (`tags`), the
effective tags of stories (`stories/effective.py`).
"""
