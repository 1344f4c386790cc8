"""The room's name for Django."""

from django.apps import AppConfig


class ReadsConfig(AppConfig):
    """The room `reads`."""

    name = "talehouse.reads"
    label = "reads"
    default_auto_field = "django.db.models.BigAutoField"
