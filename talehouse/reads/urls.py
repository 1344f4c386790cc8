"""Addresses of this room."""

from django.urls import path

from talehouse.reads import views

urlpatterns = [path("beacon/read/", views.beacon, name="beacon-read")]
