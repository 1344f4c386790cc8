"""The room's name for Django."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """The room `ops`."""

    name = "talehouse.ops"
    label = "ops"
    default_auto_field = "django.db.models.BigAutoField"
