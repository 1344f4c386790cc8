"""The room's name for Django."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    """The room `stories`."""

    name = "talehouse.stories"
    label = "stories"
    default_auto_field = "django.db.models.BigAutoField"
