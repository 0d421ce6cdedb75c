"""What happened to a case, in the order of its ledger; what an applicant sees is the same log, filtered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from ronghe.casework.enums import outcome_title
from ronghe.casework.models import Case, Note, Reply
from ronghe.core.procedure import steps_of
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.ledger.entries import kind_of
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import entries_of
from ronghe.organisations.models import Organisation, Person

# What the requester is shown, and whether the words written at that moment are shown too.
PUBLIC_KINDS: dict[str, bool] = {
    "case.opened": False,
    "case.accepted": False,
    "case.transferred": False,
    "case.paused": True,
    "case.resumed": False,
    "case.extended": True,
    "case.answered": True,
    "case.closed": False,
    "case.withdrawn": True,
    "case.reopened": False,
}


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened: who (already worded), what, when, and the words written then."""

    seq: int
    at: dt.datetime
    kind: str
    title: str
    who: str
    unit: str
    step: str
    outcome: str
    text: str
    in_time: bool | None
    due: dt.datetime | None
    data: dict[str, Any] = field(default_factory=dict)


def timeline(case: Case, *, is_public: bool = False) -> list[TimelineLine]:
    """The case's entries as lines, oldest first; `is_public`: what the requester sees, no names of officers."""
    entries = [entry for entry in entries_of(("case", case.pk)) if not is_public or _is_shown(entry, case)]
    words = _Words.of(case, entries, is_public=is_public)
    return [words.line(entry) for entry in entries]


def _is_shown(entry: Entry, case: Case) -> bool:
    own_note = entry.kind == "case.noted" and entry.actor == f"requester:{case.pk}"
    return own_note or entry.kind in PUBLIC_KINDS


@dataclass(frozen=True)
class _Words:
    """The names and texts the lines need, fetched once."""

    case: Case
    is_public: bool
    steps: dict[str, str]
    procedure: Loaded
    units: dict[int, str]
    people: dict[int, str]
    replies: dict[int, str]
    notes: dict[int, str]

    @classmethod
    def of(cls, case: Case, entries: list[Entry], *, is_public: bool) -> _Words:
        procedure = definitions.by_edition(case.edition_id)
        units = {entry.organisation_id for entry in entries} | {entry.data.get("from") for entry in entries}
        people = {int(entry.actor[7:]) for entry in entries if entry.actor.startswith("person:")}
        people |= {entry.data["person"] for entry in entries if "person" in entry.data}
        return cls(
            case,
            is_public,
            {placed.step.code: placed.step.title for placed in steps_of(procedure.body.flow)},
            procedure,
            dict(Organisation.objects.filter(pk__in=units - {None}).values_list("pk", "name")),
            dict(Person.objects.filter(pk__in=people).values_list("pk", "name")),
            dict(Reply.objects.filter(case=case).values_list("no", "text")),
            dict(Note.objects.filter(case=case).values_list("no", "text")),
        )

    def line(self, entry: Entry) -> TimelineLine:
        data = entry.data
        due = data.get("due")
        return TimelineLine(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            title=str(kind_of(entry.kind).sentence),
            who=self._who(entry.actor),
            unit=self.units.get(entry.organisation_id or 0, ""),
            step=self.steps.get(entry.code, ""),
            outcome=str(outcome_title(data["outcome"], self.procedure, entry.code)) if "outcome" in data else "",
            text=self._text(entry),
            in_time=data.get("in_time"),
            due=dt.datetime.fromisoformat(due) if due else None,
            data=data,
        )

    def _text(self, entry: Entry) -> str:
        if self.is_public and not PUBLIC_KINDS.get(entry.kind, entry.kind == "case.noted"):
            return ""
        if "reply" in entry.data:
            return self.replies.get(entry.data["reply"], "")
        return self.notes.get(entry.data.get("note", 0), "")

    def _who(self, actor: str) -> str:
        role, _, ref = actor.partition(":")
        if role == "person":
            return "" if self.is_public else self.people.get(int(ref), "")
        return {"requester": "requester", "system": "system", "import": "import", "demo": "import"}.get(role, "")
