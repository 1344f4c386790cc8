"""The room's name for Django."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The room `site`."""

    name = "talehouse.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
