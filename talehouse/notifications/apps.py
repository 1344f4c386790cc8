"""The room's name for Django."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The room `notifications`."""

    name = "talehouse.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
