"""The room's name for Django."""

from django.apps import AppConfig


class WritingConfig(AppConfig):
    """The room `writing`."""

    name = "talehouse.writing"
    label = "writing"
    default_auto_field = "django.db.models.BigAutoField"
