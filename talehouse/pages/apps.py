"""Django's name for this room."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The page layer (one table: the versions)."""

    name = "talehouse.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"
