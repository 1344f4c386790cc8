"""Addresses of this room."""

from django.urls import path

from talehouse.ops import collection_views, door_views, views, wrangler_views

urlpatterns = [
    path("host/", views.host, name="host"),
    path("host/welcome/<str:token>/", views.welcome, name="host-welcome"),
    path("host/setup/", views.setup, name="host-setup"),
    path("host/mail/", views.mail_test, name="host-mail"),
    path("host/demo/remove/", views.demo_remove, name="host-demo-remove"),
    path("host/collections/", collection_views.collections, name="host-collections"),
    path("host/people/", door_views.people, name="host-people"),
    path("host/people/<int:pk>/", door_views.decide_person, name="host-person"),
    path("host/invitations/", door_views.invite, name="host-invite"),
    path("host/invitations/<int:pk>/end/", door_views.end_invitation, name="host-invitation-end"),
    path("host/stories/", door_views.stories, name="host-stories"),
    path("host/stories/<int:pk>/", door_views.decide_story, name="host-story"),
    path("host/wranglers/", wrangler_views.wranglers, name="host-wranglers"),
    path("host/wranglers/<int:pk>/end/", wrangler_views.dismiss, name="host-wrangler-end"),
    path("healthz", views.healthz, name="healthz"),
]
