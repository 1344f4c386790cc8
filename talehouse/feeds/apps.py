"""The room's name for Django."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """The room `feeds`."""

    name = "talehouse.feeds"
    label = "feeds"
    default_auto_field = "django.db.models.BigAutoField"
