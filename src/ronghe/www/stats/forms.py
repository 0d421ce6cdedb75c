"""What the page of numbers is asked; the address holds it all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.appraisal.enums import By
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.appraisal.queries import Question, ask
from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Every, Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.www.forms import PageForm

MONTHS = 24  # to choose from
FIELD_OF = {"bad-period": "period", "too-many-months": "period", "bad-by": "by", "no-such-kind": "kind"}


class StatsForm(PageForm):
    """Period, rows and kind; what is left out is this year, by unit, of every kind."""

    period = forms.CharField(
        label=_("期间"), max_length=40, required=False, help_text=_("如 2023、2023-H1、2023-Q1、2023-07")
    )
    by = forms.ChoiceField(label=_("按"), required=False, choices=[(by.value, by.label) for by in By])
    kind = forms.CharField(label=_("类型"), required=False, widget=forms.Select)

    def __init__(self, asked: Any, *, now: dt.datetime) -> None:
        given = {"period": str(now.year), "by": By.ORGANISATION.value, "kind": ""}
        super().__init__(given | {name: asked[name] for name in given if asked.get(name)})
        self.now = now
        kinds = [
            (one.edition.code, one.edition.title) for one in definitions.live(Kind.PROCEDURE, now.date())
        ]
        self.fields["kind"].widget.choices = [("", gettext("全部类型")), *kinds]

    def question(self) -> Question | None:
        """The question, or None with the refusal standing beside its field."""
        if not self.is_valid():
            return None
        try:
            return ask(**self.cleaned_data, now=self.now)
        except ReckoningError as error:
            self.add_error(FIELD_OF.get(error.code), error.message)
            return None


class MonthForm(PageForm):
    """Which month; left out, the last one that is over."""

    month = forms.CharField(label=_("月份"), max_length=7, required=False, widget=forms.Select)

    def __init__(self, asked: Any, *, now: dt.datetime) -> None:
        running = Period.holding(now.date(), Every.MONTH)
        super().__init__({"month": asked.get("month") or str(running.previous())})
        months = [running]
        while len(months) < MONTHS:
            months.append(months[-1].previous())
        self.fields["month"].widget.choices = [(str(month), month.label) for month in months]

    def period(self) -> Period | None:
        """The month, or None with the refusal standing beside the field."""
        if not self.is_valid():
            return None
        try:
            period = Period.parse(self.cleaned_data["month"])
        except DefinitionError as error:
            self.add_error("month", f"{error.message}。{error.cure}。")
            return None
        if period.every != Every.MONTH:
            self.add_error("month", gettext("通报按月看，请选一个月，如 2023-07。"))
            return None
        return period
