"""The entries that count for a question, before they are counted: openings, closings, ratings."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from ronghe.appraisal.enums import By
from ronghe.appraisal.queries.question import Question
from ronghe.core.memory import remembered
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger.models import Entry, Position, Touch

OPENED, CLOSED, RATED, VOIDED = "case.opened", "case.closed", "judgement.given", "judgement.voided"
FLAGGED, UPHELD = "judgement.flagged", "judgement.upheld"
TOPIC = "data__values__topic"  # the field of an opening by which requests are grouped
PROGRAMME = "data__values__programme"  # the field by which a case belongs to a 专项行动


def positioned(watermark: int) -> QuerySet[Entry]:
    """What the watermark covers, in no order.

    SQLite has one writer, so entries commit in the order of their ids and the entry at the watermark bounds them: that spares
    a look-up of each one's position. On PostgreSQL ids commit out of order and only positions tell.
    """
    if connection.vendor != "sqlite":
        return Entry.objects.filter(position__position__lte=watermark)
    last = Position.objects.filter(position__lte=watermark).order_by("-position").values("entry")[:1]
    return Entry.objects.filter(pk__lte=Subquery(last))


def happened(question: Question, *kinds: str) -> QuerySet[Entry]:
    """Entries of these kinds that count by their own date.

    One that another of its kind corrects does not count; the correcting one does.
    """
    facts = positioned(question.watermark).filter(
        kind__in=kinds, at__gte=question.period.start, at__lt=question.cut
    )
    replaced = remembered(("replaced-entries", question.watermark), lambda: _replaced(question))
    return facts.exclude(pk__in=replaced) if replaced else facts


def _replaced(question: Question) -> list[int]:
    """The entries that a later one of their kind corrects: few, so they are read first by the index they have."""
    corrections = Entry.objects.filter(corrects__gt=0, corrects__kind=F("kind")).values_list(
        "corrects", "position__position"
    )
    return [
        number for number, position in corrections if position and position <= question.watermark and number
    ]


def case_facts(question: Question, *kinds: str) -> QuerySet[Entry]:
    """The openings or closings asked about; `procedure` names their procedure, `topic` (asked by topic) their topic."""
    facts = happened(question, *kinds).filter(subject_type="case").annotate(procedure=F("definition"))
    if question.by == By.TOPIC:
        facts = facts.annotate(topic=_topic(OuterRef("subject_id")))
    return _cut(question, facts, "definition", "subject_id")


def cases_of(programme: str) -> QuerySet[Any, Any]:
    """The ids of the cases whose opening names this 专项行动."""
    openings = Entry.objects.filter(kind=OPENED, subject_type="case", **{PROGRAMME: programme})
    return openings.order_by().values("subject_id")


def _cut(question: Question, facts: QuerySet[Entry], procedure: str, case: str) -> QuerySet[Entry]:
    if question.programme:
        facts = facts.filter(**{f"{case}__in": cases_of(question.programme)})
    if (wanted := question.definitions) is not None:
        facts = facts.filter(**{f"{procedure}__in": wanted})
    return facts.filter(organisation=question.unit) if question.unit else facts


def _topic(case: OuterRef) -> Coalesce:
    opening = Entry.objects.filter(kind=OPENED, subject_type="case", subject_id=case)
    topic = opening.annotate(said=KT(TOPIC)).order_by("seq").values("said")[:1]
    return Coalesce(Subquery(topic), Value(""), output_field=CharField())


def by_month(question: Question, facts: QuerySet[Entry]) -> QuerySet[Entry]:
    """The facts with `month`, the key of the row they belong to."""
    months = [When(at__lt=asked.cut, then=Value(str(month))) for month, asked in question.months()]
    return facts.annotate(month=Case(*months, output_field=CharField()))


def ratings(question: Question) -> QuerySet[Entry]:
    """The requesters' ratings of cases asked about; `procedure` and `topic` as in `case_facts`.

    Without those voided since, or flagged and not upheld; what staff find (checks, look-backs) is no rating.
    """
    known = positioned(question.watermark)
    later = {
        "subject_type": OuterRef("subject_type"),
        "subject_id": OuterRef("subject_id"),
        "seq__gt": OuterRef("seq"),
    }
    upheld = known.filter(kind=UPHELD, **later)
    doubted = known.filter(Q(kind=VOIDED) | Q(kind=FLAGGED) & ~Exists(upheld), **later)
    rated = Touch.objects.filter(entry=OuterRef("pk"), role="of", type="case")
    opening = Entry.objects.filter(kind=OPENED, subject_type="case", subject_id=OuterRef("rated_case"))
    given = (
        happened(question, RATED)
        .filter(~Exists(doubted))
        .annotate(rated_case=Subquery(rated.order_by("pk").values("ref")[:1]))
        .filter(rated_case__isnull=False)
        .annotate(procedure=Coalesce(Subquery(opening.order_by("seq").values("definition")[:1]), Value("")))
    )
    if others := _not_by_requesters(question):
        given = given.exclude(Q(code__in=others) | Q(definition__in=[f"judgement:{code}" for code in others]))
    if question.by == By.TOPIC:
        given = given.annotate(topic=_topic(OuterRef("rated_case")))
    return _cut(question, given, "procedure", "rated_case")


def _not_by_requesters(question: Question) -> list[str]:
    judgements = definitions.live(Kind.JUDGEMENT, question.period.last)
    return [one.edition.code for one in judgements if getattr(one.body.by, "text", "") != "requester"]
