"""The room's name for Django."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """The room `library`."""

    name = "talehouse.library"
    label = "library"
    default_auto_field = "django.db.models.BigAutoField"
