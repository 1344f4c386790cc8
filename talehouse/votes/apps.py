"""The room's name for Django."""

from django.apps import AppConfig


class VotesConfig(AppConfig):
    """The room `votes`."""

    name = "talehouse.votes"
    label = "votes"
    default_auto_field = "django.db.models.BigAutoField"
