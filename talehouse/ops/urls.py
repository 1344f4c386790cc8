"""Addresses of this room."""

from django.urls import path

from talehouse.ops import views

urlpatterns = [
    path("host/", views.host, name="host"),
    path("host/welcome/<str:token>/", views.welcome, name="host-welcome"),
    path("host/setup/", views.setup, name="host-setup"),
    path("host/demo/remove/", views.demo_remove, name="host-demo-remove"),
    path("healthz", views.healthz, name="healthz"),
]
