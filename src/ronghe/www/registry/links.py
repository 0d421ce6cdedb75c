"""The acts on what a unit is linked to: relationships of any defined kind begin and end."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.organisations.models import Relationship
from ronghe.organisations.queries.directory import ENTERPRISE, ORGANISATION, name_of_end, titles_of
from ronghe.www.desk.forms import UnitField
from ronghe.www.registry.acts import ActForm
from ronghe.www.registry.forms import choice_field


class RelateForm(ActForm):
    """建立关系: of any defined kind the unit may stand in, at either end."""

    title: ClassVar[Any] = _("建立关系")
    kind = forms.ChoiceField(
        label=_("什么关系"), widget=forms.RadioSelect(), error_messages={"required": _("请选一种关系。")}
    )

    def build(self) -> None:
        self.bodies = {
            one.edition.code: one.body for one in definitions.live(Kind.RELATIONSHIP, self.asked_on)
        }
        kinds = titles_of(Kind.ORGANISATION, self.asked_on)
        choices: list[tuple[str, str]] = []
        for code, body in self.bodies.items():
            for side, own, others in (("from", body.from_, body.to), ("to", body.to, body.from_)):
                if self.unit.kind in own and not (
                    side == "to" and body.mutual and self.unit.kind in body.from_
                ):
                    told = {
                        "title": body.title,
                        "kinds": "、".join(kinds[kind] for kind in others if kind in kinds),
                    }
                    choices.append((f"{code}:{side}", gettext("%(title)s，对方是%(kinds)s") % told))
        self.choices = choices
        choice_field(self, "kind").choices = choices
        if len(choices) == 1:
            self.initial.setdefault("kind", choices[0][0])
        self.fields["other"] = UnitField(
            on=self.asked_on, label=_("对方"), help_text=_("写全名，企业也可以写统一社会信用代码。")
        )

    def offered(self, live: Any) -> Any:
        others: set[str] = set()
        for code, _title in self.choices:
            body, side = self.bodies[code.partition(":")[0]], code.partition(":")[2]
            others |= set(body.to if side == "from" else body.from_)
        return live.exclude(pk=self.unit.pk).filter(kind__in=others - {ENTERPRISE})

    def sentence(self) -> str:
        code, _colon, side = self.cleaned_data["kind"].partition(":")
        other = self.cleaned_data["other"].name
        ends = (self.unit.name, other) if side == "from" else (other, self.unit.name)
        told = {**self.words, "title": self.bodies[code].title, "from": ends[0], "to": ends[1]}
        return gettext("从%(day)s起，“%(from)s”与“%(to)s”建立“%(title)s”关系。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        code, _colon, side = self.cleaned_data["kind"].partition(":")
        ends = [(ORGANISATION, self.unit.pk), (ORGANISATION, self.cleaned_data["other"].pk)]
        from_, to = ends if side == "from" else reversed(ends)
        domain.relate(code, from_=from_, to=to, **self._when(actor, at))


class PartForm(ActForm):
    """结束关系."""

    title: ClassVar[Any] = _("结束关系")

    def build(self) -> None:
        self.edge = get_object_or_404(Relationship, pk=self.which, ends=None)
        mine = (ORGANISATION, self.unit.pk)
        ends = [(self.edge.from_type, self.edge.from_id), (self.edge.to_type, self.edge.to_id)]
        if mine not in ends:
            raise Http404
        other = next((end for end in ends if end != mine), mine)
        self.told = {
            "title": titles_of(Kind.RELATIONSHIP, self.today).get(self.edge.kind, ""),
            "other": name_of_end(other, self.today),
        }
        self.explains = gettext("%(title)s：%(other)s。") % self.told

    def sentence(self) -> str:
        told = {**self.words, **self.told}
        return gettext("从%(day)s起，“%(unit)s”与“%(other)s”的“%(title)s”关系结束。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.end_relationship(self.edge, **self._when(actor, at))
