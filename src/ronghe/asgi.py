"""The live events, for any ASGI server with one worker; the pages are in `ronghe.wsgi`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ronghe.settings")
django.setup()

from ronghe.live.application import Live  # noqa: E402 - after the settings are named

application = Live()
