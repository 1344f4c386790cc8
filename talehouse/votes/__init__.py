"""Votes: one per account and part, which can be taken back (law 3).

Who voted is shown to nobody but the voter. The counters of part and story move with the row.
"""
