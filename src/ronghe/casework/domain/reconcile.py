"""Rebuild every case from its entries and compare it with its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from ronghe.casework.domain.fold import MOVED, replay
from ronghe.casework.domain.store import load, units_beside
from ronghe.casework.models import Attachment, Case, Note, Reply, Step
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry

CHUNK = 400


def reconcile() -> dict[str, Any]:
    """Compare all cases: {"cases": how many, "entries": how many, "differences": [{case, field, stored, rebuilt}]}."""
    report: dict[str, Any] = {"cases": 0, "entries": 0, "differences": []}
    for chunk in _chunks():
        entries = defaultdict(list)
        ids = [case.pk for case in chunk]
        for entry in Entry.objects.filter(subject_type="case", subject_id__in=ids).order_by(
            "subject_id", "seq"
        ):
            entries[entry.subject_id].append(entry)
        for case in chunk:
            report["cases"] += 1
            report["entries"] += len(entries[case.pk])
            report["differences"] += _differences(case, entries[case.pk])
    return report


def _chunks() -> Iterator[list[Case]]:
    numbered = [
        Prefetch(name, model.objects.only("case_id", "no"))
        for name, model in (("replies", Reply), ("notes", Note), ("attachments", Attachment))
    ]
    last = 0
    while chunk := list(
        Case.objects.filter(pk__gt=last)
        .prefetch_related(Prefetch("steps", Step.objects.order_by("no")), "involved", *numbered)
        .order_by("pk")[:CHUNK]
    ):
        yield chunk
        last = chunk[-1].pk


def _differences(case: Case, entries: list[Entry]) -> list[dict[str, str]]:
    stored = load(case)
    held = [entry.data["edition_id"] for entry in entries if entry.kind in {"case.opened", MOVED}]
    if held and held[-1] != case.edition_id:
        return [
            {
                "case": case.number,
                "field": "edition",
                "stored": str(case.edition_id),
                "rebuilt": str(held[-1]),
            }
        ]
    try:
        first, *later = [definitions.by_edition(one).body.flow for one in held or [case.edition_id]]
        flows = dict(zip(held[1:], later, strict=True))
        rebuilt = replay(first, entries, case.pk, later=flows)
    except RongheError as error:
        return [{"case": case.number, "field": "entries", "stored": "", "rebuilt": error.message}]
    differences = stored.differences(rebuilt)
    seen, involved = sorted(row.organisation_id for row in case.involved.all()), units_beside(rebuilt)
    if not set(involved) <= set(seen):
        differences["involved"] = (seen, involved)
    return [
        {"case": case.number, "field": field, "stored": str(ours), "rebuilt": str(theirs)}
        for field, (ours, theirs) in differences.items()
    ]
