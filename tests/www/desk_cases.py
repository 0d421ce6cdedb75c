"""Cases for the tests of the desk, filed and moved through the domain a little before now."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.city import City

PETITIONER, PHONE = "钱守信", "13712345678"


def ago(**span: float) -> dt.datetime:
    return timezone.localtime() - dt.timedelta(**span)


def fresh(case: Case) -> Case:
    """The case as it stands now."""
    return Case.objects.get(pk=case.pk)


def file(procedure: str, values: dict[str, Any], at: dt.datetime | None = None, **more: Any) -> Case:
    at = at or ago(hours=3)
    return domain.open_case(
        definitions.get("procedure", procedure, at.date()), values=values, at=at, **more
    ).case


def file_request(_city: City, detail: str = "厂区门前道路施工，货车无法进出。", **more: Any) -> Case:
    """An enterprise's request that its topic sends to 市生态环境局."""
    return file(
        "enterprise-request",
        {"topic": "environment", "detail": detail},
        contact=Contact(name="王建国", phone="13800138000"),
        **more,
    )


def file_message(_city: City, detail: str = "小区门口路灯不亮三个月了。", **more: Any) -> Case:
    """A resident's message, waiting at the triage desk."""
    return file(
        "resident-message", {"detail": detail}, contact=Contact(name="赵秀兰", phone="13911112222"), **more
    )


def file_petition(city: City, **more: Any) -> Case:
    """A protected petition about 市生态环境局, waiting at the triage desk."""
    at = ago(hours=3)
    procedure = definitions.get("procedure", "petition", at.date())
    lines = definitions.lists_of(procedure.body.form, at.date())["petition-matters"]
    return file(
        "petition",
        {"matter": str(lines[0]["code"]), "detail": "反映审批人员推诿，三次退件不说理由。"},
        at,
        about_unit=city.units["sthjj"],
        contact=Contact(name=PETITIONER, phone=PHONE),
        **more,
    )


def do(city: City, name: str, case: Case, step: int, outcome: str, **more: Any) -> Case:
    """Complete a step as the named account, now."""
    account, at = city.accounts[name], timezone.localtime()
    by = By(f"person:{account.person_id}", at, powers_of(account, at.date()), case.revision)
    return domain.complete_step(case.pk, by, step=step, outcome=outcome, **more)


def answered(
    city: City, case: Case, reply: str, *, writer: str = "环境经办", checker: str = "环境局长"
) -> Case:
    """Write a reply at the open step, and send it as a second person."""
    for name, outcome, text in ((writer, "submit", reply), (checker, "send", "")):
        case = Case.objects.get(pk=case.pk)
        case = do(city, name, case, case.steps.get(done_at=None).no, outcome, reply=text)
    return case
