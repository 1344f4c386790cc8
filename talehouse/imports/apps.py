"""The room's name for Django."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The room `imports`."""

    name = "talehouse.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"
