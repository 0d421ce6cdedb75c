"""The pages of the registry as tests ask for them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.urls import reverse

from ronghe.core.creditcode import make
from ronghe.organisations import domain
from ronghe.organisations.models import Organisation
from tests.city import ACTOR, FOUNDED, City, moment

LATER = moment("2026-03-02 10:00")

DAY = LATER.date()


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def address(unit: Organisation, act: str = "", which: int | None = None) -> str:
    if not act:
        return reverse("organisation", args=[unit.pk])
    name = "organisation-row-act" if which else "organisation-act"
    return reverse(name, args=[unit.pk, act, *([which] if which else [])])


def firm(city: City, number: int, **values: object) -> Organisation:
    return domain.register_enterprise(
        credit_code=make(f"91440300MA5F0B{number:03}"),
        name=f"第{number}家有限公司",
        values=values,
        actor=ACTOR,
        at=FOUNDED,
    )
