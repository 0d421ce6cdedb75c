"""The addresses below /api/. Each declares the rule TOKEN: whoever asks is known by their token alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from ronghe.api import cases, complaints, desk, files, identities, ratings, recording, requests
from ronghe.api.problems import answer
from ronghe.api.service import Service
from ronghe.www.access import PUBLIC, TOKEN, rule

api = Service()
for part in (cases, files, desk, ratings, identities, requests, complaints, recording):
    api.add_router("/v1", part.router)


@lru_cache(maxsize=1)
def _description() -> bytes:
    return api.description_json()


@rule(PUBLIC)
@require_GET
def show_description(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document: what there is, for whoever builds on it."""
    return HttpResponse(_description(), content_type="application/json")


@csrf_exempt
@rule(PUBLIC)
def nothing_here(_request: HttpRequest, **_rest: str) -> HttpResponse:
    """An address that is none."""
    return answer(404)


def _declared() -> Iterator[URLPattern | URLResolver]:
    """The operations' addresses, each with its rule; Ninja's own root is none of them."""
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            rule(TOKEN)(pattern.callback)
            yield pattern


urlpatterns = [
    path("openapi.json", show_description, name="api-description"),
    *_declared(),
    path("", nothing_here, name="api-root"),
    path("<path:rest>", nothing_here, name="api-nothing"),
]
