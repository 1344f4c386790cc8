"""Addresses of this room."""

from django.urls import path, re_path

from talehouse.notifications import views

urlpatterns = [
    path("notifications/", views.mine, name="notifications"),
    path("notifications/read/", views.read, name="notifications-read"),
    re_path(r"^notifications/(?P<pk>[0-9]{1,18})/read/$", views.read_one, name="notification-read"),
    path("notifications/end/<str:secret>/<slug:kind>/", views.end, name="notifications-end"),
    path("settings/notifications/", views.settings, name="notification-settings"),
    path("settings/notifications/devices/", views.device, name="device"),
    path("settings/notifications/devices/key/", views.device_key, name="device-key"),
    path("settings/notifications/devices/renew/", views.device_renew, name="device-renew"),
    re_path(
        r"^settings/notifications/devices/(?P<pk>[0-9]{1,18})/remove/$",
        views.device_remove,
        name="device-remove",
    ),
]
