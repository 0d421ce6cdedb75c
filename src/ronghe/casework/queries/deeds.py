"""我为群众办实事: every deed that was promised, with its day and how it stands; none is ever left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.casework.enums import CaseState, result_title
from ronghe.casework.models import Case
from ronghe.casework.queries.public import Shown, shown_by_code
from ronghe.definitions import queries as definitions

DEED = "deed"
STANDINGS = {
    "running": _("正在办"),
    "late": _("过了承诺日期还没有办成"),
    "delivered": _("已经办成"),
    "missed": _("没有办成"),
    "withdrawn": _("撤回了"),
}


@dataclass(frozen=True)
class Deed:
    """One deed, each part only where its definition shows it to everybody."""

    title: str
    unit: str
    kind: str
    served: str
    promised: dt.date | None
    standing: str
    result: str
    outcome: str
    ended: dt.datetime | None

    @property
    def standing_words(self) -> str:
        """How it stands, in words."""
        return str(STANDINGS[self.standing])


def deeds(on: dt.date) -> tuple[QuerySet[Case, Case], Shown] | None:
    """Every deed, what still runs in front, the day promised first; None where deeds are not shown."""
    shown = shown_by_code(on, {DEED}).get(DEED)
    if shown is None:
        return None
    rows = Case.objects.filter(procedure=DEED).select_related("responsible", "edition")
    return rows.order_by("-state", "due", "pk"), shown


def standing_is(standing: str, now: dt.datetime) -> Q:
    """The deeds that stand so."""
    match standing:
        case "running":
            return Q(state=CaseState.OPEN) & (Q(due=None) | Q(due__gte=now))
        case "late":
            return Q(state=CaseState.OPEN, due__lt=now)
        case "withdrawn":
            return Q(state=CaseState.WITHDRAWN)
        case "delivered":
            return Q(state=CaseState.CLOSED, result="delivered")
        case _:
            return Q(state=CaseState.CLOSED) & ~Q(result="delivered")


def standings_of(rows: QuerySet[Case, Case], now: dt.datetime) -> dict[str, int]:
    """How many stand how; one statement."""
    counted = {name: Count("pk", filter=standing_is(name, now)) for name in STANDINGS}
    found: dict[str, int] = rows.order_by().aggregate(**counted)
    return found


def deed_of(case: Case, shown: Shown, now: dt.datetime) -> Deed:
    """One row as everybody reads it."""
    promised = case.values.get("promised-day") if "promised-day" in shown else None
    is_over = case.state != CaseState.OPEN and "result" in shown
    return Deed(
        title=shown.text({"title": case.title}, "title"),
        unit=case.responsible.name if case.responsible and "responsible" in shown else "",
        kind=_kind(case, shown),
        served=shown.text(case.values, "served"),
        promised=dt.date.fromisoformat(promised) if promised else None,
        standing=_standing(case, now),
        result=str(result_title(case.result, shown.procedure)) if is_over else "",
        outcome=shown.text(case.values, "outcome"),
        ended=case.closed_at,
    )


def _standing(case: Case, now: dt.datetime) -> str:
    if case.state == CaseState.WITHDRAWN:
        return "withdrawn"
    if case.state == CaseState.CLOSED:
        return "delivered" if case.result == "delivered" else "missed"
    return "late" if case.due is not None and case.due < now else "running"


def _kind(case: Case, shown: Shown) -> str:
    """The kind of deed as its list calls it on the day the deed was promised."""
    code, form = case.values.get("kind-of-deed"), shown.procedure.body.form
    field = form.get("kind-of-deed") if form and "kind-of-deed" in shown else None
    if not code or field is None:
        return ""
    lines = definitions.lists_of(form, timezone.localdate(case.opened_at)).get(field.source, [])
    return next((str(line["title"]) for line in lines if line["code"] == code), "")
