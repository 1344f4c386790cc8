"""The room's name for Django."""

from django.apps import AppConfig


class TagsConfig(AppConfig):
    """The room `tags`."""

    name = "talehouse.tags"
    label = "tags"
    default_auto_field = "django.db.models.BigAutoField"
