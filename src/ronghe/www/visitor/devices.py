"""登录设备: where somebody of the public is signed in, and signing out there."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe.www.access import VISITOR, own_visitor, rule
from ronghe.www.account.devices import UNKNOWN
from ronghe.www.account.overview import words_of
from ronghe.www.visitor import session


@rule(VISITOR)
@never_cache
@require_GET
def show_devices(request: HttpRequest) -> HttpResponse:
    """Where I am signed in, last used first."""
    here = request.session.get(session.DEVICE_KEY)
    oldest = timezone.now() - dt.timedelta(seconds=session.LASTS)
    found = own_visitor(request).devices.filter(began_at__gte=oldest).order_by("-seen_at", "-pk")
    rows = [
        {
            "device": row,
            "words": words_of(row.browser),
            "network": "" if row.network == UNKNOWN else row.network.removesuffix(".0"),
            "is_here": row.pk == here,
        }
        for row in found
    ]
    others = sum(not row["is_here"] for row in rows)
    return render(request, "visitor/devices.html", {"rows": rows, "others": others})


@rule(VISITOR)
@require_POST
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one of them; what is not mine is not found."""
    here = request.session.get(session.DEVICE_KEY)
    if not session.end_elsewhere(own_visitor(request), only=pk, keep=here):
        raise Http404
    messages.success(request, gettext("那台设备已经退出登录。"))
    return redirect("my-devices")


@rule(VISITOR)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    done = session.end_elsewhere(own_visitor(request), keep=request.session.get(session.DEVICE_KEY))
    messages.success(request, gettext("其他 %(n)d 台设备都已退出登录。") % {"n": done})
    return redirect("my-devices")
