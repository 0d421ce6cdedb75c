"""Who does a step: the definition's selectors, asked of the organisations of the day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ronghe.casework.domain.course import Holder
from ronghe.casework.domain.facts import ROW, CaseFacts, RowFacts
from ronghe.casework.domain.record import CaseRecord
from ronghe.core.procedure import Limits, Parallel, Step
from ronghe.core.select import Choice, FirstOf, Kinds, ListRef, Name, Path, PathRef
from ronghe.core.worktime import Limit, Unit
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import ref_of
from ronghe.organisations import queries as organisations
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, PostFacts, line_facts

TRIAGE = "triage"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class SelectorRouting:
    """Routing by selectors. Never routes a case to the unit complained of (`about_unit`)."""

    facts: CaseFacts
    on: dt.date
    extra: dict[str, object] = field(default_factory=dict)

    def holder(self, record: CaseRecord, step: Step, path: tuple[str, ...]) -> Holder:
        """The first unit the step's `by` finds; nobody found: the triage desk, so that nothing lies unseen."""
        facts = self.facts.with_record(record, self.extra, lane=path[-1] if path else "")
        found = self._find(step.by, facts) if step.by is not None else self._running(facts)
        barred = organisations.with_successor(self.facts.about_unit)
        if found is None or (found.organisation and found.organisation in barred):
            return self.triage()
        return found

    def _running(self, facts: CaseFacts) -> Holder | None:
        """Who answers for a step that something else does: the responsible unit, else that of who opened the case."""
        return _first_unit([facts.get("responsible")]) or _first_unit([facts.get("opener")])

    def whom(self, record: CaseRecord, by: Choice) -> Holder | None:
        """Whom a selector means for the case as it stands; None: nobody."""
        return self._find(by, self.facts.with_record(record, self.extra))

    def lanes(self, record: CaseRecord, parallel: Parallel) -> Sequence[str]:
        """One lane per member of the path the parallel goes over, by id or by its text."""
        if not isinstance(parallel.over, Path):
            return ()
        found = parallel.over.resolve(self.facts.with_record(record, self.extra))
        return [_lane(item) for item in found]

    def limit(self, record: CaseRecord, limit: Limit | Path | Limits | None) -> Limit | None:
        """A limit as written, or read from the case or what it is about; of two the promised one binds the unit."""
        if isinstance(limit, Limits):
            return self.limit(record, limit.promised) or self.limit(record, limit.legal)
        if isinstance(limit, Path):
            found = limit.resolve(self.facts.with_record(record, self.extra))
            return _length(str(found[0]), self.on) if found else None
        return limit

    def triage(self) -> Holder:
        """The triage desk: whichever unit has a post with the power to triage."""
        for loaded in definitions.live("post", self.on):
            if TRIAGE in loaded.body.may:
                for unit in organisations.with_post(loaded.body.code, self.on):
                    return Holder(unit.organisation.pk, loaded.body.code, triage=True)
        return Holder(None, triage=True)

    def _find(self, by: Choice, facts: CaseFacts) -> Holder | None:
        match by:
            case FirstOf(options):
                return next((found for option in options if (found := self._find(option, facts))), None)
            case Name(text):
                return self._named(text, facts)
            case PathRef(path):
                return _first_unit(path.resolve(facts))
            case Kinds("organisation", name, where):
                units = organisations.of_kind(name, self.on)
                return _first_unit(
                    [unit for unit in units if where is None or where.matches(Beside(unit, facts))]
                )
            case Kinds("post", name, where):
                units = organisations.with_post(name, self.on)
                found = _first_unit(
                    [unit for unit in units if where is None or where.matches(Beside(unit, facts))]
                )
                return Holder(found.organisation, name) if found else None
            case ListRef(name):
                line = next(
                    (
                        line
                        for value in facts.values.values()
                        if (line := line_facts(name, str(value), self.on))
                    ),
                    None,
                )
                return _first_unit([line.get("unit")]) if line else None
            case _:
                return None

    def _named(self, text: str, facts: CaseFacts) -> Holder | None:
        if text == "requester":
            return Holder(None, "requester")
        found = _first_unit(Path.parse(text).resolve(facts))
        if found:
            return found
        if text == TRIAGE:
            return self.triage()
        posted = definitions.find("post", text, self.on)
        if posted is not None:
            units = organisations.with_post(text, self.on)
            found = _first_unit(list(units))
            return Holder(found.organisation, text, TRIAGE in posted.body.may) if found else None
        return _first_unit(
            [organisations.organisation_facts(text, self.on), *organisations.of_kind(text, self.on)]
        )


@dataclass(frozen=True)
class Beside:
    """A candidate's own facts first, the case's where the candidate has none (`district: about.district`)."""

    candidate: OrganisationFacts
    case: CaseFacts

    def get(self, name: str, /) -> object | None:
        own = self.candidate.get(name)
        return own if own is not None else self.case.get(name)


def _lane(member: object) -> str:
    """What a lane over something is called: a unit by its id, a row by its place, the rest by its text."""
    if isinstance(member, OrganisationFacts):
        return str(member.organisation.pk)
    if isinstance(member, RowFacts):
        return f"{ROW}{member.lane}"
    ref = ref_of(member)
    return f"{ref[0]}-{ref[1]}" if ref else str(member)


def _length(text: str, since: dt.date) -> Limit:
    """A length as it is written, or the days until the day that is named; a day gone by means today."""
    if _DAY.fullmatch(text):
        return Limit(max((dt.date.fromisoformat(text) - since).days, 0), Unit.DAY)
    return Limit.parse(text)


def _sitting(item: object) -> object:
    """The unit behind a person, a post, or a row that names one."""
    if isinstance(item, RowFacts):
        return item.unit()
    return item.get("organisation") if isinstance(item, PersonFacts | PostFacts) else item


def _first_unit(found: Sequence[object]) -> Holder | None:
    """The first unit found, a person standing for the unit where they sit."""
    sitting = [_sitting(item) for item in found]
    units = [unit for item in sitting for unit in (item if isinstance(item, list) else [item])]
    unit = next((item for item in units if isinstance(item, OrganisationFacts)), None)
    return Holder(unit.organisation.pk) if unit else None
