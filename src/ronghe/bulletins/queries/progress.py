"""What an organisation did in a period, read from the ledger: the figures a bulletin freezes as its progress."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ronghe.core.periods import Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger.models import Entry

HELD, CANCELLED, RECORDED = "activity.held", "activity.cancelled", "quantity.recorded"
CLOSED, BEGAN = "case.closed", "entry.began"
HEAD = ("做了什么", "数量")


def progress_of(organisation: int, period: Period) -> list[list[str]]:
    """Rows of what and how much: activities it organised, cases it closed, entries it made, figures it recorded."""
    entries = Entry.objects.filter(at__gte=period.start, at__lt=period.end)
    held = entries.filter(
        kind=HELD, touches__role="organiser", touches__type="organisation", touches__ref=organisation
    )
    dropped = Entry.objects.filter(kind=CANCELLED, subject_type="activity").values("subject_id")
    kinds = held.exclude(subject_id__in=dropped).values_list("code", "subject_id")
    activities = Counter(code for code, _subject in set(kinds))
    rows = [_row(Kind.ACTIVITY, code, number, period, "次") for code, number in sorted(activities.items())]
    closed = entries.filter(kind=CLOSED, organisation=organisation).values_list("definition", "subject_id")
    cases = Counter(definition.partition(":")[2] for definition, _subject in set(closed))
    rows += [_row(Kind.PROCEDURE, code, number, period, "件") for code, number in sorted(cases.items())]
    began = entries.filter(kind=BEGAN, organisation=organisation).values_list("definition", "subject_id")
    kept = Counter(definition.partition(":")[2] for definition, _subject in set(began))
    rows += [_row(Kind.REGISTER, code, number, period, "条") for code, number in sorted(kept.items())]
    recorded = entries.filter(kind=RECORDED, organisation=organisation, nature__in=("", "actual"))
    return rows + _quantities(recorded, period)


def _row(kind: Kind, code: str, number: int, period: Period, unit: str) -> list[str]:
    found = definitions.find(kind, code, period.last)
    return [found.body.title if found else code, f"{number} {unit}"]


def _quantities(recorded: Any, period: Period) -> list[list[str]]:
    """The sum of each figure; one that was corrected counts as corrected."""
    corrected = set(
        Entry.objects.filter(kind=RECORDED, corrects__isnull=False).values_list("corrects_id", flat=True)
    )
    sums: Counter[tuple[str, str]] = Counter()
    for number, definition, code, quantity in recorded.values_list("pk", "definition", "code", "quantity"):
        if number not in corrected:
            sums[definition, code] += quantity or 0
    rows = []
    for (definition, code), total in sorted(sums.items()):
        kind, _, name = definition.partition(":")
        known = definitions.find(kind, name, period.last) if name else None
        one = next((item for item in known.body.quantities if item.code == code), None) if known else None
        if one is not None:
            rows.append([one.title, f"{total / 10**one.places:.{one.places}f} {one.unit}"])
    return rows
