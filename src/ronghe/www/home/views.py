"""The front door: say something, or see how it goes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ronghe.www.access import PUBLIC, rule
from ronghe.www.portal.forms import FollowForm
from ronghe.www.portal.offers import first_offers, offers


@rule(PUBLIC)
@require_GET
def show_home(request: HttpRequest) -> HttpResponse:
    """What can be asked here and how long it may take."""
    first = first_offers()
    context = {"offers": first, "others": len(offers()) - len(first), "follow": FollowForm()}
    return render(request, "home/page.html", context)
