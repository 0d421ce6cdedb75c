"""A bare Django view that reads the same request, asks the database the statements recorded of it, and answers with the bytes it answered.

Django as `startproject` leaves it, no ORM: what cannot be saved. Served as ours is. With BARE_PLAIN its connections are Django's own
as well (kept open), without our settings that keep plans.
"""

from __future__ import annotations

import json
import os
import pickle
import uuid
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

if not settings.configured:
    from ronghe.settings import DATABASES

    if os.environ.get("BARE_PLAIN"):
        DATABASES["default"] |= {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    settings.configure(
        SECRET_KEY="bare",  # noqa: S106 - it guards nothing
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES=DATABASES,
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

RECORDED: dict[str, Any] = pickle.loads(Path(os.environ["BARE_RECORDED"]).read_bytes())  # noqa: S301 - our own


@csrf_exempt
def replay(request: HttpRequest, name: str) -> HttpResponse:
    """The statements in order, those of the transaction in one; ids, numbers and keys that must differ do."""
    page, given = RECORDED[name], {}
    if request.body:
        json.loads(request.body)
    for old in page["fresh"]:
        given[old] = uuid.uuid4() if isinstance(old, uuid.UUID) else uuid.uuid4().hex
    for inside, statements in page["parts"]:
        with transaction.atomic() if inside else nullcontext(), connection.cursor() as cursor:
            for one in statements:
                execute(cursor, one, given, page["number"])
    return HttpResponse(page["body"], status=page["status"], content_type=page["type"])


def execute(cursor: Any, one: Any, given: dict[Any, Any], number: str) -> None:
    sql, params, places, rows = one
    if places:
        params = list(params)
        for place in places:
            old = params[place]
            if isinstance(old, tuple):  # a text in pieces, every second one to be made anew
                params[place] = "".join(
                    str(anew(piece, given, number)) if n % 2 else piece for n, piece in enumerate(old)
                )
            else:
                params[place] = anew(old, given, number)
    cursor.execute(sql, params)
    if cursor.description:
        found = cursor.fetchall()
        for old, new in zip(rows, found, strict=False):
            given.update(zip(old, new, strict=True))


def anew(old: Any, given: dict[Any, Any], number: str) -> Any:
    """What stands for an id, a key or the number recorded."""
    if old != number:
        return given[old]
    kind, _, last = number.partition("-")
    return f"{kind}-{given[int(last)]:06}"


urlpatterns = [path("<name>/", replay)]
application = get_wsgi_application()
