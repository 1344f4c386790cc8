"""People: accounts that sign in, and the pen names that they sign with.

Here: who somebody is and what they asked for. Not here: what they wrote or read.
"""
