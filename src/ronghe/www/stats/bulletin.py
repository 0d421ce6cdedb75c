"""通报: a month's figures to look at as they stand, and as they were issued."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from ronghe.appraisal.domain import issue_bulletin
from ronghe.appraisal.exceptions import DomainError
from ronghe.appraisal.models import Bulletin
from ronghe.appraisal.queries import ask
from ronghe.appraisal.queries.bulletin import (
    bulletin_content,
    content_of,
    issued,
    question_of,
    recomputes,
    trend,
)
from ronghe.casework.models import Case
from ronghe.definitions.enums import Power
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.stats.charts import charts_of
from ronghe.www.stats.forms import MonthForm
from ronghe.www.stats.sheet import Sheet

FIRST_CASES = 5


@rule(STAFF)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The month as the ledger has it now, with what was issued of it."""
    return _show(request, request.GET, is_whole=bool(request.GET.get("all")))


@rule(STAFF)
@require_GET
def show_trend(request: HttpRequest) -> HttpResponse:
    """The twelve months up to the one chosen: part of the page, fetched after it."""
    now = timezone.localtime()
    period = MonthForm(request.GET, now=now).period()
    if period is None:
        raise Http404
    question = ask(str(period), "organisation", now=now)
    context = {"charts": charts_of(trend(question)), "period": period}
    return render(request, "stats/bulletin_trend.html", context)


@rule(STAFF)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Freeze the month; what is refused is said on the page of the month."""
    account, now = account_of(request), timezone.localtime()
    form = MonthForm(request.POST, now=now)
    if (period := form.period()) is None:
        return _show(request, request.POST)
    try:
        made = issue_bulletin(
            period, powers=powers_of(account, now.date()), actor=f"person:{account.person_id}", at=now
        )
    except DomainError as error:
        return _show(request, request.POST, refused=error.message)
    messages.success(request, gettext("已印发%(month)s的通报，数字不再变化。") % {"month": period.label})
    return redirect("bulletin-issued", period=made.period, number=made.round)


@rule(STAFF)
@require_GET
def show_issued(request: HttpRequest, period: str, number: int) -> HttpResponse:
    """The figures as issued; asked to, they are counted again at their position of the ledger."""
    bulletin = Bulletin.objects.filter(period=period, round=number).first()
    if bulletin is None:
        raise Http404
    powers, content = _powers(request), content_of(bulletin)
    question = question_of(bulletin)
    sheet = Sheet(question, content, bulletin.pk, _seen(powers))
    context = _context(sheet, powers) | {
        "bulletin": bulletin,
        "charts": charts_of(content["figures"]["trend"]),
        "is_same": recomputes(bulletin) if request.GET.get("check") else None,
        "others": [one for one in issued(question.period) if one.pk != bulletin.pk],
    }
    return render(request, "stats/bulletin.html", context)


def _show(
    request: HttpRequest, asked: QueryDict, refused: str = "", *, is_whole: bool = False
) -> HttpResponse:
    now, powers = timezone.localtime(), _powers(request)
    form = MonthForm(asked, now=now)
    context: dict[str, Any] = {"form": form, "refused": refused}
    period = form.period()
    if period is not None:
        question = ask(str(period), "organisation", now=now)
        sheet = Sheet(question, bulletin_content(question), seen=_seen(powers), is_whole=is_whole)
        context |= _context(sheet, powers) | {
            "others": issued(period),
            "may_issue": powers.has(Power.OVERSEE) and now >= period.end,
            "is_running": now < period.end,
        }
    return render(request, "stats/bulletin.html", context, status=422 if refused or not period else 200)


def _context(sheet: Sheet, powers: Powers) -> dict[str, Any]:
    reminded = sheet.reminded()
    wanted = [number for _, cases in reminded for number in cases[:FIRST_CASES]]
    shown = dict(Case.objects.visible_with(powers).filter(pk__in=wanted).values_list("pk", "number"))
    return {
        "question": sheet.question,
        "sheet": sheet,
        "total": sheet.total(),
        "groups": sheet.groups(),
        "splits": sheet.splits(),
        "praised": sheet.praised(),
        "reminded": [
            (line, [shown[number] for number in cases if number in shown]) for line, cases in reminded
        ],
        "checks": sheet.checks(),
        "rule": sheet.figures["rule"],
        "is_cut": sheet.seen is not None,
    }


def _powers(request: HttpRequest) -> Powers:
    return powers_of(request.user, timezone.localdate())


def _seen(powers: Powers) -> frozenset[str] | None:
    """Whoever oversees the city sees every unit; others their own, beside the city's figures."""
    if powers.has(Power.OVERSEE):
        return None
    own = powers.organisation_ids | powers.scope(Power.LEAD)
    return frozenset(Organisation.objects.filter(pk__in=own).values_list("code", flat=True))
