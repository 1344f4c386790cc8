"""Addresses of the pages for readers (the contract is in `product.md` of the design)."""

from django.urls import path, re_path

from talehouse.reading.views import answering, deciding, earlier, lists, other, parts, stories, talking

urlpatterns = [
    path("", lists.home, name="home"),
    path("browse/", lists.browse, name="browse"),
    re_path(r"^stories/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", stories.story, name="story"),
    re_path(r"^parts/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", parts.part, name="part"),
    path("parts/<int:pk>/comments/", talking.comments, {"kind": "part"}, name="part-comments"),
    path("parts/<int:pk>/comments/close/", deciding.close, {"kind": "part"}, name="part-comments-close"),
    path("stories/<int:pk>/comments/close/", deciding.close, {"kind": "story"}, name="story-comments-close"),
    path("parts/<int:pk>/before/<int:number>/", earlier.before, name="part-before"),
    path("parts/<int:pk>/bubbles/", talking.bubbles, name="bubbles"),
    path("stories/<int:pk>/comments/", talking.comments, {"kind": "story"}, name="story-comments"),
    path("series/<int:pk>/comments/", talking.comments, {"kind": "series"}, name="series-comments"),
    path("comments/<int:pk>/", talking.comment, name="comment"),
    path("comments/<int:pk>/edit/", deciding.edit, name="comment-edit"),
    path("comments/<int:pk>/<slug:verb>/", deciding.act, name="comment-act"),
    path("stories/<int:pk>/follow/", answering.follow_story, name="follow-story"),
    path("series/<int:pk>/follow/", answering.follow_series, name="follow-series"),
    path("people/<str:slug>/follow/", answering.follow_person, name="follow-person"),
    path("people/<str:slug>/<slug:verb>/", deciding.name, name="name-act"),
    path("settings/people/", deciding.names, name="names"),
    path("settings/people/barred/<int:pk>/end/", deciding.unbar, name="unbar"),
    path("parts/<int:pk>/vote/", answering.vote, name="vote"),
    path("people/<str:slug>/", lists.person, name="person"),
    path("tags/<str:kind>/<str:slug>/", lists.tag, name="tag"),
    re_path(r"^series/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", lists.series, name="series"),
    re_path(r"^media/(?P<sha256>[0-9a-f]{64})\.(?P<extension>[a-z]{3,4})$", other.media, name="media"),
    re_path(r"^media/(?P<sha256>[0-9a-f]{64})-(?P<width>[0-9]{3})\.webp$", other.cover, name="cover"),
    re_path(r"^faces/(?P<name>[0-9a-f]{64}\.webp)$", other.face, name="face"),
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
