"""The least that Django needs for the page layer alone."""

from __future__ import annotations

SECRET_KEY = "only for tests"
INSTALLED_APPS = ["talehouse.pages"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
ROOT_URLCONF = "talehouse.pages.tests.urls"
LANGUAGES = [("en", "English"), ("es", "Español")]
LANGUAGE_CODE = "en"
USE_TZ = True
ALLOWED_HOSTS = ["testserver"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
PAGE_PERSON = "talehouse.pages.tests.urls.person_of"
PAGE_HOLES = {"me": "talehouse.pages.tests.urls.me", "vote": "talehouse.pages.tests.urls.vote"}
PAGE_QUERY = {"/kept/": ("show",)}
PAGE_FRONT = False
PAGE_MEMORY = 8_000_000
