"""Which things somebody gave files about, to be erased when asked for."""

from __future__ import annotations

from django.db.models import Count

from ronghe.definitions.things import Ref, titles_of
from ronghe.judgements.models import JudgementFile


def reviewed_with_files(asked: str) -> dict[Ref, int]:
    """The things of that name, or number, that reviews keep files about, with how many."""
    kept = JudgementFile.objects.exclude(path="").order_by()
    counts = {
        (kind, number): count
        for kind, number, count in kept.values_list(
            "judgement__subject_type", "judgement__subject_id"
        ).annotate(n=Count("pk"))
    }
    titles = titles_of(counts.keys())
    return {ref: counts[ref] for ref, title in titles.items() if _is_called(ref, title, asked)}


def _is_called(ref: Ref, title: str, asked: str) -> bool:
    return title == asked or (ref[0] == "case" and title.startswith(f"{asked} "))
