"""Reading the ledger."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Max, Min, QuerySet

from ronghe.ledger.models import Entry, Position
from ronghe.rows import asked

_CHUNK = 900  # SQLite takes 999 values in one query


def entries_of(subject: tuple[str, int]) -> QuerySet[Entry]:
    """The subject's entries by `seq`, each with its touches; two queries."""
    return (
        Entry.objects.filter(subject_type=subject[0], subject_id=subject[1])
        .order_by("seq")
        .prefetch_related("touches")
    )


def touching(kind: str, ref: int, *, role: str = "") -> QuerySet[Entry]:
    """Entries that touch the thing (in the role, when given), as they happened."""
    entries = Entry.objects.filter(touches__type=kind, touches__ref=ref)
    return (
        (entries.filter(touches__role=role, touches__type=kind, touches__ref=ref) if role else entries)
        .distinct()
        .order_by("at", "pk")
    )


def last_seqs(subjects: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The last `seq` of each subject that has entries; one query per type and 900 subjects."""
    by_type: dict[str, list[int]] = defaultdict(list)
    for kind, number in sorted(subjects):
        by_type[kind].append(number)
    found: dict[tuple[str, int], int] = {}
    for kind, numbers in by_type.items():
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            marks = ", ".join(["%s"] * len(chunk))
            rows = asked(
                f"SELECT subject_id, MAX(seq) FROM ledger_entry WHERE subject_type = %s AND subject_id IN ({marks}) GROUP BY subject_id",  # noqa: S608
                [kind, *chunk],
            )
            found |= {(kind, number): last for number, last in rows}
    return found


def watermark() -> int:
    """The last position given; 0 before the first."""
    return Position.objects.aggregate(last=Max("position"))["last"] or 0


def up_to(watermark: int) -> QuerySet[Entry]:
    """Every entry positioned up to the watermark, in the global order: the same rows for ever."""
    return Entry.objects.filter(position__position__lte=watermark).order_by("position__position")


def waiting_for_position() -> tuple[int, dt.datetime | None]:
    """How many entries the sequencer has not placed yet, and when the oldest of them was recorded."""
    found = Entry.objects.filter(position=None).aggregate(count=Count("pk"), oldest=Min("recorded_at"))
    return found["count"], found["oldest"]
