"""The pages of 管理 as tests ask for them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from ronghe.ledger.models import Entry
from ronghe.organisations.models import Appointment, Organisation, Person
from tests.city import City

DAY = "2026-03-02"

LISTS = ["admin-units", "admin-people", "admin-posts"]


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def of_unit(unit: Organisation, act: str, which: int | None = None) -> str:
    name = "organisation-row-act" if which else "organisation-act"
    return reverse(name, args=[unit.pk, act, *([which] if which else [])])


def of_person(person: Person, act: str = "") -> str:
    return (
        reverse("admin-person-act", args=[person.pk, act])
        if act
        else reverse("admin-person", args=[person.pk])
    )


def confirm(client: Client, path: str, **values: object) -> Any:
    return client.post(path, {"on": DAY, "step": "confirmed", **values})


def seat_of(city: City, name: str) -> Appointment:
    return Appointment.objects.get(person=city.people[name], ends=None)


def last() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
