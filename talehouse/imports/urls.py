"""Addresses of this room."""

from django.urls import path

from talehouse.imports import views

urlpatterns = [
    path("write/", views.mine, name="write"),
    path("write/import/", views.upload, name="import"),
    path("write/import/<uuid:uuid>/", views.job, name="import-job"),
    path("write/stories/<int:pk>/publish/", views.publish, name="publish-story"),
]
