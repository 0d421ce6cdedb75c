"""A case at its desk, moved by named people at named times."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

DAY = dt.date(2026, 8, 3)

MORNING = "2026-08-03 10:00"


def by(city: City, name: str, at: str, case: Case | None = None) -> By:
    account = city.accounts[name]
    revision = case.revision if case else None
    return By(f"person:{account.person_id}", moment(at), powers_of(account, moment(at).date()), revision)


def file(city: City, code: str = "enterprise-request", **more: Any) -> Case:
    values = {"topic": "environment", "detail": "厂区排水管网堵塞，请协调疏通。"}
    if code == "resident-message":
        values = {"detail": "小区门口路灯不亮"}
    more.setdefault("contact", Contact(name="王某", phone="13800138000"))
    at = more.pop("at", MORNING)
    return domain.open_case(
        definitions.get("procedure", code, DAY), values=values, at=moment(at), **more
    ).case


def do(city: City, case: Case, name: str, at: str, outcome: str, **more: Any) -> Case:
    case = Case.objects.get(pk=case.pk)
    more.setdefault("step", case.steps.filter(done_at=None).order_by("no").last().no)
    return domain.complete_step(case.pk, by(city, name, at, case), outcome=outcome, **more)


def said(case: Case, *kinds: str) -> list[dict[str, Any]]:
    entries = Entry.objects.filter(subject_type="case", subject_id=case.pk, kind__in=kinds)
    return [entry.data for entry in entries.order_by("seq")]


def kinds(case: Case) -> list[str]:
    entries = Entry.objects.filter(subject_type="case", subject_id=case.pk)
    return list(entries.order_by("seq").values_list("kind", flat=True))


def reconciled() -> None:
    assert domain.reconcile()["differences"] == []
