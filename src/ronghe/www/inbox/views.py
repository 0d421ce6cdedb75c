"""提醒: what I was told, newest first; and, in a demonstration, what the public would have read on the phone."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe.casework.models import Case
from ronghe.messages import domain, queries
from ronghe.messages.queries import Told
from ronghe.messages.rules import IDENTITY
from ronghe.organisations.domain import masked
from ronghe.organisations.models import Account, Identity
from ronghe.www.access import PUBLIC, STAFF, account_of, rule
from ronghe.www.inbox.log import last_by_channel

CASE = "case"
A_PAGE = 20


@rule(STAFF)
@require_GET
@never_cache
def show_inbox(request: HttpRequest) -> HttpResponse:
    """My messages, newest first; what is about a case I may no longer see does not say what it said."""
    account = account_of(request)
    page = Paginator(queries.messages_to(account.person_id or 0), A_PAGE).get_page(request.GET.get("page"))
    told = queries.opened(page.object_list)
    hidden, tried = _hidden(account, told), queries.attempts_of(page.object_list)
    rows = [(message, message.pk in hidden, last_by_channel(tried.get(message.pk, []))) for message in told]
    return render(request, "inbox/inbox.html", {"page": page, "rows": rows})


@rule(STAFF)
@require_GET
@never_cache
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go to what it is about; not mine is not found."""
    account = account_of(request)
    message = queries.told(account.person_id or 0, pk)
    if message is None:
        raise Http404
    domain.mark_read(message, at=timezone.localtime())
    for told in queries.opened([message]):
        if told.pk not in _hidden(account, [told]) and url_has_allowed_host_and_scheme(told.link, None):
            return redirect(told.link)
    return redirect("inbox")


@rule(STAFF)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of mine as read."""
    domain.mark_all_read(account_of(request).person_id or 0, at=timezone.localtime())
    return redirect("inbox")


@rule(PUBLIC)
@require_GET
@never_cache
def show_test_messages(request: HttpRequest) -> HttpResponse:
    """The last messages to the public, where nothing leaves the machine; elsewhere there is no such page."""
    if not queries.shows_test_messages():
        raise Http404
    told = queries.on_test_transport()
    public = {message.to.ref for message in told if message.to.type == IDENTITY}
    phones = {pk: masked(identity).phone for pk, identity in Identity.objects.in_bulk(public).items()}
    rows = [
        (message, phones.get(message.to.ref, "") if message.to.type == IDENTITY else "") for message in told
    ]
    return render(request, "inbox/test_messages.html", {"rows": rows})


def _hidden(account: Account, told: Iterable[Told]) -> set[int]:
    """The messages about cases that the account may not see (any more)."""
    about = {message.pk: message.about[1] for message in told if message.about and message.about[0] == CASE}
    cases = Case.objects.visible_to(account).filter(pk__in=set(about.values()))
    visible = set(cases.values_list("pk", flat=True)) if about else set()
    return {pk for pk, case in about.items() if case not in visible}
