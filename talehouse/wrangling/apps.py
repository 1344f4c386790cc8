"""The room's name for Django."""

from django.apps import AppConfig


class WranglingConfig(AppConfig):
    """The room `wrangling`."""

    name = "talehouse.wrangling"
    label = "wrangling"
    default_auto_field = "django.db.models.BigAutoField"
