"""The room's name for Django."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """The room `reading`."""

    name = "talehouse.reading"
    label = "reading"
    default_auto_field = "django.db.models.BigAutoField"
