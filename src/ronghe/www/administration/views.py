"""The page all administration begins at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ronghe.www.access import rule
from ronghe.www.administration.sections import ANY_SECTION, open_to


@rule(ANY_SECTION)
@require_GET
def show_index(request: HttpRequest) -> HttpResponse:
    """Every part who asks may open, with a sentence of what it is for."""
    return render(request, "administration/index.html", {"sections": open_to(request.user)})
