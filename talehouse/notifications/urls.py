"""Addresses of this room."""

from django.urls import path

from talehouse.notifications import views

urlpatterns = [
    path("notifications/", views.mine, name="notifications"),
    path("notifications/read/", views.read, name="notifications-read"),
    path("notifications/end/<str:secret>/<slug:kind>/", views.end, name="notifications-end"),
    path("settings/notifications/", views.settings, name="notification-settings"),
]
