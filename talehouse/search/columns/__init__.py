"""One row a story: its terms as bitmaps, its numbers as columns; a sorted base and a tail of what changed.

Here: files, sets, orders, counts; all of it derived. Not here: the database (`search/rows.py` reads it), who
writes when (`search/feeding.py`), words in texts (`search/texts`).
"""
