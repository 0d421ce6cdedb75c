"""One entry, as far as somebody may see it; hidden is as if it were not there."""

from __future__ import annotations

import datetime as dt

from django.http import Http404

from ronghe.core.select import Facts
from ronghe.organisations.queries import Powers
from ronghe.registers.models import Entry
from ronghe.registers.queries.entries import body_of
from ronghe.registers.sight import ANYBODY, Reader, reader_of, seen_of


def find_visible_or_404(powers: Powers, pk: int) -> Entry:
    """The entry, for whoever may see anything of it."""
    found: Entry | None = (
        Entry.objects.visible_with(powers).select_related("organisation").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def find_public_or_404(pk: int, on: dt.date) -> Entry:
    """The entry, where everybody may see something of it."""
    found: Entry | None = Entry.objects.public(on).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def seen_by(entry: Entry, powers: Powers | None, facts: Facts, on: dt.date) -> frozenset[str]:
    """The parts of an entry that somebody (None: anybody) sees."""
    reader: Reader = ANYBODY if powers is None else reader_of(powers)
    return seen_of(reader, body_of(entry.register, on), facts, entry.organisation_id)
