"""The entries that count for a question, before they are counted: openings, closings, ratings."""

from __future__ import annotations

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from ronghe.appraisal.queries.question import Question
from ronghe.ledger.models import Entry, Position, Touch

OPENED, CLOSED, RATED, VOIDED = "case.opened", "case.closed", "judgement.given", "judgement.voided"


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
    replaced = _replaced(question)
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
    """The openings or closings asked about; `procedure` names their procedure."""
    facts = happened(question, *kinds).filter(subject_type="case").annotate(procedure=F("definition"))
    return facts.filter(definition=question.definition) if question.definition else facts


def by_month(question: Question, facts: QuerySet[Entry]) -> QuerySet[Entry]:
    """The facts with `month`, the key of the row they belong to."""
    months = [When(at__lt=asked.cut, then=Value(str(month))) for month, asked in question.months()]
    return facts.annotate(month=Case(*months, output_field=CharField()))


def ratings(question: Question) -> QuerySet[Entry]:
    """The ratings of cases asked about, without those voided since; `procedure` names the case's procedure."""
    voided = positioned(question.watermark).filter(
        kind=VOIDED,
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        seq__gt=OuterRef("seq"),
    )
    rated = Touch.objects.filter(entry=OuterRef("pk"), role="of", type="case")
    opening = Entry.objects.filter(kind=OPENED, subject_type="case", subject_id=OuterRef("rated_case"))
    given = (
        happened(question, RATED)
        .filter(~Exists(voided))
        .annotate(rated_case=Subquery(rated.order_by("pk").values("ref")[:1]))
        .filter(rated_case__isnull=False)
        .annotate(procedure=Coalesce(Subquery(opening.order_by("seq").values("definition")[:1]), Value("")))
    )
    return given.filter(procedure=question.definition) if question.definition else given
