"""Addresses of feeds. They end with the format: `.atom`, `.rss` or `.json`."""

from django.urls import path, re_path

from talehouse.feeds import views

_FORM = r"\.(?P<form>atom|rss|json)$"
_NUMBER = r"(?P<pk>[0-9]{1,18})"

urlpatterns = [
    path("feeds/", views.index, name="feeds"),
    path("feeds/updates/renew/", views.renew, name="feed-renew"),
    re_path(rf"^feeds/archive{_FORM}", views.archive, name="feed-archive"),
    re_path(rf"^feeds/browse{_FORM}", views.search, name="feed-search"),
    re_path(rf"^feeds/stories/{_NUMBER}{_FORM}", views.story, name="feed-story"),
    re_path(rf"^feeds/people/(?P<slug>[^/]+){_FORM}", views.person, name="feed-person"),
    re_path(rf"^feeds/series/{_NUMBER}{_FORM}", views.series, name="feed-series"),
    re_path(rf"^feeds/tags/(?P<kind>[a-z]+)/(?P<slug>[^/]+){_FORM}", views.tag, name="feed-tag"),
    re_path(rf"^feeds/lists/{_NUMBER}{_FORM}", views.reading_list, name="feed-list"),
    re_path(rf"^feeds/updates/(?P<key>[\w-]{{10,40}}){_FORM}", views.updates, name="feed-updates"),
]
