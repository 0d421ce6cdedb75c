"""What the registry's lists are asked; the address holds it all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Tree
from ronghe.organisations.queries.coverage import (
    ANY_CLASS,
    COMMISSIONER,
    NOWHERE,
    SERVICE,
    STEWARD,
    Wanted,
    districts_on,
)
from ronghe.www.forms import Filters

CLASSES = "four-above-classes"
TREES = {
    Tree.PARTY: _("党组织"),
    Tree.GOVERNMENT: _("机关单位"),
    Tree.TEAMS: _("服务小组等队伍"),
    Tree.OTHERS: _("其他"),
}
LARGEST_ID = 2**63 - 1
SERVED, UNSERVED = "yes", "no"
KEPT = {  # what the list is asked → by which relationship, whether there is one
    SERVED: (SERVICE, True),
    UNSERVED: (SERVICE, False),
    "steward": (STEWARD, True),
    "no-steward": (STEWARD, False),
    "commissioner": (COMMISSIONER, True),
    "no-commissioner": (COMMISSIONER, False),
}


class DayField(forms.DateField):
    """A day of the office's calendar; empty is today."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("哪一天"))
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **kwargs)
        self.error_messages["required"] = _("请填写日期，例如 2026-03-01。")
        self.error_messages["invalid"] = _("看不懂这个日期，请写成 2026-03-01 这样。")


class DayForm(Filters):
    """A list as it stood on a day. What cannot be understood is said beside it; the list is then today's."""

    on = DayField()

    def __init__(self, asked: Any, *, today: dt.date) -> None:
        given = {name: asked.get(name) or "" for name in self.base_fields}
        super().__init__(given | {"on": given["on"] or today.isoformat()})
        self.today = today
        self.offer(self.day)

    def offer(self, on: dt.date) -> None:
        """Fill in what can be chosen on the day."""

    @property
    def day(self) -> dt.date:
        """The day asked."""
        try:
            return self.fields["on"].clean(self.data["on"]) or self.today
        except forms.ValidationError:
            return self.today

    @property
    def is_today(self) -> bool:
        """Whether it is the list of today."""
        return self.day == self.today

    @property
    def query(self) -> str:
        """What a link to another page carries so that it stays on the day: `?on=…`, or nothing for today."""
        return "" if self.is_today else f"?on={self.day.isoformat()}"

    @property
    def status(self) -> int:
        """200, or 422 when something was not understood."""
        return 200 if self.is_valid() else 422


class TreeForm(DayForm):
    """Which tree on which day, or which name."""

    tree = forms.ChoiceField(
        required=False,
        choices=[(tree.value, title) for tree, title in TREES.items()],
        widget=forms.HiddenInput(),
    )
    q = forms.CharField(label=_("单位名称（现在或从前的）或拼音首字母"), max_length=80, required=False)

    def offer(self, on: dt.date) -> None:
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"autocomplete": "off"}

    @property
    def chosen(self) -> Tree:
        """The tree; the party's own when none is asked."""
        return Tree(self.given("tree") or Tree.PARTY)


class EnterprisesForm(DayForm):
    """Which enterprises, by what is kept about them."""

    q = forms.CharField(label=_("名称或统一代码"), max_length=80, required=False)
    district = forms.ChoiceField(label=_("所在区"), required=False)
    scale = forms.ChoiceField(label=_("四上类别"), required=False)
    served = forms.ChoiceField(
        label=_("挂点服务"),
        required=False,
        choices=[
            ("", _("不限")),
            (SERVED, _("有服务小组")),
            (UNSERVED, _("还没有服务小组")),
            ("steward", _("有企业管家")),
            ("no-steward", _("还没有企业管家")),
            ("commissioner", _("有企业特派员")),
            ("no-commissioner", _("还没有企业特派员")),
        ],
    )
    group = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput())

    field_order = ["q", "district", "scale", "served", "on"]

    def offer(self, on: dt.date) -> None:
        self.districts = districts_on(on)
        choice_field(self, "district").choices = [
            ("", gettext("全部")),
            *self.districts.items(),
            (NOWHERE, gettext("没有登记区")),
        ]
        choice_field(self, "scale").choices = scale_choices(on)
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}

    @property
    def wanted(self) -> Wanted:
        """What is looked for."""
        by, served = KEPT.get(self.given("served"), (SERVICE, None))
        return Wanted(
            on=self.day,
            text=self.given("q"),
            district=self.given("district"),
            scale=self.given("scale"),
            served=served,
            by=by,
            group=int(self.given("group") or 0) or None,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether something was asked beside the day."""
        return any(self.given(name) for name in self.fields if name != "on")


class CoverageForm(DayForm):
    """The day and the enterprises the coverage is counted over; `offices`: which of the offices are listed."""

    scale = forms.ChoiceField(label=_("算哪些企业"), required=False)
    offices = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("with", ""), ("all", "")],
        widget=forms.HiddenInput(),
    )

    def offer(self, on: dt.date) -> None:
        choice_field(self, "scale").choices = scale_choices(on)

    @property
    def wanted(self) -> Wanted:
        """The enterprises counted."""
        return Wanted(on=self.day, scale=self.given("scale"))


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field of this name, which asks for one of a few."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - built so
    return field


def scale_choices(on: dt.date) -> list[tuple[str, str]]:
    """All, every 四上企业, or one class of them."""
    classes = definitions.find(Kind.LIST, CLASSES, on)
    lines = [(line.code, line.title) for line in classes.body.lines] if classes else []
    return [("", gettext("全部企业")), (ANY_CLASS, gettext("四上企业")), *lines]
