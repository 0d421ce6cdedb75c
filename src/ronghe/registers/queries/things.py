"""Entries as things other rooms may speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from ronghe.definitions.things import KEEPERS, Keeper
from ronghe.registers.enums import TITLE
from ronghe.registers.facts import EntryFacts
from ronghe.registers.models import Entry
from ronghe.registers.queries.entries import entry_facts


def facts(pk: int, on: dt.date) -> EntryFacts | None:
    """An entry as the notation sees it on a day."""
    entry = Entry.objects.filter(pk=pk).first()
    return entry_facts(entry, on) if entry else None


def titles(ids: Collection[int]) -> Mapping[int, str]:
    """What entries are called."""
    return dict(Entry.objects.filter(pk__in=ids).values_list("pk", "title"))


def visible(powers: Any, ids: Collection[int]) -> frozenset[int]:
    """Those of the entries somebody may open and whose title they may know."""
    return frozenset(
        Entry.objects.visible_with(powers, TITLE).filter(pk__in=ids).values_list("pk", flat=True)
    )


def register() -> None:
    """Answer for entries."""
    KEEPERS["entry"] = Keeper(facts=facts, titles=titles, visible=visible)
