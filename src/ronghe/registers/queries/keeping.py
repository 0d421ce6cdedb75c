"""The entries somebody asks to have erased."""

from __future__ import annotations

from django.db.models import Count, Q

from ronghe.registers.models import Entry, EntryState

MOST = 20


def entries_called(asked: str) -> list[tuple[Entry, int]]:
    """The entries of that name today or on a day gone by, ended ones too, each with how many files it keeps."""
    called = Q(title=asked) | Q(pk__in=EntryState.objects.filter(title=asked).values("entry"))
    kept = Count("files", filter=~Q(files__path=""))
    found = Entry.objects.filter(called).select_related("edition", "organisation").annotate(kept=kept)
    return [(entry, entry.kept) for entry in found.order_by("pk")[:MOST]]
