"""What happened: one log, `record()`, and the cursors of those who read it.

Here: events and their delivery. Not here: what anybody does about an event.
"""
