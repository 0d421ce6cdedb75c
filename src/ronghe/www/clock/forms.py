"""The question the clock page asks: from when, how long, what interrupted it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.worktime import Calendar, ClockLog, Unit
from ronghe.core.worktime.calculator import read_clock, read_instant
from ronghe.www.forms import InstantField, PageForm

PAUSES = (1, 2, 3)


class ClockForm(PageForm):
    """Start, limit, up to three pauses, one extension, and the moment of reading (empty: now)."""

    start = InstantField(label=_("从什么时候算起"), help_text=_("收到或受理的时间；当天不计入。"))
    amount = forms.IntegerField(
        label=_("多久"),
        min_value=0,
        max_value=9999,
        error_messages={
            "required": _("请填写时限，例如 5。"),
            "invalid": _("请填写整数，例如 5。"),
            "min_value": _("时限不能是负数，请填写 0 到 9999 的整数。"),
            "max_value": _("时限太长，请填写 0 到 9999 的整数。"),
        },
    )
    unit = forms.ChoiceField(
        label=_("单位"),
        choices=[
            (Unit.WORKDAY.value, _("工作日")),
            (Unit.DAY.value, _("自然日")),
            (Unit.MONTH.value, _("月")),
            (Unit.HOUR.value, _("工时（办公时间的小时）")),
        ],
        initial=Unit.WORKDAY.value,
        error_messages={
            "required": _("请选一个单位。"),
            "invalid_choice": _("没有这种单位，请从列出的里面选。"),
        },
    )
    extend = forms.IntegerField(
        label=_("延长多久"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("单位与时限相同。"),
        error_messages={
            "invalid": _("请填写整数，例如 10。"),
            "min_value": _("请填写 1 到 9999 的整数。"),
            "max_value": _("请填写 1 到 9999 的整数。"),
        },
    )
    at = InstantField(label=_("看哪个时候的情况"), required=False, help_text=_("不填就是现在。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in PAUSES:
            self.fields[f"pause{number}_from"] = InstantField(label=_("暂停开始"), required=False)
            self.fields[f"pause{number}_to"] = InstantField(label=_("恢复"), required=False)
        self.dress()

    @property
    def pauses(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields, for the page."""
        return [(self[f"pause{number}_from"], self[f"pause{number}_to"]) for number in PAUSES]

    @property
    def has_extras(self) -> bool:
        """Whether anything beyond start and limit was said, so that its part of the form stands open."""
        return any(self.data.get(name) for name in self.fields if name not in ("start", "amount", "unit"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for number in PAUSES:
            begins, ends = values.get(f"pause{number}_from"), values.get(f"pause{number}_to")
            if ends and not begins and not self.errors.get(f"pause{number}_from"):
                self.add_error(f"pause{number}_from", gettext("填了恢复时间，请把暂停开始的时间也填上。"))
        return values

    def log(self, calendar: Calendar) -> ClockLog:
        """The clock, read from words as the command reads it. Raises RongheError where they do not make one."""
        values = self.cleaned_data
        pauses = [(values[f"pause{number}_from"], values[f"pause{number}_to"]) for number in PAUSES]
        return read_clock(
            values["start"],
            f"{values['amount']} {values['unit']}",
            [f"{begins}..{ends}" for begins, ends in pauses if begins],
            [f"{values['extend']} {values['unit']}"] if values["extend"] else [],
            calendar,
        )

    def moment(self, calendar: Calendar, now: dt.datetime) -> dt.datetime:
        """The moment asked about; a day alone means its closing."""
        asked = self.cleaned_data.get("at")
        return read_instant(asked, calendar, is_whole_day=True) if asked else now
