"""What somebody tells of an activity, before it is checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation


@dataclass(frozen=True, kw_only=True)
class Told:
    """The first of `organisers` records it. Who took part: `persons` by name (id → part, or nothing), `counts` of other
    units, `people` where only the number is known (of the organisers' own, beside the `counts`).

    `quantities`: code → amount as written, or {organiser id: amount} where each organiser has its own.
    `runs`: the case whose waiting step this is.
    """

    organisers: Sequence[Organisation]
    begins_at: dt.datetime
    ends_at: dt.datetime | None = None
    title: str = ""
    place: str = ""
    is_online: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    quantities: Mapping[str, Any] = field(default_factory=dict)
    about: Sequence[Ref] = ()
    guides: Sequence[Organisation] = ()
    programme: Ref | None = None
    runs: Ref | None = None
    people: int | None = None
    persons: Mapping[int, str] = field(default_factory=dict)
    counts: Mapping[int, int] = field(default_factory=dict)
    source: str = ""
    source_number: str = ""


@dataclass(frozen=True)
class Settled:
    """The same, checked and clean: rows to be written. `sides` are (role, type, ref), `participants`
    (person, organisation, count, part), `quantities` whole smallest units by code and organiser ("" for all).
    """

    told: Told
    title: str
    values: dict[str, Any]
    quantities: dict[str, dict[str, int]]
    sides: tuple[tuple[str, str, int], ...]
    participants: tuple[tuple[int | None, int | None, int, str], ...]
    people: int | None

    @property
    def organiser_ids(self) -> list[int]:
        """Who organised it, the one that records first."""
        return [unit.pk for unit in self.told.organisers]
