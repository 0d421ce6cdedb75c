"""揭榜, for everybody: calls that take answers, and what became of those that took them. Who answered is not told, only who was chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from ronghe.casework.enums import CaseState, result_title
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.calls import open_calls
from ronghe.casework.queries.public import Shown, shown_by_code
from ronghe.core.procedure import Call, Flow, Parallel
from ronghe.organisations.models import Organisation


@dataclass(frozen=True)
class Called:
    """One call, each part only where its definition shows it to everybody."""

    title: str
    unit: str
    detail: str
    target: str
    finish: dt.date | None
    until: dt.datetime | None
    chosen: tuple[str, ...]
    result: str
    ended: dt.datetime | None


def calls_shown(on: dt.date) -> dict[str, Shown]:
    """The procedures that hold a call and are shown to everybody."""
    return {
        code: shown for code, shown in shown_by_code(on).items() if _holds_call(shown.procedure.body.flow)
    }


def _holds_call(flow: Flow) -> bool:
    return any(isinstance(node, Parallel) and isinstance(node.over, Call) for node in flow.nodes)


def taking_answers(shown: Mapping[str, Shown], now: dt.datetime) -> list[Called]:
    """The calls that take answers now, the one that ends first in front."""
    return [
        _called(call.case, shown[call.case.procedure], {}, call.until)
        for call in open_calls(now)
        if call.case.procedure in shown
    ]


def called_before(shown: Mapping[str, Shown], now: dt.datetime) -> QuerySet[Case, Case]:
    """Calls that were closed or ended without an answer, the latest first."""
    answered = Step.objects.filter(case=OuterRef("pk")).exclude(path=[])
    over = Q(state=CaseState.OPEN) & Q(Exists(answered)) & (Q(call_until=None) | Q(call_until__lte=now))
    rows = Case.objects.filter(~Q(state=CaseState.OPEN) | over, procedure__in=list(shown))
    return rows.select_related("responsible").order_by("-opened_at", "-pk")


def told(cases: Iterable[Case], shown: Mapping[str, Shown]) -> Iterator[Called]:
    """Those cases as everybody reads them; one statement for the names of who was chosen."""
    listed = list(cases)
    wanted = {int(lane) for case in listed for lane in case.chosen if str(lane).isdecimal()}
    names = dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))
    for case in listed:
        yield _called(case, shown[case.procedure], names, None)


def _called(case: Case, shown: Shown, names: Mapping[int, str], until: dt.datetime | None) -> Called:
    finish = case.values.get("finish") if "finish" in shown else None
    chosen = case.chosen if "chosen" in shown else ()
    return Called(
        title=shown.text({"title": case.title}, "title"),
        unit=case.responsible.name if case.responsible and "responsible" in shown else "",
        detail=shown.text(case.values, "detail"),
        target=shown.text(case.values, "target"),
        finish=dt.date.fromisoformat(finish) if finish else None,
        until=until,
        chosen=tuple(names[int(lane)] for lane in chosen if str(lane).isdecimal() and int(lane) in names),
        result=_result(case, shown),
        ended=case.closed_at,
    )


def _result(case: Case, shown: Shown) -> str:
    if case.state == CaseState.OPEN or "result" not in shown:
        return ""
    return str(result_title(case.result, shown.procedure))
