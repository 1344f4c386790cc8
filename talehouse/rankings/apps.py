"""The room's name for Django."""

from django.apps import AppConfig


class RankingsConfig(AppConfig):
    """The room `rankings`."""

    name = "talehouse.rankings"
    label = "rankings"
    default_auto_field = "django.db.models.BigAutoField"
