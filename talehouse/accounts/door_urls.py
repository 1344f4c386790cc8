"""Addresses at the doors that are not allauth's own; those of allauth's list of sessions are ours."""

from django.urls import path

from talehouse.accounts import door_views

urlpatterns = [
    path("accounts/waiting/", door_views.waiting, name="account_waiting"),
    path("accounts/sessions/", door_views.sessions, name="usersessions_list"),
]
