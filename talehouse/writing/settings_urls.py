"""Addresses of my account."""

from __future__ import annotations

from django.urls import path, re_path

from talehouse.writing.views import closing, pen_names, settings

urlpatterns = [
    path("", settings.index, name="settings"),
    path("everything.zip", settings.everything, name="take-everything"),
    path("close/", closing.close, name="close-account"),
    path("keep/", closing.keep, name="keep-account"),
    path("pen-names/", pen_names.pen_name_list, name="pen-names"),
    re_path(r"^pen-names/(?P<pk>[0-9]{1,18})/$", pen_names.pen_name, name="pen-name"),
    re_path(r"^pen-names/(?P<pk>[0-9]{1,18})/name/$", pen_names.rename, name="pen-name-rename"),
    re_path(
        r"^pen-names/(?P<pk>[0-9]{1,18})/former/(?P<former>[0-9]{1,18})/end/$",
        pen_names.end_former,
        name="pen-name-end-former",
    ),
    re_path(
        r"^pen-names/(?P<pk>[0-9]{1,18})/(?P<what>[a-z-]{1,20})/$", pen_names.change, name="pen-name-change"
    ),
]
