"""The room's name for Django."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """The room `comments`."""

    name = "talehouse.comments"
    label = "comments"
    default_auto_field = "django.db.models.BigAutoField"
