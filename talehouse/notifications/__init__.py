"""Notifications: who hears of what, on the site, by mail, by push. Fed from the log of what happened.

Nothing is told of what the receiver may not see; that is asked again when it is sent.
"""
