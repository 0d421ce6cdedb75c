"""The forms of duties: which month, which unit, which duty; an excuse; where something stands written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Every, Period
from ronghe.duties.queries.lines import current
from ronghe.www.forms import PageForm

BACK, AHEAD = 12, 3


class MonthForm(PageForm):
    """Which month of which unit."""

    unit = forms.ChoiceField(label=_("单位"), required=False)
    period = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, units: list[tuple[int, str]], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["unit"].choices = [(str(pk), name) for pk, name in units]  # type: ignore[attr-defined]

    def month(self) -> Period:
        """The month asked for; this one when none is, or what is asked is none."""
        return month_of(self.data.get("period", ""), self.today)


class GridForm(PageForm):
    """Which month; perhaps one duty."""

    period = forms.ChoiceField(label=_("月份"), required=False)
    duty = forms.ChoiceField(label=_("经常任务"), required=False)

    def __init__(self, *args: Any, duties: list[tuple[str, str]], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        months = [Period.holding(today, Every.MONTH)]
        for _step in range(BACK):
            months.append(months[-1].previous())
        self.fields["period"].choices = [(str(one), one.label) for one in months]  # type: ignore[attr-defined]
        self.fields["duty"].choices = [("", gettext("全部")), *duties]  # type: ignore[attr-defined]

    def month(self) -> Period:
        """The month asked for; this one when none is."""
        return month_of(self.data.get("period", ""), self.today)

    def chosen(self) -> str:
        """The duty asked for, where there is one of that name."""
        wanted = self.data.get("duty", "")
        return wanted if wanted in dict(self.fields["duty"].choices) else ""  # type: ignore[attr-defined]


def grid_form(asked: QueryDict, today: dt.date) -> GridForm:
    """The filters of the grids, with the duties of the day."""
    duties = {line.duty: line.duty_title for line in current(today).values()}
    return GridForm(asked, duties=sorted(duties.items(), key=lambda one: one[1]), today=today)


def month_of(written: str, today: dt.date) -> Period:
    """The month written, within the reach of the pages; else this one."""
    this = Period.holding(today, Every.MONTH)
    try:
        found = Period.parse(written) if written else this
    except DefinitionError:
        return this
    return found if found.every == Every.MONTH and abs((found.first - this.first).days) < 31 * 24 else this


class ExcuseForm(PageForm):
    """From when to when somebody need not do it, and why."""

    begins = forms.DateField(label=_("从"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends = forms.DateField(
        label=_("到（含当天）"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("为什么"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        help_text=_("例如整建制参加防汛、单位正在撤并。只写单位的情况，不写个人。"),
        error_messages={"required": _("请写明为什么准予免除。")},
    )
    document = forms.CharField(label=_("批准文号"), max_length=80, required=False)


class ConfirmForm(PageForm):
    """Where it stands written."""

    document = forms.CharField(
        label=_("出处"),
        max_length=80,
        help_text=_("文件名称、文号和第几条，例如：市委组织部〔2026〕3号第五条。"),
        error_messages={"required": _("请写明出处：文件名称、文号和第几条。")},
    )
