"""Which enterprise is meant by what is being typed: a beginning of its code, or some of its name."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from ronghe.core import creditcode
from ronghe.organisations.models import Organisation

MOST_ALIKE = 6


def looks_like_code(typed: str) -> bool:
    """Whether somebody writes a credit code and not a name."""
    plain = creditcode.normal(typed)
    return plain.isascii() and plain.isalnum()


def enterprises_like(typed: str, on: dt.date) -> list[Organisation]:
    """The enterprises of the day that may be meant, a few; one so named first. One query."""
    plain = " ".join(typed.split())
    if not plain:
        return []
    like = Q(name__icontains=plain) | Q(short_name__icontains=plain)
    if looks_like_code(plain):
        like = Q(credit_code__startswith=creditcode.normal(plain))
    found = Organisation.objects.live(on).filter(like, kind="enterprise").order_by("name", "pk")
    alike = list(found.only("name", "short_name", "credit_code")[:MOST_ALIKE])
    return sorted(alike, key=lambda unit: plain not in (unit.name, unit.short_name))
