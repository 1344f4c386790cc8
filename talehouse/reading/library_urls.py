"""Addresses of my library."""

from django.urls import path, re_path

from talehouse.reading.views import library, placing, searches, suggesting

urlpatterns = [
    path("", library.mine, name="library"),
    path("places/", placing.places, name="places"),
    path("history/", library.history, name="history"),
    re_path(r"^history\.(?P<extension>csv|json)$", library.history_file, name="history-file"),
    path("history/<int:pk>/forget/", library.history_forget, name="history-forget"),
    path("history/<slug:verb>/", library.history_act, name="history-act"),
    path("updates/", library.updates, name="updates"),
    path("updates/seen/", library.updates_seen, name="updates-seen"),
    path("for-you/", suggesting.for_you, name="for-you"),
    re_path(r"^for-you/(?P<pk>[0-9]{1,18})/(?P<verb>[a-z]+)/$", suggesting.answer, name="for-you-answer"),
    path("searches/", searches.searches, name="searches"),
    path("searches/keep/", searches.keep, name="search-keep"),
    path("searches/<int:pk>/<slug:verb>/", searches.act, name="search-act"),
    path("settings/", library.settings, name="library-settings"),
    path("shelves/", library.shelves, name="shelves"),
    path("shelves/<int:pk>/<slug:verb>/", library.shelf_change, name="shelf-change"),
    path("stories/<int:pk>/", library.story, name="library-story"),
    path("stories/<int:pk>/shelf/", placing.shelf, name="story-shelf"),
    path("stories/<int:pk>/leave/", placing.leave, name="story-leaves-library"),
    path("stories/<int:pk>/read/", placing.mark, name="mark-read"),
]
