"""A case as the notation sees it: roles, the values of its form with what their lists say, and what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ronghe.casework.domain.record import CaseRecord
from ronghe.core.forms import FieldType, Form
from ronghe.definitions.things import Ref, facts_of, ref_of
from ronghe.organisations.models import Person
from ronghe.organisations.queries import (
    OrganisationFacts,
    PersonFacts,
    line_facts,
    organisation_facts,
    reference_facts,
)

TYPED = frozenset({FieldType.NUMBER, FieldType.MONEY, FieldType.DATE})
ROW = "row-"
"""How the names of lanes begin that were opened for the rows of a form."""


@dataclass(frozen=True)
class RowFacts:
    """One row of a form, its answers as facts; `lane` names it among the rows of its case."""

    form: Form | None
    values: Mapping[str, Any]
    on: dt.date
    lane: str = ""

    def get(self, name: str, /) -> object | None:
        field = self.form.get(name) if self.form else None
        value = self.values.get(name)
        if field is None or value is None:
            return value
        if field.type is FieldType.REFERENCE:
            return reference_facts(field.kind, value, self.on) or value
        line = line_facts(field.source, str(value), self.on) if field.source else None
        return line or Form((field,)).typed(self.values).get(name)

    def unit(self) -> object | None:
        """The unit the row names."""
        found = (self.get(field.code) for field in (self.form.fields if self.form else ()))
        return next((one for one in found if isinstance(one, OrganisationFacts)), None)


@dataclass(frozen=True, eq=False)
class CaseFacts:
    """What `by`, `where` and paths may ask of a case on a day; a field that names a unit gives the unit."""

    form: Form | None
    values: Mapping[str, Any]
    on: dt.date
    about: int | None = None
    about_unit: int | None = None
    roles: Mapping[str, Any] = field(default_factory=dict)
    opener: str = ""
    related: CaseFacts | None = None
    thing: Ref | None = None
    number: int = 0
    ran: tuple[Ref, ...] = ()
    step_forms: tuple[Form, ...] = ()

    @property
    def ref(self) -> Ref | None:
        return ("case", self.number) if self.number else None

    def __eq__(self, other: object) -> bool:
        return self is other or (self.number > 0 and ref_of(other) == self.ref)

    def __hash__(self) -> int:
        return hash(self.ref) if self.number else id(self)

    def get(self, name: str, /) -> object | None:
        if name in {"form", "case"}:
            return self
        if name == "today":
            return self.on
        if name == "about" and self.related is not None:
            return self.related
        if name == "about" and self.thing is not None:
            return facts_of(self.thing, self.on)
        if name in {"about", "requester"}:
            return self._organisation(self.about)
        if name == "about-unit":
            return self._organisation(self.about_unit)
        if name == "opener":
            return _officer(self.opener, self.on)
        if name in self.roles:
            found: object = self.roles[name]
            return found
        value = self._value(name)
        return self._ran(name) if value is None else value

    def with_record(
        self, record: CaseRecord, extra: Mapping[str, object] | None = None, *, lane: str = ""
    ) -> CaseFacts:
        """The same facts with the roles the record fills."""
        lane_unit = self._organisation(int(lane)) if lane.isdigit() else None
        responsible = self._organisation(record.responsible)
        roles = {
            "responsible": responsible,
            "first-receiver": self._organisation(record.first_receiver),
            "holder": responsible,
            "chosen": [self._organisation(int(unit)) for unit in record.chosen],
            "lane": lane_unit or lane or None,
            "state": record.state,
            "result": record.result,
            "round": record.round,
            "step": [step.code for step in record.open_steps],
            "at": record.opened_at,
            **(extra or {}),
        }
        if lane.startswith(ROW):
            roles["lane"] = self._row(lane)
        ran = tuple((step.run_type, step.run_id) for step in record.steps if step.run_id is not None)
        return replace(self, roles=roles, ran=ran)

    def _row(self, lane: str) -> RowFacts | None:
        """The row a lane was opened for: `row-measures-2`, the second of 措施."""
        code, _, number = lane.removeprefix(ROW).rpartition("-")
        rows = self._value(code)
        return rows[int(number) - 1] if isinstance(rows, list) and int(number) <= len(rows) else None

    def _ran(self, name: str) -> object | None:
        """What ran steps of the case: all of a kind (`bulletin`), or those of one definition by its code."""
        if not self.ran:
            return None
        types = {name, "case"} if name == "procedure" else {name}
        known = [(ref, facts_of(ref, self.on)) for ref in self.ran]
        found = [one for ref, one in known if one and (ref[0] in types or one.get("code") == name)]
        return found or None

    def _value(self, name: str) -> object | None:
        value = self.values.get(name)
        known = next((found for form in self.forms if (found := form.get(name))), None)
        if value is None or known is None:
            return value
        if known.type is FieldType.REFERENCE:
            return reference_facts(known.kind, value, self.on) or value
        if known.type is FieldType.ROWS and isinstance(value, list):
            return [RowFacts(known.form, row, self.on, f"{name}-{no}") for no, row in enumerate(value, 1)]
        if known.type in TYPED:
            return Form((known,)).typed(self.values).get(name)
        return (line_facts(known.source, str(value), self.on) if known.source else None) or value

    @property
    def forms(self) -> tuple[Form, ...]:
        """The form it was filed with and those of its steps."""
        return (*((self.form,) if self.form else ()), *self.step_forms)

    def _organisation(self, number: int | None) -> OrganisationFacts | None:
        return organisation_facts(number, self.on) if number else None


def _officer(actor: str, on: dt.date) -> PersonFacts | None:
    """The officer who acted, when it was one."""
    kind, _, number = actor.partition(":")
    person = Person.objects.filter(pk=number).first() if kind == "person" else None
    return PersonFacts(person, on) if person else None
