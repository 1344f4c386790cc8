"""Addresses of the desk of those who put tags in order."""

from django.urls import path

from talehouse.wrangling.views import desk, log

urlpatterns = [
    path("", desk.desk, name="wrangling"),
    path("preview/", desk.preview, name="wrangling-preview"),
    path("do/", desk.do, name="wrangling-do"),
    path("new/", desk.make, name="wrangling-new"),
    path("tags/<int:pk>/", desk.tag, name="wrangling-tag"),
    path("log/", log.log, name="wrangling-log"),
    path("log/<int:pk>/", log.brought, name="wrangling-brought"),
    path("log/<int:pk>/undo/", log.undo, name="wrangling-undo"),
    path("log/batch/<uuid:batch>/undo/", log.undo_batch, name="wrangling-undo-batch"),
]
