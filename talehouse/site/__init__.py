"""The rules of this house: one row that the host edits on a page.

Here: the archive's name, sign-up, mail, the highest rating. Not here: how the machine is configured
(`config/`).
"""
