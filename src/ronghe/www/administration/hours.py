"""办公时间: what they are, setting them from a day on, and what that moved."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework.domain.rederiving import Move, due_since, moves_of
from ronghe.casework.queries.recalendared import retimed_for, retimed_rows
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.worktime import OfficeHours
from ronghe.definitions.domain import hours_from, publish_hours
from ronghe.definitions.models import HoursNotice
from ronghe.definitions.queries.calendars import calendar, set_hours, with_hours
from ronghe.organisations.queries import powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.administration.calendars_files import names_of, workbook
from ronghe.www.administration.sections import ADMINISTERS, WATCHES
from ronghe.www.forms import PageForm

PAGE, SHOWN, MOST_SPANS = 20, 8, 3
TIME = {"type": "time"}
HEADING = (_("编号"), _("标题"), _("承办单位"), _("环节"), _("原期限"), _("新期限"))


class HoursForm(PageForm):
    """From which day on, and up to three spans; empty ones are left out."""

    effective = forms.DateField(
        label=_("从哪天起"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写从哪天起。"), "invalid": _("请写成 2026-12-01。")},
    )
    document = forms.CharField(
        label=_("依据"), required=False, max_length=80, help_text=_("例如 市政府办公室关于夏季办公时间的通知")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_SPANS + 1):
            self.fields[f"from{number}"] = _time(gettext("第 %(n)d 段上班") % {"n": number})
            self.fields[f"to{number}"] = _time(gettext("第 %(n)d 段下班") % {"n": number})
        self.dress()

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each span."""
        return [(self[f"from{number}"], self[f"to{number}"]) for number in range(1, MOST_SPANS + 1)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for number in range(1, MOST_SPANS + 1):
            start, end = found.get(f"from{number}"), found.get(f"to{number}")
            lacking = f"to{number}" if start and not end else f"from{number}" if end and not start else ""
            if lacking and lacking not in self.errors:
                self.add_error(lacking, gettext("上班、下班时间要一起填。"))
        return found

    @property
    def spans(self) -> list[tuple[dt.time, dt.time]]:
        """Those that were filled in."""
        clean = self.cleaned_data
        pairs = [(clean[f"from{number}"], clean[f"to{number}"]) for number in range(1, MOST_SPANS + 1)]
        return [(start, end) for start, end in pairs if start and end]

    @property
    def said(self) -> str:
        """What is meant, to be compared with what was checked."""
        spans = [f"{start:%H:%M}-{end:%H:%M}" for start, end in self.spans]
        return " ".join([self.cleaned_data["effective"].isoformat(), *spans])


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(TIME, format="%H:%M"),
        error_messages={"invalid": _("请写成 09:00。")},
    )


@rule(WATCHES)
@require_GET
@never_cache
def show_hours(request: HttpRequest) -> HttpResponse:
    """What holds, what comes and what held."""
    return _page(request, HoursForm(initial=_initial()))


@rule(ADMINISTERS)
@require_http_methods(["GET", "POST"])
@never_cache
def change_hours(request: HttpRequest) -> HttpResponse:
    """Check new hours, then publish them; a GET is somebody coming back from signing in again."""
    if request.method == "GET":
        return redirect("admin-hours")
    form, more = HoursForm(request.POST), dict[str, Any]()
    if form.is_valid():
        is_final = request.POST.get("act") == "publish"
        try:
            if is_final and request.POST.get("checked") == form.said:
                return _publish(request, form)
            more = _preview(form)
            if is_final:
                said = gettext("改过的还没有核对，没有公布。请看公布以后会怎样，没有问题再公布。")
                form.add_error(None, said)
        except RongheError as error:
            form.add_error(None, error.message)
    return _page(request, form, **more)


