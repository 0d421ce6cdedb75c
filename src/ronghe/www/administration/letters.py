"""没有送达的消息: what no channel took, who sees to it, sending it again or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe.core.errors import RongheError
from ronghe.messages import domain
from ronghe.messages.groups import group_of
from ronghe.messages.models import Message
from ronghe.messages.queries import counts, dead_letters, whose
from ronghe.organisations.models import Person
from ronghe.www.access import account_of, rule
from ronghe.www.administration.sections import ADMINISTERS
from ronghe.www.inbox.log import sent_of

PAGE = 20


@rule(ADMINISTERS)
@require_GET
@never_cache
def show_letters(request: HttpRequest) -> HttpResponse:
    """The oldest first; what a message says is never opened here."""
    return _page(request)


@rule(ADMINISTERS)
@require_POST
@never_cache
def settle_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """See to it oneself, send it again, or give it up with a reason."""
    letter = get_object_or_404(Message, pk=pk)
    person = account_of(request).person_id
    actor, at, act = f"person:{person}", timezone.now(), request.POST.get("act", "")
    try:
        if act == "take":
            domain.take_letter(letter, person)
            said = gettext("已记下由您处理。")
        elif act == "retry":
            domain.retry_letter(letter, actor=actor, at=at)
            said = gettext("已放回待发送，马上再试。")
        else:
            domain.drop_letter(letter, actor=actor, at=at, note=request.POST.get("note", ""))
            said = gettext("已记下不再发送。")
    except RongheError as error:
        return _page(request, wrong={letter.pk: error.message}, status=422)
    messages.success(request, said)
    return redirect("admin-letters")


def _page(request: HttpRequest, *, wrong: dict[int, str] | None = None, status: int = 200) -> HttpResponse:
    page = Paginator(dead_letters(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _rows(list(page), wrong or {}), "counts": counts()}
    return render(request, "administration/letters.html", context, status=status)


def _rows(letters: Sequence[Message], wrong: dict[int, str]) -> list[dict[str, Any]]:
    names = whose(letters)
    owners = Person.objects.in_bulk({letter.owner for letter in letters if letter.owner})
    return [
        {
            "letter": letter,
            "what": group_of(letter.to_type, letter.kind).title,
            "to": names.get(letter.pk, ""),
            "tries": sent_of(letter.attempts.all()),
            "owner": owners.get(letter.owner or 0),
            "wrong": wrong.get(letter.pk, ""),
        }
        for letter in letters
    ]
