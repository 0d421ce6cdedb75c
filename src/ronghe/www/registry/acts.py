"""The acts on a unit: new, renamed, moved, merged, ended. One small form each, its sentence, and doing it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.organisations import domain
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries.directory import ENTERPRISE
from ronghe.www.desk.forms import UnitField
from ronghe.www.registry.acting import Act, DatedAct
from ronghe.www.registry.forms import TREES


class OnUnit(Act):
    """An act on one unit. `which`: the row it is about, where there are several."""

    def __init__(self, *args: Any, unit: Organisation, **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(*args, **kwargs)

    @property
    def subject(self) -> str:
        return self.unit.name

    @property
    def back(self) -> str:
        return reverse("organisation", args=[self.unit.pk])

    def offered(self, live: Any) -> Any:
        return super().offered(live.exclude(pk=self.unit.pk))


class ActForm(OnUnit, DatedAct):
    """The same from a day on."""

    @property
    def words(self) -> dict[str, str]:
        return {**super().words, "unit": self.unit.name}


class RenameForm(ActForm):
    """更名."""

    title: ClassVar[Any] = _("更名")
    explains: Any = _("从前的日子仍叫原来的名称；过去的件和统计不变。")
    name = forms.CharField(
        label=_("新名称"), max_length=200, error_messages={"required": _("请填写新名称。")}
    )
    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)

    def build(self) -> None:
        self.initial.setdefault("name", self.unit.name)
        self.initial.setdefault("short_name", self.unit.short_name)

    def sentence(self) -> str:
        told = {**self.words, "name": self.cleaned_data["name"]}
        return gettext("从%(day)s起，“%(unit)s”改称“%(name)s”。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        domain.rename_organisation(
            self.unit, name=clean["name"], short_name=clean["short_name"], **self._when(actor, at)
        )


class MoveForm(ActForm):
    """划转: another parent."""

    title: ClassVar[Any] = _("划转")
    explains: Any = _("换一个上级。下面的单位跟着走；过去的日子仍在原来的上级之下。")

    def build(self) -> None:
        trees = list(self.unit.placements.filter(ends=None).order_by("tree").values_list("tree", flat=True))
        self.fields["tree"] = forms.ChoiceField(
            label=_("在哪棵树里"), choices=list(TREES.items()), initial=trees[0] if trees else None
        )
        help_text = _("打几个字，从列出的里面选；空着就是没有上级，自成一级。")
        self.fields["parent"] = UnitField(
            on=self.asked_on, required=False, label=_("新的上级"), help_text=help_text
        )

    def sentence(self) -> str:
        parent = self.cleaned_data["parent"]
        told = {**self.words, "tree": TREES[self.cleaned_data["tree"]], "parent": parent and parent.name}
        if parent is None:
            return gettext("从%(day)s起，“%(unit)s”在%(tree)s里没有上级，自成一级。") % told
        return gettext("从%(day)s起，“%(unit)s”在%(tree)s里划到“%(parent)s”之下。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        domain.move_organisation(
            self.unit, tree=clean["tree"], parent=clean["parent"], **self._when(actor, at)
        )


class MergeForm(ActForm):
    """并入另一个单位."""

    title: ClassVar[Any] = _("并入")
    explains = _(
        "并入后本单位撤销，岗位和关系同时结束，下面的单位归承接的单位；过去的件还记在本单位，由承接的单位负责。"
    )

    def build(self) -> None:
        self.fields["into"] = UnitField(on=self.asked_on, label=_("并入哪个单位"))

    def offered(self, live: Any) -> Any:
        same = live.exclude(pk=self.unit.pk).filter(kind=self.unit.kind)
        return same.none() if self.unit.kind == ENTERPRISE else same

    def sentence(self) -> str:
        told = {**self.words, "into": self.cleaned_data["into"].name}
        return gettext("从%(day)s起，“%(unit)s”撤销，并入“%(into)s”。并入以后不能恢复。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.merge_organisation(self.unit, into=self.cleaned_data["into"], **self._when(actor, at))


class EndForm(ActForm):
    """撤销."""

    title: ClassVar[Any] = _("撤销")
    explains: Any = _("没有单位承接才用撤销；有的，请用并入。岗位、任职和关系同时结束。")

    def sentence(self) -> str:
        return gettext("从%(day)s起，“%(unit)s”撤销，没有单位承接。撤销以后不能恢复。") % self.words

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.end_organisation(self.unit, **self._when(actor, at))
