"""Addresses of this room."""

from django.urls import path

from talehouse.imports import views

urlpatterns = [
    path("write/import/", views.upload, name="import"),
    path("write/import/<uuid:uuid>/", views.job, name="import-job"),
]