def _page(request: HttpRequest, form: HoursForm, **more: Any) -> HttpResponse:
    today = timezone.localdate()
    notices = list(HoursNotice.objects.order_by("-effective", "-pk"))
    signers = names_of(one.entered_by for one in notices)
    days = calendar()
    context = {
        "form": form,
        "may_write": ADMINISTERS(request.user),
        "now": days.hours_on(today.toordinal()),
        "coming": [one for one in days.office_hours if one.effective > today],
        "rows": [(one, signers.get(one.entered_by, ""), _spans(one)) for one in notices],
        **more,
    }
    return render(request, "administration/hours.html", context, status=422 if form.errors else 200)


def _initial() -> dict[str, Any]:
    """As it is today, from tomorrow on."""
    today = timezone.localdate()
    spans = calendar().hours_on(today.toordinal()).spans
    told: dict[str, Any] = {"effective": today + dt.timedelta(days=1)}
    for number, (start, end) in enumerate(spans[:MOST_SPANS], 1):
        told |= {f"from{number}": start, f"to{number}": end}
    return told


def _spans(notice: HoursNotice) -> list[str]:
    return [f"{start}–{end}" for start, end in notice.spans]


def _publish(request: HttpRequest, form: HoursForm) -> HttpResponse:
    notice = publish_hours(
        form.cleaned_data["effective"],
        form.spans,
        document=form.cleaned_data["document"],
        actor=f"person:{account_of(request).person_id}",
        at=timezone.now(),
    )
    messages.success(request, gettext("办公时间已公布，正在重算受影响的期限。"))
    return redirect("admin-hours-moved", notice.pk)


def _preview(form: HoursForm) -> dict[str, Any]:
    """What would move: nothing is written."""
    meant = hours_from(form.cleaned_data["effective"], form.spans, on=timezone.localdate())
    after = with_hours([*(one for one in set_hours() if one.effective != meant.effective), meant])
    with remembering():
        found = [move for case in due_since(meant.effective) for move in moves_of(case, after)]
    ways = Counter(way for move in found if (way := _way(move)))
    return {
        "meant": meant,
        "cases": len({move.case.pk for move in found}),
        "same_day": len(found) - ways.total(),
        "ways": [(was, due, n) for (was, due), n in ways.most_common(SHOWN)],
        "other_ways": sum(n for _way_, n in ways.most_common()[SHOWN:]),
        "closing": _closing(meant),
    }


def _way(move: Move) -> tuple[dt.date, dt.date] | None:
    was, due = timezone.localdate(move.was), timezone.localdate(move.due)
    return (was, due) if was != due else None


def _closing(meant: OfficeHours) -> dt.time:
    return meant.spans[-1][1]


@rule(STAFF)
@require_GET
@never_cache
def show_moved(request: HttpRequest, pk: int) -> HttpResponse:
    """What these hours moved, of the cases who asks may see."""
    notice = get_object_or_404(HoursNotice, pk=pk)
    asked = request.GET.get("q", "").strip()[:40]
    powers = powers_of(account_of(request), timezone.localdate())
    with remembering():
        page = Paginator(retimed_for(notice, powers, number=asked), PAGE).get_page(request.GET.get("page"))
        rows = retimed_rows(page.object_list)
    context = {
        "notice": notice,
        "spans": _spans(notice),
        "page": page,
        "rows": rows,
        "asked": asked,
        "may_watch": WATCHES(request.user),
    }
    return render(request, "administration/hours_moved.html", context)


@rule(STAFF)
@require_GET
@never_cache
def download_moved(request: HttpRequest, pk: int) -> HttpResponse:
    """The same list as a workbook."""
    notice = get_object_or_404(HoursNotice, pk=pk)
    powers = powers_of(account_of(request), timezone.localdate())
    with remembering():
        rows = retimed_rows(retimed_for(notice, powers, number=request.GET.get("q", "").strip()[:40]))
    lines = (
        (
            row.case.number,
            row.case.title,
            row.case.responsible.name if row.case.responsible else "",
            row.step,
            f"{timezone.localtime(row.was):%Y-%m-%d %H:%M}",
            f"{timezone.localtime(row.due):%Y-%m-%d %H:%M}",
        )
        for row in rows
    )
    return workbook(gettext("办公时间调整重算期限.xlsx"), [str(word) for word in HEADING], lines)
