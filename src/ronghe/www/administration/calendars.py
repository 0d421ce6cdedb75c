"""放假安排: the years, one year drawn, entering and publishing a notice, and what it moved."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework.domain.recalendaring import moves, touched
from ronghe.casework.domain.rederiving import Move
from ronghe.casework.queries.recalendared import moved_for, moved_rows
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.worktime import Announcement, announced, cautions_of, read_pasted
from ronghe.definitions.domain import calendar_with, publish_notice
from ronghe.definitions.models import CalendarNotice
from ronghe.definitions.queries.calendars import calendar, calendar_after, calendar_before, rows_by_year
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.administration.calendars_drawn import figures_of, months_of, pieces_of, years_beside
from ronghe.www.administration.calendars_files import names_of, workbook
from ronghe.www.administration.calendars_forms import NoticeForm, PasteForm
from ronghe.www.administration.sections import ADMINISTERS, WATCHES

PAGE = 50
YEARS = range(2000, 2101)
WEEKDAYS = (_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日"))
HEADING = (
    _("编号"),
    _("标题"),
    _("承办单位"),
    _("环节"),
    _("原期限"),
    _("新期限"),
    _("因为哪些天"),
)
SHOWN = 8  # of the ways dates would move, before the rest are one line


@rule(WATCHES)
@require_GET
def show_calendars(request: HttpRequest) -> HttpResponse:
    """Each year that is known or comes next, with its paper and its count of working days; the office hours."""
    days, known = calendar(), rows_by_year()
    this = timezone.localdate().year
    years = sorted({*(year for year, rows in known.items() if rows), this, this + 1}, reverse=True)
    rows = [(figures_of(year, days), announced(year, known.get(year, ())).document) for year in years]
    hours = [one for one in days.office_hours if one.effective > dt.date.min] or days.office_hours
    missing = next(
        (one.year for one, _document in reversed(rows) if one.year >= this and not one.is_announced), None
    )
    context = {"rows": rows, "hours": hours, "missing": missing, "may_write": ADMINISTERS(request.user)}
    return render(request, "administration/calendars.html", context)


@rule(WATCHES)
@require_GET
@never_cache
def show_year(request: HttpRequest, year: int) -> HttpResponse:
    """One year drawn, its versions, and how far due dates follow the newest."""
    _check(year)
    days, rows = calendar(), rows_by_year().get(year, ())
    notices = list(
        CalendarNotice.objects.filter(year=year).select_related("rederivation").order_by("-version")
    )
    names = names_of(one.entered_by for one in notices)
    context = {
        "year": year,
        "months": months_of(year, days),
        "weekdays": WEEKDAYS,
        "beside": years_beside(year, days),
        "pieces": pieces_of(announced(year, rows)),
        "document": announced(year, rows).document,
        "notices": [(one, names.get(one.entered_by, "")) for one in notices],
        "is_announced": days.is_announced(year),
        "progress": _progress(notices[0], powers_of(account_of(request), timezone.localdate()))
        if notices
        else None,
        "may_write": ADMINISTERS(request.user),
    }
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"administration/calendar.html{part}", context)


def _progress(notice: CalendarNotice, powers: Powers) -> dict[str, Any]:
    """How far the passes have come, in hundredths; what moved is counted of the cases who asks may see."""
    work = notice.rederivation
    found: dict[str, Any] = {
        "notice": notice,
        "finished_at": work.finished_at,
        "moved": moved_for(notice, powers).count(),
    }
    if work.finished_at is None:
        whole = touched(calendar_before(notice), calendar()).count()
        found["share"] = min(99, work.seen * 100 // max(whole, 1))
    return found


@rule(ADMINISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter_notice(request: HttpRequest, year: int) -> HttpResponse:
    """Read the text, check the rows and what they would move, publish: each a button of one page."""
    _check(year)
    act = request.POST.get("act", "")
    if act == "read":
        return _read(request, year)
    if act in ("check", "publish"):
        return _checked(request, year, is_final=act == "publish")
    rows = rows_by_year().get(year, ())
    form = NoticeForm(year=year, notice=announced(year, rows)) if rows or "rows" in request.GET else None
    return _page(request, year, PasteForm() if form is None else None, form)


def _read(request: HttpRequest, year: int) -> HttpResponse:
    paste = PasteForm(request.POST)
    if not paste.is_valid():
        return _page(request, year, paste, None, status=422)
    found = read_pasted(paste.cleaned_data["text"], year)
    if not found.notice.off and not found.notice.made_up:
        paste.add_error("text", gettext("没有从这段文字里读出放假的日子。请核对是不是放假通知，或逐行填写。"))
        return _page(request, year, paste, None, status=422)
    doubts = [*found.doubts, *(gettext("没有读懂：%(said)s") % {"said": said[:60]} for said in found.unread)]
    return _page(request, year, None, NoticeForm(year=year, notice=found.notice), doubts=doubts)


def _checked(request: HttpRequest, year: int, *, is_final: bool) -> HttpResponse:
    form = NoticeForm(request.POST, year=year)
    if not form.is_valid():
        return _page(request, year, None, form, status=422)
    notice = form.notice()
    cautions = cautions_of(notice)
    if is_final and request.POST.get("checked") != form.said:
        said = gettext("改过的还没有核对，没有公布。请看公布以后会怎样，没有问题再公布。")
        form.add_error(None, said)
        form.data = {
            name: value for name, value in form.data.items() if name != "is_agreed"
        }  # of other cautions
    elif is_final and cautions and not form.cleaned_data["is_agreed"]:
        form.add_error("is_agreed", gettext("请先核对下面的提醒，再勾选这一项。"))
    elif is_final:
        try:
            publish_notice(notice, actor=f"person:{account_of(request).person_id}", at=timezone.now())
        except RongheError as error:
            form.add_error(None, error.message)
        else:
            messages.success(
                request, gettext("%(year)d 年的放假安排已公布，正在重算受影响的期限。") % {"year": year}
            )
            return redirect("admin-calendar", year)
    context = {"cautions": cautions, "is_checked": not any(one.stops for one in cautions), **_preview(notice)}
    return _page(request, year, None, form, status=422 if form.errors else 200, **context)


def _preview(notice: Announcement) -> dict[str, Any]:
    """The year as it would be, and what would move: nothing is written."""
    before, after = calendar(), calendar_with(notice)
    with remembering():
        found = list(moves(before, after))
    ways = Counter(_way(move) for move in found).most_common()
    return {
        "months": months_of(notice.year, after),
        "weekdays": WEEKDAYS,
        "beside": years_beside(notice.year, after),
        "changed": before.changed_days(after),
        "cases": len({move.case.pk for move in found}),
        "ways": [(was, due, n) for (was, due), n in ways[:SHOWN]],
        "other_ways": sum(n for _way, n in ways[SHOWN:]),
    }


def _way(move: Move) -> tuple[dt.date, dt.date]:
    return timezone.localdate(move.was), timezone.localdate(move.due)


def _page(
    request: HttpRequest,
    year: int,
    paste: PasteForm | None,
    form: NoticeForm | None,
    *,
    doubts: Iterable[str] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"year": year, "paste": paste, "form": form, "doubts": list(doubts), **more}
    return render(request, "administration/calendar_enter.html", context, status=status)


@rule(STAFF)
@require_GET
@never_cache
def show_moved(request: HttpRequest, year: int) -> HttpResponse:
    """What the year's notice moved, of the cases who asks may see."""
    notice = _notice(request, year)
    asked = request.GET.get("q", "").strip()[:40]
    powers = powers_of(account_of(request), timezone.localdate())
    with remembering():
        page = Paginator(moved_for(notice, powers, number=asked), PAGE).get_page(request.GET.get("page"))
        rows = moved_rows(notice, page.object_list)
    context = {
        "year": year,
        "notice": notice,
        "page": page,
        "rows": rows,
        "asked": asked,
        "changed": calendar_before(notice).changed_days(calendar_after(notice)),
        "may_watch": WATCHES(request.user),
    }
    return render(request, "administration/calendar_moved.html", context)


