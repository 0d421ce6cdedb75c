"""What the public board is asked; the address holds it all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Every, Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.www.forms import PageForm

BACK = {Every.YEAR: 3, Every.QUARTER: 6, Every.MONTH: 18}
LENGTHS = {Every.YEAR: _("按年"), Every.QUARTER: _("按季"), Every.MONTH: _("按月")}
NAME, RATE = "name", "rate"


class BoardForm(PageForm):
    """Which period, which kind of unit, in which order; left out: this year, every kind, by name."""

    period = forms.CharField(label=_("期间"), max_length=10, required=False, widget=forms.Select)
    kind = forms.CharField(label=_("单位类别"), max_length=64, required=False, widget=forms.Select)
    sort = forms.ChoiceField(
        label=_("排列"), required=False, choices=[(NAME, _("按名称")), (RATE, _("按期率从高到低"))]
    )

    def __init__(self, asked: Any, *, now: dt.datetime) -> None:
        given = {"period": str(now.year), "kind": "", "sort": NAME}
        super().__init__(given | {name: asked[name] for name in given if asked.get(name)})
        self.on = now.date()
        self.fields["period"].widget.choices = _periods(self.on)
        self.fields["kind"].widget.choices = [("", gettext("全部"))]

    def offer_kinds(self, kinds: Iterable[str]) -> None:
        """Only kinds of unit that stand on the board are offered."""
        titles = {one.edition.code: one.edition.title for one in definitions.live(Kind.ORGANISATION, self.on)}
        offered = [(kind, titles.get(kind, kind)) for kind in sorted(set(kinds))]
        self.fields["kind"].widget.choices = [("", gettext("全部")), *offered]

    def wanted(self) -> Period | None:
        """The period, or None with the refusal standing beside its field."""
        if not self.is_valid():
            return None
        try:
            period = Period.parse(self.cleaned_data["period"])
        except DefinitionError as error:
            self.add_error("period", f"{error.message}。{error.cure}。")
            return None
        if period.every not in BACK or period.first > self.on:
            self.add_error("period", gettext("请选已经开始的一个月、一个季度或一年。"))
            return None
        return period


def _periods(on: dt.date) -> list[tuple[str, list[tuple[str, str]]]]:
    groups = []
    for every, count in BACK.items():
        periods = [Period.holding(on, every)]
        while len(periods) < count:
            periods.append(periods[-1].previous())
        groups.append((str(LENGTHS[every]), [(str(period), period.label) for period in periods]))
    return groups
