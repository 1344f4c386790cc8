"""The room's name for Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room `accounts`."""

    name = "talehouse.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
