"""A case on paper: everything its page tells the reader, on A4, with who printed it and when."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.organisations.domain.exports import record_export
from ronghe.organisations.queries.people import open_seats_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.desk.page import CasePage

WORDLESS = frozenset(
    {"case.answered", "case.drafted"}
)  # replies are printed in full below; drafts are nobody's yet


@rule(STAFF)
@require_GET
@never_cache
def print_case(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet; that it was taken out is written into the ledger, as with every export."""
    account, now = account_of(request), timezone.localtime()
    if account.person is None:
        raise PermissionDenied
    page = CasePage(find_visible_or_404(account, number), account, now)
    record_export(account.person, page="case-print", rows=1, at=now)
    seat = next(iter(open_seats_of(account.person, now.date())), None)
    context = page.context(
        replies=page.case.replies.exclude(sent_at=None).select_related("organisation").order_by("no"),
        wordless=WORDLESS,
        unit=seat.post.organisation.name if seat else "",
        now=now,
    )
    return render(request, "desk/print.html", context)
