"""The acts on the posts of a unit: set up, named, abolished; who comes into one, who leaves it, who takes over."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.domain import By
from ronghe.casework.domain.handing import hand_on
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.organisations.domain.posts import TITLE_MOST
from ronghe.organisations.models import Appointment, Post
from ronghe.organisations.queries.directory import seats_of, titles_of
from ronghe.organisations.queries.rolls import open_posts, openly, roll_kinds
from ronghe.organisations.queries.trees import live_on, reached_from
from ronghe.organisations.rules import may_manage, may_seat, may_set_up
from ronghe.www.registry.acts import ActForm, OnUnit
from ronghe.www.registry.forms import choice_field
from ronghe.www.registry.people import NamesPerson

MOST_AT_ONCE = 20
WORK = _("手上还没办完的件一并交接")


class ManagedAct(ActForm):
    """An act for whoever administers, or manages the unit."""

    refused: Any = _("这个单位的岗位和任职由它的单位管理员或者系统管理员办理。请把要改的内容告诉他们。")

    def is_allowed(self) -> bool:
        return may_manage(self.powers, self.unit.pk)


class AppointForm(NamesPerson, ManagedAct):
    """任职: a person into a seat, which is set up where the unit has none of that kind yet."""

    title: ClassVar[Any] = _("任职")
    seat = forms.ChoiceField(
        label=_("岗位"), widget=forms.RadioSelect(), error_messages={"required": _("请选一个岗位。")}
    )
    field_order = ("seat", *NamesPerson.order)

    def build(self) -> None:
        seats = seats_of(self.unit, self.asked_on)
        self.posts = {f"post:{seat.post.pk}": seat.post for seat in seats.seats if self._may(seat.post.kind)}
        self.titles = titles_of(Kind.POST, self.asked_on)
        there = {seat.post.kind for seat in seats.seats}
        usual = [kind for kind, _title in seats.missing]
        more = kinds_for(self.unit.kind, self.asked_on)
        kinds = usual + [kind for kind in more if kind not in usual and kind not in there]
        sitting = {f"post:{seat.post.pk}": seat.sitting for seat in seats.seats}
        choice_field(self, "seat").choices = [
            *((key, seat_words(post, sitting[key])) for key, post in self.posts.items()),
            *(
                (
                    f"new:{kind}",
                    gettext("%(post)s（还没有设，一并设立）") % {"post": self.titles[kind]},
                )
                for kind in kinds
                if self._may(kind)
            ),
        ]
        self.build_person()

    def _may(self, kind: str) -> bool:
        return may_set_up(self.powers, kind, self.unit.pk)

    @property
    def _kind(self) -> str:
        seat = str(self.cleaned_data["seat"])
        return self.posts[seat].kind if seat in self.posts else seat.removeprefix("new:")

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        if not self.errors and not may_seat(self.powers, self._kind, self.unit.pk, self.named_id):
            self.add_error("seat", gettext("不能给自己增加手里没有的权限，请另一位管理员办理。"))
        return clean

    def sentence(self) -> str:
        seat = self.cleaned_data["seat"]
        title = self.posts[seat].title if seat in self.posts else self.titles[seat.removeprefix("new:")]
        told = {**self.words, "post": title, "name": self.named}
        if self.named_id is None:
            return gettext("登记新人员“%(name)s”，从%(day)s起任“%(unit)s”%(post)s。") % told
        return gettext("从%(day)s起，%(name)s任“%(unit)s”%(post)s。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        person = self.person_for(actor, at)
        seat, when = self.cleaned_data["seat"], self._when(actor, at)
        post = self.posts.get(seat) or domain.create_post(self.unit, kind=self._kind, **when)
        domain.appoint(post, person=person, **when)


class OnAppointment(ManagedAct):
    """An act on one appointment of the unit that still runs."""

    def build(self) -> None:
        found = Appointment.objects.select_related("post", "person").filter(openly(self.today))
        self.appointment = get_object_or_404(found, post__organisation=self.unit, pk=self.which, ends=None)

    def is_allowed(self) -> bool:
        return may_set_up(self.powers, self.appointment.post.kind, self.unit.pk)

    @property
    def words(self) -> dict[str, str]:
        one = self.appointment
        return {**super().words, "name": one.person.name, "post": one.post.title}

    @cached_property
    def answering(self) -> frozenset[int]:
        """The unit and those merged into it: whose steps whoever sits here does."""
        return frozenset(
            one.organisation_id for one in reached_from([self.unit.pk], self.today) if one.itself
        )

    @property
    def sits_elsewhere(self) -> bool:
        """Whether they hold another post of the unit, and so keep what they do there."""
        others = Appointment.objects.filter(
            live_on(self.today),
            openly(self.today),
            person=self.appointment.person,
            post__organisation=self.unit,
        )
        return others.exclude(pk=self.appointment.pk).exists()


class LeaveForm(OnAppointment):
    """免职: an appointment ends."""

    title: ClassVar[Any] = _("免去任职")
    with_work = forms.BooleanField(
        label=_("手上还没办完的件退回本单位，由负责人另派"), required=False, initial=True
    )

    def build(self) -> None:
        super().build()
        told = {"name": self.appointment.person.name, "post": self.appointment.post.title}
        self.explains = gettext("%(name)s，%(post)s。岗位还在，只是这个人不再任。") % told
        if self.sits_elsewhere:
            del self.fields["with_work"]

    def sentence(self) -> str:
        said = gettext("从%(day)s起，%(name)s不再任“%(unit)s”%(post)s。") % self.words
        if self.cleaned_data.get("with_work"):
            return said + gettext("分派给他、还没办完的件，退回本单位另派。")
        return said

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.end_appointment(self.appointment, **self._when(actor, at))
        if self.cleaned_data.get("with_work"):
            hand_on(self.appointment.person, By(actor, at), to=None, units=self.answering)


class HandOverForm(NamesPerson, OnAppointment):
    """交接: one leaves, another comes, and what was in hand goes on."""

    title: ClassVar[Any] = _("交接")
    with_work = forms.BooleanField(label=WORK, required=False, initial=True)
    word = forms.CharField(
        label=_("交接说明"),
        max_length=200,
        required=False,
        help_text=_("写了就记在每一件里，只有内部能看到。"),
    )
    field_order = (*NamesPerson.order, "with_work", "word")

    def build(self) -> None:
        OnAppointment.build(self)
        told = {"name": self.appointment.person.name, "post": self.appointment.post.title}
        self.explains = gettext("现在由%(name)s任%(post)s。交接就是他那天不再任、接任的人那天起任。") % told
        self.fields["person"].label = gettext("接任的人，姓名或工号")
        self.build_person()

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        kind = self.appointment.post.kind
        if not self.errors and not may_seat(self.powers, kind, self.unit.pk, self.named_id):
            self.add_error("person", gettext("不能给自己增加手里没有的权限，请另一位管理员办理。"))
        return clean

    def sentence(self) -> str:
        told = {**self.words, "to": self.named}
        said = gettext("从%(day)s起，“%(unit)s”%(post)s由%(name)s交给%(to)s。") % told
        if self.cleaned_data.get("with_work"):
            return said + gettext("%(name)s在本单位没办完的件改由%(to)s办。") % told
        return said

    def do(self, *, actor: str, at: dt.datetime) -> None:
        to, old = self.person_for(actor, at), self.appointment.person
        domain.hand_over(self.appointment, to=to, **self._when(actor, at))
        if self.cleaned_data.get("with_work"):
            word = str(self.cleaned_data.get("word") or "")
            hand_on(old, By(actor, at), to=to, units=self.answering, note=word)


class OpenPostForm(ManagedAct):
    """设岗: one or several of a kind the unit may have."""

    title: ClassVar[Any] = _("设岗")
    explains: Any = _("先设岗位，任职可以以后再办；没有人任的岗位显示为空缺。")
    kind = forms.ChoiceField(label=_("什么岗位"), error_messages={"required": _("请选一种岗位。")})
    name = forms.CharField(
        label=_("岗位名称"), max_length=TITLE_MOST, required=False, help_text=_("空着就用这种岗位的名称。")
    )
    count = forms.IntegerField(
        label=_("设几个"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=1,
        error_messages={
            "required": _("请填写设几个。"),
            "invalid": _("请填写整数。"),
            "min_value": _("至少设 1 个。"),
            "max_value": _("一次最多设 %(limit_value)d 个。"),
        },
    )

    def build(self) -> None:
        self.titles = titles_of(Kind.POST, self.asked_on)
        kinds = [
            kind
            for kind in kinds_for(self.unit.kind, self.asked_on)
            if may_set_up(self.powers, kind, self.unit.pk)
        ]
        choice_field(self, "kind").choices = [
            ("", gettext("请选择")),
            *((kind, self.titles[kind]) for kind in kinds),
        ]

    def sentence(self) -> str:
        clean = self.cleaned_data
        told = {**self.words, "post": clean["name"] or self.titles[clean["kind"]], "n": clean["count"]}
        return gettext("从%(day)s起，“%(unit)s”设“%(post)s”岗位 %(n)d 个。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        for _number in range(clean["count"]):
            domain.create_post(self.unit, kind=clean["kind"], title=clean["name"], **self._when(actor, at))


class OnPost(OnUnit):
    """An act on one post of the unit that still stands."""

    refused: Any = ManagedAct.refused

    def build(self) -> None:
        found = Post.objects.filter(open_posts(self.today), organisation=self.unit)
        self.post = get_object_or_404(found, pk=self.which, ends=None)

    def is_allowed(self) -> bool:
        return may_set_up(self.powers, self.post.kind, self.unit.pk)


class RenamePostForm(OnPost):
    """岗位更名: called otherwise from now on."""

    title: ClassVar[Any] = _("岗位更名")
    explains: Any = _("只改名称，岗位的权限和任职的人都不变。")
    name = forms.CharField(
        label=_("岗位名称"), max_length=TITLE_MOST, error_messages={"required": _("请填写岗位名称。")}
    )

    def build(self) -> None:
        super().build()
        self.initial.setdefault("name", self.post.title)

    def sentence(self) -> str:
        told = {"unit": self.unit.name, "post": self.post.title, "name": self.cleaned_data["name"]}
        return gettext("“%(unit)s”的岗位“%(post)s”改称“%(name)s”。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.rename_post(self.post, title=self.cleaned_data["name"], actor=actor, at=at)


class EndPostForm(OnPost, ActForm):
    """撤销岗位: whoever sits in it leaves it that day."""

    title: ClassVar[Any] = _("撤销岗位")

    def build(self) -> None:
        super().build()
        rows = self.post.appointments.filter(live_on(self.today)).select_related("person")
        self.names = "、".join(one.person.name for one in rows.order_by("begins", "pk"))
        told = {"post": self.post.title, "names": self.names}
        self.explains = (
            gettext("%(post)s，现任：%(names)s。撤销后他们不再任这个岗位。") % told
            if self.names
            else gettext("%(post)s，现在空缺。") % told
        )

    def sentence(self) -> str:
        told = {**self.words, "post": self.post.title, "names": self.names}
        if self.names:
            return (
                gettext("从%(day)s起，“%(unit)s”撤销岗位“%(post)s”，%(names)s不再任。撤销以后不能恢复。")
                % told
            )
        return gettext("从%(day)s起，“%(unit)s”撤销岗位“%(post)s”。撤销以后不能恢复。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.end_post(self.post, **self._when(actor, at))


def kinds_for(unit_kind: str, on: dt.date) -> list[str]:
    """The kinds of post that may stand in such a unit, by their definitions; no rolls."""
    rolls = roll_kinds(on)
    return [
        one.edition.code
        for one in definitions.live(Kind.POST, on)
        if one.edition.code not in rolls and (not one.body.in_ or unit_kind in one.body.in_)
    ]


def seat_words(post: Post, sitting: tuple[Appointment, ...]) -> str:
    """A post with who sits in it."""
    told = {"post": post.title, "names": "、".join(one.person.name for one in sitting)}
    return gettext("%(post)s（现任：%(names)s）") % told if sitting else gettext("%(post)s（空缺）") % told
