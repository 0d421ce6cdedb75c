"""What an activity gives: a case for each row of what was found, made when somebody asks for it, once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ronghe.activities.domain.recording import lock
from ronghe.activities.enums import Role, State
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity
from ronghe.activities.queries.facts import activity_facts
from ronghe.casework.domain import By
from ronghe.casework.domain.giving import Giver, give
from ronghe.core.select import Create, Facts, Gives
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation


@dataclass(frozen=True)
class Opening:
    """One thing the activity may give: of which row, under which `key`; `made` once it was."""

    key: str
    kind: str
    name: str
    row: Mapping[str, Any]
    made: Ref | None = None


@dataclass(frozen=True)
class _OneRow:
    """The activity with one row only of what it lists."""

    whole: Facts
    field: str
    row: object

    def get(self, name: str, /) -> object | None:
        return [self.row] if name == self.field else self.whole.get(name)


def openings(activity: Activity) -> list[Opening]:
    """All it may give by its definition and rows, in order, those made already with what was made."""
    gives = definitions.by_edition(activity.edition_id).body.gives
    made = {(one["item"], _plain(one["row"])): (one["type"], one["id"]) for one in activity.gave}
    found = []
    for number, item in enumerate(gives.items if gives else ()):
        if not isinstance(item, Create):
            continue
        rows = activity.values.get(item.for_each.head) or [] if item.for_each else [{}]
        for index, row in enumerate(rows):
            told = made.get((number, _plain(row)))
            found.append(Opening(f"{number}-{index}", item.kind, item.name, row, told))
    return found


def follow_up(activity_id: int, by: By, *, keys: Collection[str] | None = None) -> list[Ref]:
    """Make what is asked for by `keys` (None: all), what was made already left as it is; give what is new.

    Raises DomainError `not-yours`, `not-held` and what the new things refuse; then nothing was made.
    """
    with transaction.atomic():
        activity = lock(activity_id, by)
        if activity.state != State.HELD:
            raise DomainError("not-held", "活动登记为已开展以后，才能转办发现的问题。")
        wanted = [one for one in openings(activity) if one.made is None and (keys is None or one.key in keys)]
        new = [(one, ref) for one in wanted for ref in _make(activity, one, by)]
        activity.gave = [
            *activity.gave,
            *(
                {"item": int(one.key.split("-")[0]), "row": one.row, "type": ref[0], "id": ref[1]}
                for one, ref in new
            ),
        ]
        activity.save(update_fields=["gave"])
        return [ref for _, ref in new]


def _make(activity: Activity, opening: Opening, by: By) -> list[Ref]:
    item_no, row_no = map(int, opening.key.split("-"))
    body = definitions.by_edition(activity.edition_id).body
    item = body.gives.items[item_no]
    facts: Facts = activity_facts(activity)
    if item.for_each is not None:
        typed = (body.form.typed(activity.values) if body.form else {}).get(item.for_each.head)
        row = typed[row_no] if isinstance(typed, list) else opening.row
        facts = _OneRow(facts, item.for_each.head, row)
    about = [(side.type, side.ref) for side in activity.sides.filter(role=Role.ABOUT).order_by("pk")]
    unit = next((ref for type_, ref in about if type_ == "organisation"), None)
    giver = Giver(
        facts=facts,
        source=("activity", activity.pk),
        actor=by.actor,
        at=by.at,
        origin=by.origin,
        organisation=activity.organisation,
        about=Organisation.objects.filter(pk=unit).first() if unit else None,
        thing=next((ref for ref in about if ref[0] != "organisation"), None),
    )
    return give(Gives((item,)), giver)


def _plain(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))