@rule(STAFF)
@require_GET
@never_cache
def download_moved(request: HttpRequest, year: int) -> HttpResponse:
    """The same list as a workbook."""
    notice = _notice(request, year)
    powers = powers_of(account_of(request), timezone.localdate())
    with remembering():
        rows = moved_rows(notice, moved_for(notice, powers, number=request.GET.get("q", "").strip()[:40]))
    lines = (
        (
            row.case.number,
            row.case.title,
            row.case.responsible.name if row.case.responsible else "",
            row.step,
            f"{timezone.localtime(row.was):%Y-%m-%d %H:%M}",
            f"{timezone.localtime(row.due):%Y-%m-%d %H:%M}",
            "、".join(f"{day:%Y-%m-%d}" for day in row.days),
        )
        for row in rows
    )
    return workbook(
        gettext("%(year)d年放假安排重算期限.xlsx") % {"year": year}, [str(word) for word in HEADING], lines
    )


def _notice(request: HttpRequest, year: int) -> CalendarNotice:
    """The version asked for, or the newest."""
    asked = request.GET.get("version", "")
    found = CalendarNotice.objects.filter(year=year).order_by("-version")
    notice = (found.filter(version=asked) if asked.isdecimal() and len(asked) < 5 else found).first()
    if notice is None:
        raise Http404
    return notice


def _check(year: int) -> None:
    if year not in YEARS:
        raise Http404
