"""Cases as things: read by other rooms, taken up again or ended when something says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ronghe.casework.domain.acting import By
from ronghe.casework.domain.acts import reopen_case
from ronghe.casework.domain.facts import CaseFacts
from ronghe.casework.domain.filing import facts_of
from ronghe.casework.domain.giving import CHANGERS, Giver
from ronghe.casework.domain.store import load
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.select import Change, Where
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import KEEPERS, Keeper, Ref


def case_facts(number: int, on: dt.date) -> CaseFacts | None:
    """A case as the notation sees it: its answers and roles, `code title number state result round step opened closed due`."""
    case = Case.objects.select_related("related").filter(pk=number).first()
    return _facts(case, on) if case else None


def _facts(case: Case, on: dt.date) -> CaseFacts:
    more = {
        "code": case.procedure,
        "kind": case.procedure,
        "title": case.title,
        "number": case.number,
        "opened": timezone.localdate(case.opened_at),
        "closed": timezone.localdate(case.closed_at) if case.closed_at else None,
        "due": case.due,
        "at": case.closed_at or case.opened_at,
    }
    return facts_of(case, definitions.by_edition(case.edition_id), on).with_record(load(case), more)


def standing_cases(
    procedure: str, where: Where | None, on: dt.date, *, include_closed: bool = False
) -> list[tuple[Ref, CaseFacts]]:
    """The open cases of a procedure (with `include_closed` all) for which a filter holds: `{step: cultivate}`."""
    cases = Case.objects.filter(procedure=procedure).filter(
        Q() if include_closed else Q(state=CaseState.OPEN)
    )
    known = cases.select_related("related").prefetch_related("steps", "replies", "notes", "attachments")
    found = ((("case", case.pk), _facts(case, on)) for case in known.order_by("pk"))
    return [(ref, facts) for ref, facts in found if where is None or where.matches(facts)]


def _titles(numbers: Collection[int]) -> Mapping[int, str]:
    rows = Case.objects.filter(pk__in=numbers).values_list("pk", "number", "title")
    return {pk: f"{number} {title}" for pk, number, title in rows}


def _visible(powers: Any, numbers: Collection[int]) -> frozenset[int]:
    shown = Case.objects.visible_with(powers).filter(pk__in=numbers)
    return frozenset(shown.values_list("pk", flat=True))


def change_case(item: Change, ref: Ref, _field: str, _value: Any, giver: Giver) -> Ref | None:
    """Take a closed case up again; one that is open goes on anyway."""
    if item.act != "reopen":
        raise DomainError("cannot-change", "系统不能自动更改或结束别的办件，没有保存。请在那一件上办理。")
    case = Case.objects.filter(pk=ref[1]).first()
    if case is None or case.state != CaseState.CLOSED:
        return None
    reopen_case(ref[1], By(giver.actor, giver.at, origin=giver.origin), cause=giver.source[0])
    return ref


def register() -> None:
    """Enter cases among the keepers and among what can be changed."""
    KEEPERS["case"] = Keeper(case_facts, _titles, _visible)
    CHANGERS["case"] = change_case
