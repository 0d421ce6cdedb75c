"""Forms of checks, appeals and decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.errors import RongheError
from ronghe.core.forms import FieldType, Lists
from ronghe.core.periods import Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain.settling import MOST
from ronghe.judgements.enums import UPHOLDING, VOIDING, Ground
from ronghe.judgements.queries.lists import BAD, CONTESTED, DECIDED, DOUBTED
from ronghe.www.fields import AnswerField, offer_choices, widget_of
from ronghe.www.forms import PageForm

YES, NO = "yes", "no"
YES_NO = [(YES, _("是")), (NO, _("否"))]


class CheckForm(PageForm):
    """What a check asks by its definition. Each point is answered yes or no: what nobody marked is neither."""

    def __init__(self, loaded: Loaded, on: dt.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = loaded.body.form
        self.lists: Lists = definitions.lists_of(self.asked, on)
        self.points: dict[str, tuple[str, str]] = {}
        for field in self.asked.fields:
            if field.type is FieldType.CHECKS:
                self._ask_each(field.code, self.lists.get(field.source, ()))
                continue
            widget = forms.RadioSelect() if field.type is FieldType.CHOICE else widget_of(field)
            self.fields[field.code] = AnswerField(field, widget, (Kind.JUDGEMENT, loaded.edition.code))
            offer_choices(self.fields[field.code].widget, field, self.lists)
        self.dress()

    def _ask_each(self, code: str, lines: Any) -> None:
        for line in lines:
            name = f"{code}-{line['code']}"
            self.points[name] = (code, str(line["code"]))
            self.fields[name] = forms.ChoiceField(
                label=str(line["title"]),
                choices=YES_NO,
                widget=forms.RadioSelect(),
                error_messages={"required": _("请选“是”或“否”。")},
            )

    def values(self) -> dict[str, Any]:
        """The answers as the domain takes them: of the points those that were met."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in self.points}
        for name, (code, line) in self.points.items():
            met = values.setdefault(code, [])
            if self.cleaned_data.get(name) == YES:
                met.append(line)
        return values

    def refuse(self, error: RongheError) -> None:
        """Show what the domain refused beside the fields it names, else above."""
        said = errors_of(error)
        for code, words in said.items():
            self.add_error(code if code in self.fields else None, words)
        if not said:
            self.add_error(None, error.message)


class RecordForm(PageForm):
    """Which month and which grade."""

    month = forms.CharField(label=_("月份"), required=False, widget=forms.TextInput({"type": "month"}))
    grade = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, *, today: dt.date) -> None:
        super().__init__({**data.dict(), "month": data.get("month") or f"{today:%Y-%m}"})
        self.today = today

    def period(self) -> Period:
        """The month asked for; this one when it cannot be read."""
        try:
            period = Period.parse(self.data["month"])
        except RongheError:
            period = Period.parse(f"{self.today:%Y-%m}")
        return period


class RatingsForm(PageForm):
    """Which ratings are listed."""

    show = forms.ChoiceField(
        label=_("看哪些"),
        required=False,
        choices=[
            (BAD, _("差评")),
            (DOUBTED, _("待核实的评价")),
            (CONTESTED, _("申诉中的")),
            (DECIDED, _("已有结论的")),
        ],
    )

    @property
    def shown(self) -> str:
        """The list chosen, or the first."""
        known = [code for code, _title in self.fields["show"].choices]  # type: ignore[attr-defined]
        given = self.data.get("show", "")
        return given if given in known else BAD


class ReasonedForm(PageForm):
    """A form whose act may be refused by the domain."""

    names: dict[str, str] = {}

    def refuse(self, error: RongheError) -> None:
        """Show what the domain refused beside the field it names, else above."""
        said = errors_of(error)
        for code, words in said.items():
            name = self.names.get(code, code)
            self.add_error(name if name in self.fields else None, words)
        if not said:
            self.add_error(None, error.message)


class AppealForm(ReasonedForm):
    """Why a bad rating does not fit what was done."""

    reason = forms.CharField(
        label=_("申诉理由"),
        max_length=MOST,
        widget=forms.Textarea({"rows": 4, "maxlength": MOST}),
        help_text=_(
            "写明办了什么、评价为什么与事实不符。由督查人员核实；核实期间评价照常计入，重办照常进行。"
        ),
        error_messages={"required": _("请写明申诉理由。")},
    )


class SettleForm(ReasonedForm):
    """What somebody found who looked into a rating."""

    names = {"reason": "note"}

    ground = forms.ChoiceField(
        label=_("核实结果"),
        widget=forms.RadioSelect(),
        error_messages={"required": _("请选一项。")},
    )
    note = forms.CharField(
        label=_("怎样核实的"),
        max_length=MOST,
        widget=forms.Textarea({"rows": 4, "maxlength": MOST}),
        error_messages={"required": _("请写明怎样核实的、依据是什么。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = [(one.value, gettext("计入：%(ground)s") % {"ground": one.label}) for one in UPHOLDING]
        voids = [(one.value, gettext("作废：%(ground)s") % {"ground": one.label}) for one in VOIDING]
        self.fields["ground"].choices = [*counts, *voids]  # type: ignore[attr-defined]


def ground_label(code: str) -> str:
    """A ground in words; empty for none."""
    return str(Ground(code).label) if code else ""


def errors_of(error: RongheError) -> dict[str, str]:
    """Field → what the domain refused there; empty when it refused the whole."""
    told = error.data.get("errors")
    return dict(told) if isinstance(told, dict) else {}
