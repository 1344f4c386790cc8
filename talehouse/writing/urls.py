"""Addresses of the desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from talehouse.writing.views import (
    desk,
    editor,
    notes,
    parts,
    people,
    ranks,
    releasing,
    replacing,
    revisions,
    story,
    waiting,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("write/", desk.home, name="write"),
    path("write/new/", desk.new, name="write-new"),
    path("write/comments/", waiting.comments, name="write-comments"),
    path("write/tags/", story.suggestions, name="write-tags"),
    path("write/stories/<int:pk>/", story.form, name="write-story"),
    path("write/stories/<int:pk>/key/", story.renew_key, name="write-story-key"),
    path("write/stories/<int:pk>/withdraw/", story.withdraw, name="write-story-withdraw"),
    path("write/stories/<int:pk>/back/", desk.bring_back, name="write-story-back"),
    path("write/stories/<int:pk>/parts/", parts.parts, name="write-parts"),
    path("write/stories/<int:pk>/replace/", replacing.replace, name="write-replace"),
    path("write/stories/<int:pk>/release/", releasing.story, name="write-release"),
    path("write/parts/<int:pk>/", editor.editor, name="editor"),
    path("write/parts/<int:pk>/keep/", editor.keep, name="keep-part"),
    path("write/parts/<int:pk>/pictures/", editor.add_picture, name="part-picture"),
    path("write/parts/<int:pk>/publish/", releasing.part, name="publish-part"),
    path("write/stories/<int:pk>/ranks/", ranks.ranks, name="write-ranks"),
    path("write/stories/<int:pk>/people/", people.of_story, name="story-people"),
    path("write/invitations/<int:pk>/", people.invitation, name="answer-invitation"),
    path("write/departures/", people.departures, name="departures"),
    path("write/departures/<int:pk>/", people.come_back, name="come-back"),
    path("write/parts/<int:pk>/notes/", notes.of_part, name="part-notes"),
    path("write/parts/<int:pk>/revisions/", revisions.listing, name="revisions"),
    path("write/parts/<int:pk>/revisions/<int:number>/", revisions.old_text, name="revision"),
    path("write/parts/<int:pk>/revisions/<int:number>/restore/", revisions.restore, name="revision-restore"),
    path("write/parts/<int:pk>/revisions/<int:number>/name/", revisions.name, name="revision-name"),
    path("write/parts/<int:pk>/revisions/<int:number>/seal/", revisions.seal, name="revision-seal"),
    path("write/parts/<int:pk>/revisions/<int:number>/keep/", revisions.keep, name="revision-keep"),
    path("write/parts/<int:pk>/revisions/<int:number>/dismiss/", revisions.dismiss, name="revision-dismiss"),
    path("write/calendar/", releasing.calendar, name="write-calendar"),
    path("write/stories/<int:pk>/publish/", desk.publish, name="publish-story"),
    path("settings/", include("talehouse.writing.settings_urls")),
]
