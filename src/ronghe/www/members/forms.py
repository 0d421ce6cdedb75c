"""What the pages of the rolls are asked: a filter, somebody coming in, somebody going out."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.errors import RongheError
from ronghe.organisations.domain.members import admit_member, move_member
from ronghe.organisations.models import Appointment, Organisation
from ronghe.organisations.queries.members import LEFT, ON_ROLL, WantedMembers
from ronghe.www.forms import PageForm
from ronghe.www.registry.acting import DatedAct
from ronghe.www.registry.forms import choice_field


class MembersForm(PageForm):
    """Whom to look for, in which branch; the address holds it."""

    q = forms.CharField(label=_("姓名、拼音首字母或工号"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[(ON_ROLL, _("在册的")), (LEFT, _("已转出的"))]
    )

    def __init__(self, asked: Any, *, branch: int | None = None) -> None:
        super().__init__({name: asked.get(name) or "" for name in self.base_fields})
        self.branch = branch
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}
        self.is_valid()

    @property
    def wanted(self) -> WantedMembers:
        """What is looked for; what cannot be understood filters nothing."""
        given = {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
        return WantedMembers(self.branch, given["q"], given["state"])

    @property
    def is_filtered(self) -> bool:
        return bool(self.wanted.text or self.wanted.state)

    @property
    def status(self) -> int:
        return 422 if self.errors else 200


class AdmitForm(DatedAct):
    """转入: somebody comes onto the roll of a branch. Numbers tell people apart, and are sealed."""

    title: ClassVar[Any] = _("转入或登记党员")
    explains: Any = _("从别的支部转来的，先由原支部办转出。身份证号和手机号加密保存，用来认出同一个人。")
    name = forms.CharField(label=_("姓名"), max_length=60, error_messages={"required": _("请填写姓名。")})
    number = forms.CharField(label=_("工号"), max_length=40, required=False)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "data-draft-skip": ""}),
    )
    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off", "data-draft-skip": ""}),
    )

    def __init__(self, *args: Any, unit: Organisation, **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(*args, **kwargs)

    def is_allowed(self) -> bool:
        return self.powers.may("roll", self.unit.pk)

    @property
    def subject(self) -> str:
        return self.unit.name

    @property
    def back(self) -> str:
        return reverse("members-branch", args=[self.unit.pk])

    def sentence(self) -> str:
        told = {**self.words, "name": self.cleaned_data["name"], "unit": self.unit.name}
        return gettext("从%(day)s起，%(name)s列入“%(unit)s”的党员名册。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        values = {name: str(clean[name]) for name in ("name", "number", "id_number", "phone")}
        values |= {"branch": self.unit.code, "begins": clean["on"].isoformat()}
        try:
            admit_member(values, within=self.powers.scope("roll"), actor=actor, at=at)
        except RongheError as error:
            wrong = error.data.get("errors")
            for column, said in wrong.items() if isinstance(wrong, dict) else ():
                name = {"begins": "on", "ends": "on"}.get(column, column)
                self.add_error(name if name in self.fields else None, said)
            raise


class MoveForm(DatedAct):
    """转出: off the roll, and onto that of another branch where one keeps that as well."""

    title: ClassVar[Any] = _("转出")
    explains: Any = _("转出的人从那一天起不在本支部的名册里，过去的记录不变。")
    to = forms.ChoiceField(label=_("转到哪个支部"), required=False)

    def __init__(
        self, *args: Any, appointment: Appointment, branches: list[Organisation], **kwargs: Any
    ) -> None:
        self.appointment = appointment
        self.branches = {str(one.pk): one for one in branches if one.pk != appointment.post.organisation_id}
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        offered = [(pk, one.name) for pk, one in self.branches.items()]
        choice_field(self, "to").choices = [
            ("", gettext("不由我管理的支部（由对方登记转入）")),
            *offered,
        ]

    def is_allowed(self) -> bool:
        return self.powers.may("roll", self.appointment.post.organisation_id)

    @property
    def subject(self) -> str:
        return self.appointment.person.name

    @property
    def back(self) -> str:
        return reverse("members-branch", args=[self.appointment.post.organisation_id])

    def sentence(self) -> str:
        to = self.branches.get(self.cleaned_data["to"])
        told = {
            **self.words,
            "name": self.appointment.person.name,
            "unit": self.appointment.post.organisation.name,
            "to": to.name if to else "",
        }
        if to is None:
            return gettext("从%(day)s起，%(name)s从“%(unit)s”的名册转出。") % told
        return gettext("从%(day)s起，%(name)s从“%(unit)s”转到“%(to)s”。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        move_member(
            self.appointment,
            to=self.branches.get(self.cleaned_data["to"]),
            actor=actor,
            at=at,
            on=self.cleaned_data["on"],
        )
