"""The WSGI entry: the page layer around Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from talehouse.pages.layer import PageLayer  # noqa: E402  (settings must be there first)

application = PageLayer(_django)
