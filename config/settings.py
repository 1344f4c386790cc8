"""Django's settings: one file, read from the environment. Each `TALEHOUSE_…` is in `docs/settings.md`.

What the host decides for the house (name, sign-up, ratings) is the `site` row, not a setting.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from config import environment as env
from talehouse.lib.statics import BUNDLES

BASE = Path(__file__).resolve().parent.parent
DATA = Path(env.text("TALEHOUSE_DATA", "data")).resolve()
DEBUG = env.flag("TALEHOUSE_DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA)
BASE_URL = env.address("TALEHOUSE_BASE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.words("TALEHOUSE_HOSTS") or env.near_hosts(BASE_URL)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = False
HTTPS = BASE_URL.startswith("https://")

DATABASE_URL = env.text("TALEHOUSE_DATABASE_URL") or f"sqlite:///{DATA / 'talehouse.sqlite3'}"
DATABASES = {"default": env.database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "talehouse.pages",
    "talehouse.activity",
    "talehouse.site",
    "talehouse.accounts",
    "talehouse.tags",
    "talehouse.stories",
    "talehouse.reads",
    "talehouse.votes",
    "talehouse.comments",
    "talehouse.library",
    "talehouse.notifications",
    "talehouse.imports",
    "talehouse.exports",
    "talehouse.writing",
    "talehouse.reading",
    "talehouse.feeds",
    "talehouse.rankings",
    "talehouse.search",
    "talehouse.wrangling",
    "talehouse.ops",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
    "django_prose_editor",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "talehouse.accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "talehouse.accounts.form_tokens.FormTokenMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "talehouse.accounts.middleware.PersonMiddleware",
    "talehouse.accounts.middleware.PlainMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "talehouse.reading.middleware.NotAllowedMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "talehouse" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# What is remembered for a while in each process: the limits of sign-in. Django's own 300 entries would soon
# push out the count of somebody who tries passwords.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# People
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # addresses are unique whatever their case, by a constraint
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the process that stands before Django sends the client's one address
ACCOUNT_ADAPTER = "talehouse.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "talehouse.accounts.forms.SignUpForm",
    "add_email": "talehouse.accounts.forms.NewAddressForm",
    "change_password": "talehouse.accounts.forms.NewPasswordForm",
    "reset_password_from_key": "talehouse.accounts.forms.ForgottenPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {  # how often, by address (ip), by account (user), by the e-mail that was typed (key)
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/10m/ip",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "1/3m/key",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "talehouse.accounts.mfa.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "talehouse.accounts.mfa.UseAppForm",
    "add_webauthn": "talehouse.accounts.mfa.AddKeyForm",
    "authenticate_webauthn": "talehouse.accounts.mfa.SecondStepForm",
    "reauthenticate_webauthn": "talehouse.accounts.mfa.StillYouForm",
    "login_webauthn": "talehouse.accounts.mfa.PasskeySignInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones: one step of 30 seconds on either side
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.is_loopback(BASE_URL)  # nowhere but on this machine
LOGIN_REDIRECT_URL = "/"
# A page of one's own tells what was done; those for everybody cannot.
ACCOUNT_SIGNUP_REDIRECT_URL = ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/library/"
LOGIN_URL = "/accounts/login/"
EMAIL_BACKEND = "talehouse.site.mail.SiteEmailBackend"

SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
CSRF_FAILURE_VIEW = "talehouse.reading.views.errors.forbidden"
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE / "talehouse" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
FONTS = Path(str(files("fontpkg_atkinson_hyperlegible") / "files"))
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE / "talehouse" / "static", ("fonts", FONTS)]
STATIC_BUNDLES = BUNDLES
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "talehouse.lib.statics.BundledStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365
MAIL_FOLDER = DATA / "mail"
UPLOADS = DATA / "uploads"
INDEX = DATA / "index"
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 500
UPLOAD_LIMIT = env.number("TALEHOUSE_UPLOAD_LIMIT_MB", 300) * 1024 * 1024

# Long jobs
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# What happened, and who reads it: name of the consumer -> its function
ACTIVITY_CONSUMERS: dict[str, str] = {
    "stories.effective": "talehouse.stories.effective.hear",
    "comments.placing": "talehouse.comments.placing.follow_texts",
    "library.marks": "talehouse.library.following_texts.follow_texts",
    "library.mails": "talehouse.library.by_mail.hear",
    "notifications": "talehouse.notifications.telling.hear",
}

# What the worker does again and again for rooms that `ops` does not know: name -> (seconds, function)
WORKER_DUTIES = {
    "effective tags": (1, "talehouse.stories.effective.catch_up"),
    "tell followers": (1, "talehouse.notifications.telling.fan_out"),
    "send mails": (5, "talehouse.notifications.mailing.send_due"),
    "mail followers": (5, "talehouse.library.by_mail.send_due"),
    "forget mail follows": (3600, "talehouse.library.by_mail.forget"),
    "push": (5, "talehouse.notifications.pushing.send_due"),
    "close accounts": (60, "talehouse.writing.closing.close_due"),
    "finish departures": (3600, "talehouse.writing.departing.finish_due"),
    "forget notes": (3600, "talehouse.writing.noting.forget_purged"),
    "ranks": (3600, "talehouse.rankings.working.ranks"),
    "alike": (21_600, "talehouse.rankings.working.alike"),
    "index": (0.5, "talehouse.search.feeding.feed"),
}

# Pages that are kept
PAGE_PERSON = "talehouse.accounts.sessions.person_of"
PERSON_FACTS = {  # name -> column of the one question about whoever is signed in (`a` is the account's row)
    "unread": "EXISTS (SELECT 1 FROM notifications_notification n"
    " WHERE n.account_id = a.id AND n.read_at IS NULL)",
    "hides": "EXISTS (SELECT 1 FROM library_hide h WHERE h.account_id = a.id)"
    " OR EXISTS (SELECT 1 FROM library_never n WHERE n.account_id = a.id)",
    "wrangles": "a.suspended_at IS NULL AND (a.wrangler_since IS NOT NULL OR a.host_since IS NOT NULL)",
}
PAGE_HOLES = {
    "me": "talehouse.accounts.holes.me",
    "bell": "talehouse.notifications.holes.bell",
    "my_follow": "talehouse.library.holes.my_follow",
    "my_hide": "talehouse.library.holes.my_hide",
    "my_marks": "talehouse.library.holes.my_marks",
    "my_place": "talehouse.library.here.my_place",
    "my_reading": "talehouse.library.here.my_reading",
    "continue_reading": "talehouse.library.here.continue_reading",
    "my_settings": "talehouse.library.reader_settings.my_settings",
    "my_rows": "talehouse.reading.holes.my_rows",
    "beside": "talehouse.reading.holes.beside",
    "my_vote": "talehouse.votes.holes.my_vote",
    "my_wrangling": "talehouse.wrangling.holes.my_wrangling",
    "story_people": "talehouse.stories.holes.story_people",
    "part_people": "talehouse.stories.holes.part_people",
}
_SEARCH = (
    *("q", "with", "without", "words-from", "words-to", "parts-from", "parts-to", "updated", "since"),
    *("until", "crossover", "main", "shelves", "unread", "sort", "seed", "after", "more", "tag", "typed"),
    *("kind", "status", "rating", "language"),
)
PAGE_QUERY = {
    "/browse/": _SEARCH,
    "/feeds/browse": _SEARCH,
    "/people/": ("sort", "after"),
    "/tags/": ("sort", "after", "from"),
    "/rankings/": ("kind", "tag", "language", "page"),
    "/lists/": ("after",),
    "/parts/": ("key", "show"),
    "/stories/": ("key", "show"),
    "/feeds/stories/": ("key",),
    "/media/": ("key",),
}
PAGE_FRONT = env.flag("TALEHOUSE_BEHIND_FRONT", default=False)
PAGE_MEMORY = env.number("TALEHOUSE_PAGE_MEMORY_MB", 64) * 1024 * 1024

# Whether addresses that people name (web push) may lie in private networks, over http: for trying only
FETCH_NEAR = env.flag("TALEHOUSE_FETCH_NEAR", default=False)

# Who may speak for a client's address
TRUSTED_PROXIES = env.words("TALEHOUSE_TRUSTED_PROXIES")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.text("TALEHOUSE_LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.DisallowedHost": {"level": "ERROR"}},
}
