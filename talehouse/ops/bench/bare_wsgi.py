"""The WSGI entry of the bare Django: the house's settings with the addresses of `bare`, and no page layer."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "talehouse.ops.bench.bare"
application = get_wsgi_application()
