"""SQLite for a site with many writers: whoever writes stands in line for a turn.

SQLite alone lets writers try again and again, with pauses of up to 0.1 s between; of two hundred who want the
one write lock, some try for longer than its timeout. Here each waits for a lock of its own process first and
then for a lock on a file beside the database, which the system gives on at once.
"""
