"""What was done about cases besides opening and closing them, each counted by the date of its own entry.

- accepted: `case.accepted`, by the unit that accepted.
- extended, paused: `case.extended`, `case.paused`, by the unit responsible then.
- reopened: `case.reopened` because of a bad rating (cause `rating`), by the unit that has to do it again.
- transferred: `case.transferred` by the unit that handed the case on; what a triage desk hands out is no such thing.
- returned: `case.returned` by the unit that gave the case back.
- overdue: cases open and overdue when the period ended (or now, while it runs), by who answered for them then.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet

from ronghe.appraisal.enums import Act
from ronghe.appraisal.queries.facts import case_facts
from ronghe.appraisal.queries.question import Question
from ronghe.appraisal.queries.stock import overdue_at_end
from ronghe.appraisal.rules import Figure, count_figure, pending_figure
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation

KIND_OF = {
    Act.ACCEPTED: "case.accepted",
    Act.EXTENDED: "case.extended",
    Act.PAUSED: "case.paused",
    Act.REOPENED: "case.reopened",
    Act.TRANSFERRED: "case.transferred",
    Act.RETURNED: "case.returned",
}
HANDED_ON = (Act.TRANSFERRED, Act.RETURNED)


def count_acts(question: Question) -> dict[int | None, Counter[Act]]:
    """How often each happened, by organisation (None: no unit); a triage desk's hand-outs are left out."""
    counts: dict[int | None, Counter[Act]] = {}
    desks = _triage_desks(question)
    kinds = {kind: act for act, kind in KIND_OF.items()}
    grouped = _facts(question).order_by().values("kind", "organisation_id", "data__from", "data__cause")
    for row in grouped.annotate(n=Count("pk")):
        act = kinds[row["kind"]]
        unit = row["data__from"] if act in HANDED_ON else row["organisation_id"]
        if (act == Act.TRANSFERRED and unit in desks) or (
            act == Act.REOPENED and row["data__cause"] != "rating"
        ):
            continue
        counts.setdefault(unit, Counter())[act] += row["n"]
    for standing in overdue_at_end(question):
        counts.setdefault(standing.organisation_id, Counter())[Act.OVERDUE] += 1
    return counts


def act_figures(question: Question, counted: Counter[Act]) -> dict[Act, Figure]:
    """Each as a count; of a period that has not begun, pending."""
    if not question.has_begun:
        return {act: pending_figure() for act in Act}
    return {act: count_figure(counted[act]) for act in Act}


def entries_of_act(question: Question, act: Act, unit: int | None, *, of_all: bool) -> QuerySet[Entry]:
    """The entries behind a count, as they happened; a case overdue by the entry that opened or reopened it."""
    if act == Act.OVERDUE:
        begun = [one.begun for one in overdue_at_end(question) if of_all or one.organisation_id == unit]
        return Entry.objects.filter(pk__in=begun).order_by("at", "pk")
    facts = _facts(question).filter(kind=KIND_OF[act])
    if act == Act.REOPENED:
        facts = facts.filter(data__cause="rating")
    if act == Act.TRANSFERRED:
        facts = facts.exclude(data__from__in=_triage_desks(question))
    if not of_all:
        facts = facts.filter(data__from=unit) if act in HANDED_ON else facts.filter(organisation=unit)
    return facts.order_by("at", "pk")


def _facts(question: Question) -> QuerySet[Entry, Any]:
    return case_facts(question, *KIND_OF.values())


def _triage_desks(question: Question) -> list[int]:
    """The organisations of the kinds in which posts with the power to triage sit."""
    posts = definitions.live(Kind.POST, question.period.last)
    kinds = {kind for post in posts if Power.TRIAGE in post.body.may for kind in post.body.in_}
    return list(Organisation.objects.filter(kind__in=kinds).values_list("pk", flat=True))
