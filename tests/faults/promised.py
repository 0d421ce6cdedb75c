"""Whether everything that was answered is there, once."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from ronghe.casework.domain import reconcile
from ronghe.casework.models import Case, Numbering
from ronghe.ledger.models import Entry
from ronghe.management.telling import hand_over
from ronghe.messages.models import Message
from tests.faults.serving import Answered


def kept(told: Answered) -> dict[str, Any]:
    """What of the promises is not so; empty lists and equal counts when all is well."""
    numbers = list(told.cases.values())
    cases = dict(Case.objects.values_list("number", "pk"))
    entries = Counter(Entry.objects.filter(subject_type="case").values_list("subject_id", "kind"))
    subjects = Entry.objects.values("subject_type", "subject_id").annotate(last=Max("seq"), count=Count("pk"))
    messages = Counter(Message.objects.filter(kind="case.urged").values_list("about_id", flat=True))
    return {
        "wrong answers": told.wrong[:3],
        "cases twice or lost": sorted(set(numbers) ^ set(cases))
        + sorted(Counter(numbers) - Counter(set(numbers))),
        "numbers with gaps": [one.prefix for one in Numbering.objects.all() if one.last != len(cases)],
        "notes": _differ(told.notes, cases, entries, "case.noted"),
        "urged": _differ(told.urged, cases, entries, "case.urged"),
        "messages": [number for number, times in told.urged.items() if messages[cases[number]] != times],
        "seqs with gaps": [one for one in subjects if one["last"] != one["count"]],
        "reconcile": reconcile()["differences"],
    }


def _differ(told: dict[str, int], cases: dict[str, int], entries: Counter[Any], kind: str) -> list[str]:
    return [number for number, pk in cases.items() if entries[pk, kind] != told.get(number, 0)]


NOTHING: dict[str, Any] = {
    "wrong answers": [],
    "cases twice or lost": [],
    "numbers with gaps": [],
    "notes": [],
    "urged": [],
    "messages": [],
    "seqs with gaps": [],
    "reconcile": [],
}


def wait_until_ordered(seconds: float) -> int:
    """How many entries the background process has not ordered when that long has passed."""
    until = time.monotonic() + seconds
    while waiting := Entry.objects.filter(position=None).count():
        if time.monotonic() > until:
            break
        time.sleep(0.2)
    return waiting


def hand_all_over() -> int:
    """Hand over in office hours what waits for them, as the background process will; how many went out twice or are stuck."""
    morning = timezone.localtime().replace(hour=10, minute=0)
    for days in range(1, 5):
        hand_over(morning + dt.timedelta(days=days))
    twice = Message.objects.annotate(times=Count("attempts", filter=Q(attempts__ok=True))).filter(times__gt=1)
    return twice.count() + Message.objects.filter(state__in=("handing", "dead")).count()
