"""The room's name for Django."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """The room `activity`."""

    name = "talehouse.activity"
    label = "activity"
    default_auto_field = "django.db.models.BigAutoField"
