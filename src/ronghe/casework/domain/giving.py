"""What comes of a case: what its outcomes, verdicts and escalations give, and the promises of its reply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work
from ronghe.casework.domain.filing import open_case
from ronghe.casework.enums import FOLLOW_UP
from ronghe.casework.models import Case, Reply
from ronghe.core.procedure import Outcome
from ronghe.core.select import Create, Gives, Path
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Organisation


def follow_up(work: Work, by: By, reply: int | None, way: Outcome) -> None:
    """After a step: what the outcome gives, and a case for each promise of the reply that was sent."""
    carry_out(work, way.gives, actor=by.actor, at=by.at)
    if reply is None or way.end is None:
        return
    promises = Reply.objects.filter(case=work.case, no=reply).values_list("promises", flat=True).first() or []
    for promise in promises:
        values = {"promise": promise["text"], "within": promise["due"]}
        unit = work.case.responsible  # who promised, also where another unit's officer checked and sent
        _open(work, FOLLOW_UP, values, actor=by.actor, at=by.at, responsible=unit)


def carry_out(work: Work, gives: Gives | None, *, actor: str, at: dt.datetime) -> list[Case]:
    """Open the cases something gives; each remembers what it came from. Other kinds come with their rooms."""
    made = []
    for item in gives.items if gives else ():
        if isinstance(item, Create) and item.kind == "procedure":
            values = {
                name: value.resolve(work.facts)[0] if isinstance(value, Path) else value
                for name, value in item.values.items()
            }
            made.append(_open(work, item.name, values, actor=actor, at=at))
    return made


def _open(
    work: Work,
    code: str,
    values: Mapping[str, Any],
    *,
    actor: str,
    at: dt.datetime,
    responsible: Organisation | None = None,
) -> Case:
    loaded = definitions.get("procedure", code, at.date())
    opened = open_case(
        loaded,
        values=values,
        actor=actor,
        at=at,
        related=work.case,
        about=work.case.about,
        about_unit=work.case.about_unit,
        responsible=responsible,
        title=str(values.get("promise") or work.case.title)[:200],
        origin=work.course.origin,
    )
    asides.give(work.course, opened.case.pk)
    return opened.case
