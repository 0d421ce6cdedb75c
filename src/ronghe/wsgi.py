"""The pages, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ronghe.settings")
application = get_wsgi_application()

from ronghe.organisations.domain.identity import ready_keys  # noqa: E402 - only once Django is set up

ready_keys()
