"""Cases as their requesters follow them: moved by desks, now."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.organisations.queries import powers_of
from tests.city import City

REPLY = "已协调施工方留出一条四米宽的货车通道。"


def text(response: Any) -> str:
    return response.content.decode()


def by(city: City, name: str) -> By:
    """The named account, now."""
    account, now = city.accounts[name], timezone.now()
    return By(f"person:{account.person_id}", now, powers_of(account, now.date()))


def do(city: City, case: Case, name: str, outcome: str, **more: Any) -> Case:
    """Complete the open step as the named account."""
    step = case.steps.get(done_at=None).no
    return domain.complete_step(case.pk, by(city, name), step=step, outcome=outcome, **more)


def handled(city: City, case: Case) -> Case:
    """Hand the case to a department, which takes it up."""
    do(city, case, "分办甲", "transfer", to=city.units["zjj"])
    return do(city, case, "住建经办", "accept")


def answered(city: City, case: Case, reply: str = REPLY, **more: Any) -> Case:
    """Hand the case to a department, which answers it; a case done again is answered again."""
    if Case.objects.get(pk=case.pk).round == 1:
        handled(city, case)
    do(city, case, "住建经办", "ready")
    do(city, case, "住建经办", "submit", reply=reply, **more)
    return do(city, case, "住建局长" if case.round == 1 else "住建副局长", "send")


def asked(city: City, case: Case, question: str = "请补充施工许可证的照片。") -> Case:
    """The department asks the requester for something."""
    handled(city, case)
    step = case.steps.get(done_at=None).no
    return domain.ask_supplement(
        case.pk, by(city, "住建经办"), step=step, ground="supplement", question=question
    )
