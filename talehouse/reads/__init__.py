"""Reads: one reader had one part in view; counted once a day, recountable.

Here: the rows, the beacon and the counters of reads. Not here: a reader's place or shelf.
"""
