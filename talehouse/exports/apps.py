"""The room's name for Django."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """The room `exports`."""

    name = "talehouse.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"
