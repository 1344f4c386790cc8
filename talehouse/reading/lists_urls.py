"""Addresses of what a reader keeps beside their shelves: lists, marks, hides, mails about a story."""

from django.urls import path, re_path

from talehouse.reading.views import answering, by_mail, hiding, marking, reading_lists

urlpatterns = [
    re_path(
        r"^lists/(?P<pk>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", reading_lists.reading_list, name="reading-list"
    ),
    re_path(r"^lists/(?P<pk>[0-9]{1,18})/follow/$", answering.follow_list, name="follow-list"),
    path("tags/<str:kind>/<str:slug>/follow/", answering.follow_tag, name="follow-tag"),
    path("library/lists/", reading_lists.mine, name="library-lists"),
    re_path(r"^library/lists/(?P<pk>[0-9]{1,18})/$", reading_lists.edit, name="library-list"),
    re_path(r"^library/lists/add/(?P<pk>[0-9]{1,18})/$", reading_lists.add, name="library-list-add"),
    re_path(r"^stories/(?P<pk>[0-9]{1,18})/hide/$", hiding.story, name="hide-story"),
    path("tags/<str:kind>/<str:slug>/hide/", hiding.tag, name="hide-tag"),
    path("people/<str:slug>/hide/", hiding.person, name="hide-person"),
    path("library/hidden/", hiding.hidden, name="library-hidden"),
    re_path(r"^library/hidden/(?P<pk>[0-9]{1,18})/end/$", hiding.end, name="library-hidden-end"),
    re_path(r"^parts/(?P<pk>[0-9]{1,18})/marks/$", marking.in_part, name="part-marks"),
    path("library/marks/", marking.mine, name="library-marks"),
    re_path(r"^library/marks/(?P<pk>[0-9]{1,18})/$", marking.mark, name="library-mark"),
    re_path(r"^library/marks\.(?P<kind>json|md)$", marking.taken, name="library-marks-file"),
    re_path(r"^stories/(?P<pk>[0-9]{1,18})/follow-by-mail/$", by_mail.ask, name="follow-by-mail"),
    re_path(r"^by-mail/(?P<secret>[\w-]{10,30})/$", by_mail.follow, name="mail-follow"),
    re_path(r"^by-mail/(?P<secret>[\w-]{10,30})/end/$", by_mail.end, name="mail-follow-end"),
]
