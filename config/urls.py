"""All addresses: each room names its own."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("talehouse.accounts.door_urls")),
    path("", include("talehouse.reads.urls")),
    path("", include("talehouse.imports.urls")),
    path("", include("talehouse.exports.urls")),
    path("", include("talehouse.notifications.urls")),
    path("", include("talehouse.writing.urls")),
    path("", include("talehouse.ops.urls")),
    path("", include("talehouse.reading.lists_urls")),
    path("library/", include("talehouse.reading.library_urls")),
    path("wrangling/", include("talehouse.wrangling.urls")),
    path("", include("talehouse.reading.urls")),
    path("", include("talehouse.feeds.urls")),
]

handler404 = "talehouse.reading.views.errors.not_found"
handler403 = "talehouse.reading.views.errors.forbidden"
handler500 = "talehouse.reading.views.errors.broken"
