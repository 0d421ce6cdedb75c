"""A case as the notation sees it: roles, the values of its form with what their lists say, and what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ronghe.casework.domain.record import CaseRecord
from ronghe.core.forms import FieldType, Form
from ronghe.definitions.things import Ref, facts_of
from ronghe.organisations.models import Person
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, line_facts, organisation_facts


@dataclass(frozen=True)
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

    def get(self, name: str, /) -> object | None:
        if name == "form":
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
        return self._value(name)

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
            **(extra or {}),
        }
        return replace(self, roles=roles)

    def _value(self, name: str) -> object | None:
        value = self.values.get(name)
        known = next((item for item in self.form.fields if item.code == name), None) if self.form else None
        if value is None or known is None:
            return value
        if known.type is FieldType.REFERENCE:
            return organisation_facts(str(value), self.on) or value
        return (line_facts(known.source, str(value), self.on) if known.source else None) or value

    def _organisation(self, number: int | None) -> OrganisationFacts | None:
        return organisation_facts(number, self.on) if number else None


def _officer(actor: str, on: dt.date) -> PersonFacts | None:
    """The officer who acted, when it was one."""
    kind, _, number = actor.partition(":")
    person = Person.objects.filter(pk=number).first() if kind == "person" else None
    return PersonFacts(person, on) if person else None
