"""The outermost page layer: answers that many people share, kept as bytes.

Lives here: versions that rules bump, the decorator for kept views, holes, the store, the WSGI layer, the
front. Does not live here: what a page shows, who may see it, the session (see accounts) and the rules that
bump.
"""
