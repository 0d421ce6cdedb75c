"""The ledger entries of an activity: ids, codes and numbers, never who took part by name.

What counts is `activity.held` and `quantity.recorded`; one that a later entry of the same activity `corrects` counts no
more. A change writes `activity.changed` (which fields, correcting what stood) and what now stands after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone

from ronghe.activities.enums import Role, State
from ronghe.activities.models import Activity
from ronghe.core.periods import Every, Period
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.definitions.queries import Loaded
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.ledger.models import Entry

LEDGER_TYPES = frozenset({"choice", "choices", "checks", "yes-no", "date"})
STANDING = ("activity.planned", "activity.held", "quantity.recorded")
Sides = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Writer:
    """Drafts entries of one activity; `sides` are those it has now."""

    activity: Activity
    kind: Loaded
    sides: Sides
    actor: str
    at: dt.datetime
    origin: str

    @property
    def _base(self) -> Draft:
        activity, edition = self.activity, self.kind.edition
        return Draft(
            kind="activity.held",
            at=self.at,
            actor=self.actor,
            subject=("activity", activity.pk),
            organisation_id=activity.organisation_id,
            touches=tuple(Touch(role, type_, ref) for role, type_, ref in self.sides),
            code=edition.code,
            definition=edition.reference,
            edition=edition.edition,
            origin=self.origin,
        )

    def planned(self) -> Draft:
        """When it was planned, and until when it is to take place."""
        data = {"until": _iso(self.activity.begins_at), "values": self._values()}
        return replace(self._base, kind="activity.planned", data=_said(data))

    def held(self) -> list[Draft]:
        """That it took place when it did, and its quantities."""
        activity = self.activity
        data = {"until": _iso(activity.ends_at), "people": activity.people, "values": self._values()}
        held = replace(self._base, at=activity.begins_at, quantity=activity.people, data=_said(data))
        return [held, *self.quantities()]

    def changed(self, fields: Iterable[str], corrects: int | None) -> Draft:
        """Which fields were mended."""
        data: dict[str, object] = {"fields": sorted(fields)}
        if self.activity.state == State.PLANNED:
            data["until"] = _iso(self.activity.begins_at)
        return replace(self._base, kind="activity.changed", data=data, corrects=corrects)

    def cancelled(self, ground: str, corrects: int | None) -> Draft:
        """That it will not, or did not, take place."""
        return replace(self._base, kind="activity.cancelled", data={"ground": ground}, corrects=corrects)

    def quantities(self) -> Iterator[Draft]:
        """One for each code, and where each organiser has its own, for each organiser."""
        for kind in self.kind.body.quantities:
            for whose, amount in sorted(self.activity.quantities.get(kind.code, {}).items()):
                yield self.quantity(kind, whose, amount)

    def quantity(self, kind: QuantityKind, whose: str, amount: int | None) -> Draft:
        """One figure; None takes back what was told before."""
        touches = self._base.touches
        if whose:
            touches = tuple(
                touch for touch in touches if touch.role != Role.ORGANISER or touch.ref == int(whose)
            )
        return replace(
            self._base,
            kind="quantity.recorded",
            at=self.activity.begins_at,
            organisation_id=int(whose) if whose else self.activity.organisation_id,
            touches=touches,
            code=kind.code,
            quantity=amount,
            nature=str(kind.natures[0]),
            period=self._period(kind),
        )

    def _period(self, kind: QuantityKind) -> str:
        if kind.each is None:
            return ""
        return str(Period.holding(timezone.localdate(self.activity.begins_at), Every(str(kind.each))))

    def _values(self) -> dict[str, object] | None:
        form = self.kind.body.form
        told = self.activity.values
        said = {
            one.code: told[one.code]
            for one in (form.fields if form else ())
            if one.type in LEDGER_TYPES and told.get(one.code) not in (None, "", [])
        }
        return said or None


def write(activity: Activity, drafts: Iterable[Draft]) -> None:
    """Write them and bring the revision up to the last; in the caller's transaction."""
    entries = record_all(drafts)
    activity.revision = entries[-1].seq
    activity.save(update_fields=["revision"])


def standing(activity: Activity) -> list[Entry]:
    """The entries that count now: written, and not corrected by a later one."""
    rows = Entry.objects.filter(subject_type="activity", subject_id=activity.pk).order_by("seq")
    corrected = {row.corrects_id for row in rows if row.corrects_id}
    return [row for row in rows if row.kind in STANDING and row.pk not in corrected]


def _iso(at: dt.datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else None


def _said(data: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if value is not None}
