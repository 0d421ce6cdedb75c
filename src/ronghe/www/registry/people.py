"""Naming somebody in an act: recognised by name or employee number, or recorded for the first time and warned of look-alikes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.organisations import domain
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.identity import phone_indices
from ronghe.organisations.models import Appointment, Person
from ronghe.organisations.queries.directory import look_alikes, people_named
from ronghe.www.forms import PageForm

Found = list[tuple[Person, list[Appointment]]]


class NewPerson(PageForm):
    """What is asked of somebody recorded for the first time. Phone and mail are sealed."""

    number = forms.CharField(label=_("工号"), max_length=40, required=False)
    phone = forms.CharField(
        label=_("手机号"), max_length=20, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        error_messages={"invalid": _("邮箱写得不对，例如 name@example.com。")},
    )

    def clean_phone(self) -> str:
        """A number that can be dialled."""
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and len([sign for sign in phone if sign.isdigit()]) < 7:
            raise forms.ValidationError(_("手机号写得不对，请核对。"))
        return phone

    def contact_of(self, name: str) -> Contact | None:
        """What is sealed; None where nothing was given."""
        phone, email = self.cleaned_data.get("phone", ""), self.cleaned_data.get("email", "")
        return Contact(name=name, phone=phone, email=email) if phone or email else None

    def warn(self, found: Found) -> None:
        """Somebody like this is recorded already: ask whether it is another."""
        self.fields["is_other"] = forms.BooleanField(label=_("核对过了，不是同一个人"), required=False)
        if self.data.get(self.add_prefix("is_other")):
            return
        who = "；".join(person_words(person, sitting) for person, sitting in found)
        said = gettext(
            "可能已经登记过：%(who)s。是同一个人，请直接用已有的；确实不是，勾选“核对过了，不是同一个人”。"
        )
        self.add_error("is_other", said % {"who": who})


class NamesPerson(NewPerson):
    """The part of an act that names somebody; `build_person` adds the choice where several bear the name."""

    person = forms.CharField(
        label=_("姓名或工号"),
        max_length=60,
        help_text=_("已经登记过的人会自动认出来。"),
        error_messages={"required": _("请填写姓名或工号。")},
    )
    is_new = forms.BooleanField(
        label=_("是第一次登记的人员"),
        required=False,
        help_text=_("勾选后，下面的工号、手机号和邮箱可以一并登记；手机号和邮箱加密保存。"),
    )
    order = ("person", "who", "is_new", "number", "phone", "email", "is_other")

    def build_person(self) -> None:
        """Look the name up among those of the day."""
        typed = self.data.get(self.add_prefix("person"), "") if self.is_bound else ""
        found = people_named(typed, self.named_on) if typed.strip() else []
        self.people: dict[int, Person] = {person.pk: person for person, _sitting in found}
        if len(found) > 1:
            self.fields["who"] = forms.TypedChoiceField(
                label=_("是哪一位"),
                coerce=int,
                widget=forms.RadioSelect(),
                choices=[(person.pk, person_words(person, sitting)) for person, sitting in found],
                error_messages={"required": _("叫这个名字的不止一位，请选一位。")},
            )
            self.order_fields(list(self.field_order or self.order))

    @property
    def named_on(self) -> dt.date:
        """The day on which people are looked for."""
        return getattr(self, "asked_on")  # noqa: B009 - given by the dated act it is mixed into

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        if clean.get("is_new"):
            self.errors.pop("who", None)
            name = str(clean.get("person") or "")
            phones = phone_indices(str(clean.get("phone") or ""))
            found = look_alikes(name, phones, self.named_on) if name else []
            if found:
                self.warn(found)
        elif not self.people and clean.get("person"):
            said = gettext(
                "没有登记过叫“%(name)s”的人员。请核对；确实是新来的，勾选下面的“是第一次登记的人员”。"
            )
            self.add_error("person", said % {"name": clean["person"]})
        return clean

    @property
    def named_id(self) -> int | None:
        """Who is named; None: somebody new."""
        if self.cleaned_data.get("is_new"):
            return None
        return int(self.cleaned_data.get("who") or next(iter(self.people)))

    @property
    def named(self) -> str:
        """Their name."""
        number = self.named_id
        return str(self.cleaned_data["person"]) if number is None else self.people[number].name

    def person_for(self, actor: str, at: dt.datetime) -> Person:
        """The person, recorded first where they are new."""
        number = self.named_id
        if number is not None:
            return self.people[number]
        clean = self.cleaned_data
        return domain.create_person(
            name=clean["person"],
            employee_number=clean.get("number") or None,
            contact=self.contact_of(clean["person"]),
            actor=actor,
            at=at,
        )


def person_words(person: Person, sitting: list[Appointment]) -> str:
    """A person with what tells them from another of the name."""
    where = "，".join(f"{one.post.organisation.name} {one.post.title}" for one in sitting)
    number = gettext("工号 %(number)s") % {"number": person.employee_number} if person.employee_number else ""
    more = "；".join(filter(None, [number, where or gettext("没有在任的岗位")]))
    return gettext("%(name)s（%(more)s）") % {"name": person.name, "more": more}
