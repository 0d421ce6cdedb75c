"""What the tests of the packs share: file a case, do its open step, say where it stands."""

from __future__ import annotations

import datetime as dt

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

Stand = tuple[str, str, str]


def by(city: City, name: str, at: str) -> By:
    """An officer of the city acting at a time."""
    account = city.accounts[name]
    return By(f"person:{account.person_id}", moment(at), powers_of(account, moment(at).date()))


def file(city: City, code: str, name: str, at: str, values: dict[str, object], **more: object) -> Case:
    """A case of the procedure filed by an officer."""
    act = by(city, name, at)
    loaded = definitions.get("procedure", code, act.at.date())
    return domain.open_case(loaded, values=values, actor=act.actor, at=act.at, **more).case


def do(city: City, case: Case, name: str, at: str, outcome: str = "done", **more: object) -> Case:
    """End the one open step."""
    step = case.steps.get(done_at=None)
    return domain.complete_step(case.pk, by(city, name, at), step=step.no, outcome=outcome, **more)


def stand(case: Case) -> Stand:
    """The open step, who has it, and when the case (or else the step) is due; or the result and when it came."""
    step = case.steps.filter(done_at=None).order_by("no").last()
    if step is None:
        return case.result, case.responsible.code if case.responsible else "", _told(case.closed_at)
    return step.code, step.holder.code if step.holder else "", _told(step.due or case.due)


def _told(at: dt.datetime | None) -> str:
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if at else ""
