"""Cases worked to their end by 市生态环境局, to be judged."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import Rated, rate_case
from ronghe.judgements.models import Judgement
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

DAY = "2026-11-23"  # a Monday
REASONS = ["unsolved"]


def by(city: City, name: str, at: dt.datetime) -> By:
    account = city.accounts[name]
    return By(f"person:{account.person_id}", at, powers_of(account, at.date()))


def file(city: City, *, day: str = DAY, phone: str = "13800138000", **more: Any) -> Case:
    """A request that its topic sends to 市生态环境局, filed at 9:10."""
    at = moment(f"{day} 09:10")
    if phone:
        more["contact"] = Contact(name="王建国", phone=phone)
    return domain.open_case(
        definitions.get("procedure", "enterprise-request", at.date()),
        values={"topic": "environment", "detail": "厂区排水管网堵塞，请协调疏通。"},
        at=at,
        **more,
    ).case


def act(city: City, case: Case, name: str, at: dt.datetime, outcome: str, **more: Any) -> Case:
    step = case.steps.filter(done_at=None).order_by("no").last()
    return domain.complete_step(case.pk, by(city, name, at), step=step.no, outcome=outcome, **more)


def answer(city: City, case: Case, *, day: str = DAY, checker: str = "环境局长") -> Case:
    """Accepted if need be, handled, answered by 环境经办 and sent by who checks, at 10:03 that day."""
    if case.round == 1:
        act(city, case, "环境经办", moment(f"{day} 10:00"), "accept")
    act(city, case, "环境经办", moment(f"{day} 10:01"), "ready")
    act(city, case, "环境经办", moment(f"{day} 10:02"), "submit", reply="已安排疏通，周五前完成。")
    return act(city, case, checker, moment(f"{day} 10:03"), "send")


def closed(city: City, *, day: str = DAY, phone: str = "13800138000", **more: Any) -> Case:
    """Filed and answered on one day."""
    return answer(city, file(city, day=day, phone=phone, **more), day=day)


def rate(case: Case, grade: str, at: str, **more: Any) -> Judgement:
    rated = Rated(case.pk, case.procedure, case.round, case.responsible_id)
    values = {"grade": grade, **({"reasons": REASONS} if grade.endswith("dissatisfied") else {})}
    values |= more.pop("values", {})
    return rate_case(
        rated, values=values, actor=more.pop("actor", f"requester:{case.pk}"), at=moment(at), **more
    )


def entries(subject: str, number: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, actor and data of everything written about a subject."""
    rows = Entry.objects.filter(subject_type=subject, subject_id=number).order_by("seq")
    return [(row.kind, row.actor, row.data) for row in rows]
