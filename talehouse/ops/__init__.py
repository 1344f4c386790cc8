"""Running the house: serve, worker, doctor, recount, demo, bench, health, the host's pages.

Here: what a host needs. Not here: anything that a reader or writer does.
"""
