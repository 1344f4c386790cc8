"""The writer's desk: pages for drafting, releasing, working together, and closing an account.

The rules of stories live in `stories`; here are the pages, private notes beside a draft, and what closing an
account means for the stories that it leaves behind.
"""
