"""Open calls: which a unit may answer, and what was answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ronghe.casework import rules
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.core.procedure import Call, Marking, Parallel
from ronghe.core.select import Choice, FirstOf, Kinds, Name
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Power
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import OrganisationFacts, Powers


@dataclass(frozen=True)
class OpenCall:
    """A call that takes answers: its case, its place in the flow, until when."""

    case: Case
    parallel: Parallel
    until: dt.datetime | None


def open_calls(now: dt.datetime) -> list[OpenCall]:
    """Every call that takes answers now, the one that ends first in front. Calls are public; answers are not."""
    cases = Case.objects.filter(state=CaseState.OPEN).exclude(call_until=None).filter(call_until__gt=now)
    rows = cases.select_related("edition", "responsible").order_by("call_until", "pk")
    return [OpenCall(case, parallel, case.call_until) for case in rows for parallel in calling_in(case)]


def calling_in(case: Case) -> Iterator[Parallel]:
    """The calls of a case that stand open."""
    flow = definitions.body_of(case.edition).flow
    marking = Marking.from_json(case.marking) if case.marking else Marking()
    for split in sorted(marking.splits, key=lambda split: split.parallel):
        if split.calling:
            yield flow.at(split.path).parallel(split.parallel)


def may_answer(case: Case, node: Parallel, organisation: Organisation, on: dt.date) -> bool:
    """Whether the call is meant for the unit; never for the one that called, or that is complained of."""
    if organisation.pk in {case.responsible_id, case.about_unit_id} or not isinstance(node.over, Call):
        return False
    return _meant(node.over.who, OrganisationFacts(organisation, on))


def answers_of(case: Case) -> list[Step]:
    """The lanes of this round, in the order they came."""
    steps = Step.objects.filter(case=case, round=case.round).exclude(path=[]).select_related("holder")
    first: dict[str, Step] = {}
    for step in steps.order_by("no"):
        first.setdefault(str(step.path[-1]), step)
    return list(first.values())


def sealed(case: Case, steps: Iterable[Step], powers: Powers) -> frozenset[int]:
    """The numbers of steps of which the reader may know no answer: those of other units, while the call they answer stands open.

    Who called and who oversees read all of them.
    """
    calls = {node.code for node in calling_in(case)}
    if not calls or powers.has(Power.OVERSEE) or rules.may_work_case(powers, case):
        return frozenset()
    own = powers.organisation_ids | powers.scope(Power.LEAD)
    return frozenset(
        one.no for one in steps if one.path and one.path[-2] in calls and one.holder_id not in own
    )


def _meant(who: Choice, unit: OrganisationFacts) -> bool:
    match who:
        case FirstOf(options):
            return any(_meant(option, unit) for option in options)
        case Kinds("organisation", name, where):
            return unit.organisation.kind == name and (where is None or where.matches(unit))
        case Name(text):
            return unit.organisation.kind == text
        case _:
            return False
