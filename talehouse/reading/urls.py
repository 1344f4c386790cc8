"""Addresses of the pages for readers (the contract is in `product.md` of the design)."""

from django.urls import path, re_path

from talehouse.reading.views import lists, other, parts, stories

urlpatterns = [
    path("", lists.home, name="home"),
    path("browse/", lists.browse, name="browse"),
    re_path(r"^stories/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", stories.story, name="story"),
    re_path(r"^parts/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", parts.part, name="part"),
    path("people/<str:slug>/", lists.person, name="person"),
    path("tags/<str:kind>/<str:slug>/", lists.tag, name="tag"),
    re_path(r"^series/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", lists.series, name="series"),
    re_path(r"^media/(?P<sha256>[0-9a-f]{64})\.(?P<extension>[a-z]{3,4})$", other.media, name="media"),
    path("preferences/", other.preferences, name="preferences"),
    path("about/", other.about, name="about"),
    path("about/counting/", other.counting, name="about-counting"),
    path("robots.txt", other.robots, name="robots"),
    path("sitemap.xml", other.sitemap, name="sitemap"),
    re_path(
        r"^sitemap-(?P<kind>[a-z]+)-(?P<number>[0-9]{1,4})\.xml$",
        other.sitemap_file,
        name="sitemap-file",
    ),
]
