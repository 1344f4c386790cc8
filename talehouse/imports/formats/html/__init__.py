"""HTML: a saved page or an exported file, and what other formats made of HTML need.

Here: reading a tree, stylesheets, headings, notes, pictures, the downloads of known archives.
Not here: making markup safe (`lib/html.py` does that after every parser).
"""
