"""Addresses of this room."""

from django.urls import re_path

from talehouse.exports import views

urlpatterns = [
    re_path(r"^downloads/(?P<pk>[0-9]{1,18})-(?P<slug>[^/]*)\.epub$", views.epub, name="download-epub"),
]
