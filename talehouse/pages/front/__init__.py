"""The front: a process of its own that answers visitors from memory and tunnels everything else to Django.

Lives here: HTTP/1.1 on one event loop, without Django (fast start, small memory).
Does not live here: the rule that says when a kept page is still true (see ``pages/store.py``).
"""
