"""Measuring: archives to measure on, yardsticks to measure against, CPU and memory of processes.

Here: what `talehouse bench` does. Not here: anything that a running house needs. `docs/bench.md` tells how to
read the figures.
"""
