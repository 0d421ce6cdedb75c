"""指派企业管家或企业特派员: a relationship from the seat of a person to an enterprise."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment
from ronghe.organisations.queries.directory import ORGANISATION, POST, people_named, titles_of
from ronghe.www.registry.acts import ActForm
from ronghe.www.registry.forms import choice_field


class AssignForm(ActForm):
    """指派: of any defined kind that goes from a post to such a unit; found by who sits in the post."""

    title: ClassVar[Any] = _("指派管家或特派员")
    explains: Any = _("一家企业一名管家、一名特派员。换人先结束原来的，再指派新的。")
    kind = forms.ChoiceField(
        label=_("指派什么"), widget=forms.RadioSelect(), error_messages={"required": _("请选指派什么。")}
    )
    person = forms.CharField(
        label=_("姓名或工号"),
        max_length=60,
        help_text=_("要已经任职的人；还没有任职的，先到他的单位登记任职。"),
        error_messages={"required": _("请填写姓名或工号。")},
    )

    def build(self) -> None:
        posts = titles_of(Kind.POST, self.asked_on)
        self.bodies = {
            one.edition.code: one.body
            for one in definitions.live(Kind.RELATIONSHIP, self.asked_on)
            if self.unit.kind in one.body.to and posts.keys() & set(one.body.from_)
        }
        choice_field(self, "kind").choices = [(code, body.title) for code, body in self.bodies.items()]
        self.seats = self._seats()
        if len(self.seats) > 1:
            self.fields["seat"] = forms.TypedChoiceField(
                label=_("在哪个岗位"),
                coerce=int,
                widget=forms.RadioSelect(),
                choices=[(number, f"{one.person.name} {_where(one)}") for number, one in self.seats.items()],
                error_messages={"required": _("符合的不止一位，请选一位。")},
            )

    def _seats(self) -> dict[int, Appointment]:
        """Post → who sits in it, for every seat of the asked kind that somebody of this name holds."""
        body = self.bodies.get(self.data.get(self.add_prefix("kind"), "")) if self.is_bound else None
        named = self.data.get(self.add_prefix("person"), "") if body else ""
        found = people_named(named, self.asked_on) if named.strip() else []
        return {
            one.post_id: one
            for _person, sitting in found
            for one in sitting
            if body and one.post.kind in body.from_
        }

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        if clean.get("kind") and clean.get("person") and not self.seats:
            titles = titles_of(Kind.POST, self.asked_on)
            wanted = self.bodies[clean["kind"]].from_
            told = {
                "name": clean["person"],
                "posts": "、".join(titles[kind] for kind in wanted if kind in titles),
            }
            said = gettext("没有任%(posts)s的“%(name)s”。请核对姓名，或先到他的单位登记任职。")
            self.add_error("person", said % told)
        return clean

    @property
    def _seat(self) -> Appointment:
        return self.seats[self.cleaned_data.get("seat") or next(iter(self.seats))]

    def sentence(self) -> str:
        told = {
            **self.words,
            "name": self._seat.person.name,
            "where": _where(self._seat),
            "title": self.bodies[self.cleaned_data["kind"]].title,
        }
        return gettext("从%(day)s起，%(name)s（%(where)s）对“%(unit)s”负责%(title)s。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.relate(
            self.cleaned_data["kind"],
            from_=(POST, self._seat.post_id),
            to=(ORGANISATION, self.unit.pk),
            **self._when(actor, at),
        )


def _where(one: Appointment) -> str:
    return f"{one.post.organisation.name}{one.post.title}"
