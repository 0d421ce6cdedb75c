"""The acts of whoever administers the registry: one small form each, what it will do in one sentence, and doing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment, Organisation, Person, Post, Relationship
from ronghe.organisations.queries.directory import (
    ENTERPRISE,
    ORGANISATION,
    name_of_end,
    people_named,
    seats_of,
    titles_of,
)
from ronghe.www.desk.forms import UNITS, UnitField
from ronghe.www.forms import PageForm
from ronghe.www.registry.forms import TREES, DayField, choice_field

MOST_OFFERED = 3000


class ActForm(PageForm):
    """An act on one unit. `on`: the day from which it is true; `which`: the row it is about, where there are several.

    `sentence` says in words what `do` does; both only once valid.
    """

    title: ClassVar[Any]
    explains: Any = ""
    on = DayField(label=_("从哪一天起"), required=True, help_text=_("可以补记过去的日子，不能写将来的。"))

    def __init__(
        self, *args: Any, unit: Organisation, today: dt.date, which: int | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.unit, self.today, self.which = unit, today, which
        self.build()
        self.order_fields([name for name in self.fields if name != "on"] + ["on"])
        self.dress()

    def build(self) -> None:
        """Add the fields that depend on the unit."""

    @property
    def asked_on(self) -> dt.date:
        """The day written, for finding names of that day; today while it cannot be read."""
        try:
            return self.fields["on"].clean(self.data.get("on")) or self.today
        except forms.ValidationError:
            return self.today

    def units(self) -> list[str]:
        """The names offered for the field of another unit."""
        if not any(isinstance(field, UnitField) for field in self.fields.values()):
            return []
        live = Organisation.objects.live(self.today).exclude(pk=self.unit.pk)
        offered = self.offered(live).order_by("name").values_list("name", flat=True)
        return list(offered[:MOST_OFFERED])

    def offered(self, live: Any) -> Any:
        """Which of the live units are offered: no enterprises unless an act means them."""
        return live.exclude(kind=ENTERPRISE)

    @property
    def words(self) -> dict[str, str]:
        """What every sentence may name."""
        return {"unit": self.unit.name, "day": date_format(self.cleaned_data["on"])}

    def sentence(self) -> str:
        """What will happen."""
        raise NotImplementedError

    def do(self, *, actor: str, at: dt.datetime) -> None:
        """Ask the domain. Raises RongheError."""
        raise NotImplementedError

    def _when(self, actor: str, at: dt.datetime) -> dict[str, Any]:
        return {"actor": actor, "at": at, "on": self.cleaned_data["on"]}


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
        return live.none() if self.unit.kind == ENTERPRISE else live.filter(kind=self.unit.kind)

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


class AppointForm(ActForm):
    """任职: a person into a seat, which is set up where the unit has none of that kind yet."""

    title: ClassVar[Any] = _("任职")
    seat = forms.ChoiceField(
        label=_("岗位"), widget=forms.RadioSelect(), error_messages={"required": _("请选一个岗位。")}
    )
    person = forms.CharField(
        label=_("姓名或工号"),
        max_length=60,
        help_text=_("已经登记过的人会自动认出来。"),
        error_messages={"required": _("请填写姓名或工号。")},
    )
    is_new = forms.BooleanField(label=_("是第一次登记的人员"), required=False)

    def build(self) -> None:
        seats = seats_of(self.unit, self.asked_on)
        self.posts = {f"post:{seat.post.pk}": seat.post for seat in seats.seats}
        titles = titles_of(Kind.POST, self.asked_on)
        there = {seat.post.kind for seat in seats.seats}
        more = [
            one.edition.code
            for one in definitions.live(Kind.POST, self.asked_on)
            if not one.body.in_ or self.unit.kind in one.body.in_
        ]
        usual = [kind for kind, _title in seats.missing]
        kinds = usual + [kind for kind in more if kind not in usual and kind not in there]
        choice_field(self, "seat").choices = [
            *((f"post:{seat.post.pk}", _seat_words(seat.post, seat.sitting)) for seat in seats.seats),
            *(
                (f"new:{kind}", gettext("%(post)s（还没有设，一并设立）") % {"post": titles[kind]})
                for kind in kinds
            ),
        ]
        self.titles = titles
        found = (
            people_named(self.data.get(self.add_prefix("person"), ""), self.asked_on) if self.is_bound else []
        )
        self.people: dict[int, Person] = {person.pk: person for person, _sitting in found}
        if len(found) > 1:
            self.fields["who"] = forms.TypedChoiceField(
                label=_("是哪一位"),
                coerce=int,
                widget=forms.RadioSelect(),
                choices=[(person.pk, _person_words(person, sitting)) for person, sitting in found],
                error_messages={"required": _("叫这个名字的不止一位，请选一位。")},
            )
            self.order_fields(["seat", "person", "who", "is_new"])

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        if clean.get("is_new"):
            self.errors.pop("who", None)
        elif not self.people and clean.get("person"):
            self.add_error(
                "person",
                gettext(
                    "没有登记过叫“%(name)s”的人员。请核对；确实是新来的，勾选下面的“是第一次登记的人员”。"
                )
                % {"name": clean["person"]},
            )
        return clean

    @property
    def _known(self) -> Person | None:
        if self.cleaned_data.get("is_new"):
            return None
        return self.people[self.cleaned_data.get("who") or next(iter(self.people))]

    @property
    def _seat_title(self) -> str:
        seat = self.cleaned_data["seat"]
        return self.posts[seat].title if seat in self.posts else self.titles[seat.removeprefix("new:")]

    def sentence(self) -> str:
        known = self._known
        told = {
            **self.words,
            "post": self._seat_title,
            "name": known.name if known else self.cleaned_data["person"],
        }
        if known is None:
            return gettext("登记新人员“%(name)s”，从%(day)s起任“%(unit)s”%(post)s。") % told
        return gettext("从%(day)s起，%(name)s任“%(unit)s”%(post)s。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        person = self._known or domain.create_person(name=self.cleaned_data["person"], actor=actor, at=at)
        seat = self.cleaned_data["seat"]
        when = self._when(actor, at)
        post = self.posts.get(seat) or domain.create_post(self.unit, kind=seat.removeprefix("new:"), **when)
        domain.appoint(post, person=person, **when)


def _seat_words(post: Post, sitting: tuple[Appointment, ...]) -> str:
    names = "、".join(one.person.name for one in sitting)
    told = {"post": post.title, "names": names}
    return gettext("%(post)s（现任：%(names)s）") % told if names else gettext("%(post)s（空缺）") % told


def _person_words(person: Person, sitting: list[Appointment]) -> str:
    where = "，".join(f"{one.post.organisation.name} {one.post.title}" for one in sitting)
    number = gettext("工号 %(number)s") % {"number": person.employee_number} if person.employee_number else ""
    more = "；".join(filter(None, [number, where or gettext("没有在任的岗位")]))
    return gettext("%(name)s（%(more)s）") % {"name": person.name, "more": more}


class LeaveForm(ActForm):
    """免职: an appointment ends."""

    title: ClassVar[Any] = _("免去任职")
    explains: Any = _("岗位还在，只是这个人不再任；那一天起不再算在任。")

    def build(self) -> None:
        found = Appointment.objects.select_related("post", "person").filter(post__organisation=self.unit)
        self.appointment = get_object_or_404(found, pk=self.which, ends=None)
        told = {"name": self.appointment.person.name, "post": self.appointment.post.title}
        self.explains = gettext("%(name)s，%(post)s。岗位还在，只是这个人不再任。") % told

    def sentence(self) -> str:
        one = self.appointment
        told = {**self.words, "name": one.person.name, "post": one.post.title}
        return gettext("从%(day)s起，%(name)s不再任“%(unit)s”%(post)s。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.end_appointment(self.appointment, **self._when(actor, at))


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
        return live.filter(kind__in=others - {ENTERPRISE})

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


ACTS: Mapping[str, type[ActForm]] = {
    "rename": RenameForm,
    "move": MoveForm,
    "merge": MergeForm,
    "end": EndForm,
    "appoint": AppointForm,
    "leave": LeaveForm,
    "relate": RelateForm,
    "part": PartForm,
}
OF_A_ROW = {"leave", "part"}  # these are asked about one row of the page, not about the unit
DATALIST = UNITS
