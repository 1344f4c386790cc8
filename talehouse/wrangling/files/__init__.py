"""Vocabularies as files: what each kind of file says, as entries; and our own, written.

Here: bytes in, plain data out. Not here: what becomes of it in the archive (`bringing.py`).
"""
