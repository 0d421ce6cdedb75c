"""The feed itself, whose address is its key, and the page on which somebody makes, renews and ends theirs."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ronghe.core.errors import RongheError
from ronghe.definitions.queries import calendar
from ronghe.organisations.domain.tokens import issue_token, note_use, revoke_token
from ronghe.organisations.models import Account, Token
from ronghe.organisations.queries.tokens import is_live, token_of, tokens_of
from ronghe.www.access import PUBLIC, STAFF, account_of, rule

SCOPE = "calendar"


@rule(PUBLIC)
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whose key it is; without a good key there is nothing here."""
    from ronghe.www.calendar_feed.events import feed_of  # noqa: PLC0415 - 4 MB of a web worker, for feeds

    now = timezone.localtime()
    token = token_of(secret, now)
    if token is None or SCOPE not in token.scopes:
        raise Http404
    note_use(token, at=now)
    sheet = feed_of(token.account, now, calendar())
    tag = quote_etag(hashlib.sha256(sheet).hexdigest()[:32])
    answer: HttpResponse
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(sheet, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="ronghe.ics"'
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    answer["X-Robots-Tag"], answer["Referrer-Policy"] = "noindex", "no-referrer"
    return answer


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
def show_calendar(request: HttpRequest) -> HttpResponse:
    """Whether I have one; a new address is shown once, on the page that answers, and ends the one before."""
    account, secret = account_of(request), ""
    if account.person_id is None:
        raise PermissionDenied
    if request.method == "POST":
        actor, now = f"person:{account.person_id}", timezone.localtime()
        try:
            with transaction.atomic():
                for token in _live(account):
                    revoke_token(token, actor=actor, at=now)
                if request.POST.get("act") == "end":
                    messages.success(request, gettext("已停用，日历软件下次更新时就读不到了。"))
                    return redirect("my-calendar")
                name = gettext("日历订阅")
                _token, secret = issue_token(account, name=name, scopes=[SCOPE], actor=actor, at=now)
        except RongheError as error:
            messages.error(request, error.message)
            return redirect("my-calendar")
    context = {"token": next(iter(_live(account)), None), "address": _address(secret) if secret else ""}
    return render(request, "calendar_feed/page.html", context)


def _address(secret: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("calendar-feed", args=[secret])


def _live(account: Account) -> list[Token]:
    """The keys of the feed that still work."""
    now = timezone.localtime()
    return [one for one in tokens_of(account) if one.scopes == [SCOPE] and is_live(one, now)]
