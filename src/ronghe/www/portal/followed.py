"""Which cases a browser may follow: those it opened by code or link, and those of the visitor signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.models import Case
from ronghe.casework.queries.followed import may_follow
from ronghe.casework.queries.handled import is_own_work
from ronghe.organisations.queries import powers_of
from ronghe.rows import Question
from ronghe.www.access import take_typed, visitor_of
from ronghe.www.portal.forms import FollowForm
from ronghe.www.visitor.session import FOLLOWED

ANSWER = "answer"
_BY_NUMBER: Question[Case] = Question(
    lambda number: (
        Case.objects.select_related("responsible", "edition", "identity")
        .defer("edition__body")
        .filter(number=number)
    ),
    number=str,
)


def remember(request: HttpRequest, case: Case) -> None:
    """Let this browser follow the case until it is closed."""
    request.session[FOLLOWED] = {**request.session.get(FOLLOWED, {}), case.number: case.pk}


def followed(request: HttpRequest, number: str) -> Case | None:
    """The case, if this browser opened it or the visitor may follow it now; hidden and absent look the same."""
    pk = request.session.get(FOLLOWED, {}).get(number)
    if pk is None and visitor_of(request) is None:
        return None
    case = _BY_NUMBER.first(number=number)
    if case is None or case.pk == pk:
        return case
    visitor = visitor_of(request)
    return case if visitor and may_follow(visitor, case) else None


def is_remembered(request: HttpRequest, case: Case) -> bool:
    """Whether it was opened by code or link here, so that it is the requester's own browser."""
    return case.number in request.session.get(FOLLOWED, {})


def is_staffs_own(request: HttpRequest, case: Case) -> bool:
    """Whether who is signed in at a desk works on the case: they do not speak for its requester."""
    return is_own_work(powers_of(request.user, timezone.localdate()), case)


def ask_code(request: HttpRequest, form: FollowForm, *, says: str = "", status: int = 200) -> HttpResponse:
    """The page that asks for number and code."""
    return render(request, "portal/follow.html", {"form": form, "says": says}, status=status)


def ask_again(request: HttpRequest, number: str) -> HttpResponse:
    """Number known, code wanted."""
    says = gettext("请填写查询码。页面放置太久或换了手机，需要重新填一次；刚才写的内容替您留着。")
    return ask_code(request, FollowForm(initial={"number": number}), says=says)


def to_case(case: Case, part: str = "") -> HttpResponse:
    """To the case's page, or a part of it."""
    return redirect(reverse("follow-case", args=[case.number]) + (f"#{part}" if part else ""))


def kept_words(request: HttpRequest, number: str) -> dict[str, list[str]]:
    """What was being written when the session had expired, as a note or as an answer."""
    for page in ("follow-note", "follow-supplement"):
        if typed := take_typed(request, reverse(page, args=[number])):
            return {name.removeprefix(f"{ANSWER}-"): words for name, words in typed.items()}
    return {}
