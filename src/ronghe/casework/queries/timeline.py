"""What happened to a case, in the order of its ledger; what an applicant sees is the same log, filtered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.enums import Cause, outcome_title, result_title, urging_title
from ronghe.casework.models import Case, Note, Reply, Step
from ronghe.casework.queries.clocks import pause_titles
from ronghe.core.procedure import steps_of
from ronghe.core.worktime import day_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.ledger.entries import kind_of
from ronghe.ledger.models import Entry, Touch
from ronghe.organisations.models import Organisation, Person
from ronghe.rows import Question

# What the requester is shown, and whether the words written at that moment are shown too.
PUBLIC_KINDS: dict[str, bool] = {
    "case.opened": False,
    "case.accepted": False,
    "case.transferred": False,
    "case.returned": False,
    "case.paused": True,
    "case.resumed": False,
    "case.supplemented": True,
    "case.extended": True,
    "case.merged": False,
    "case.split": False,
    "case.reminded": False,
    "case.urged": False,
    "case.answered": True,
    "case.closed": False,
    "case.withdrawn": True,
    "case.reopened": False,
    "clock.recalendared": False,
    "clock.retimed": False,
    "case.moved": True,
}

URGINGS = frozenset({"case.reminded", "case.urged"})
HANDED_ON = frozenset({"case.transferred", "case.returned"})


_ENTRIES = Question(
    lambda case: Entry.objects.filter(subject_type="case", subject_id=case).order_by("seq"), case=int
)
_UNITS = Question(
    lambda units: Organisation.objects.filter(pk__in=units).values_list("pk", "name"), units=tuple
)
_PEOPLE = Question(
    lambda people: Person.objects.filter(pk__in=people).values_list("pk", "name"), people=tuple
)
_GIVERS = Question(
    lambda case: Touch.objects.filter(
        entry__subject_type="case", entry__subject_id=case, role="acting-for"
    ).values_list("entry", "ref"),
    case=int,
)
_DUES = Question(lambda case: Step.objects.filter(case=case).values_list("no", "due"), case=int)
_REPLIES = Question(lambda case: Reply.objects.filter(case=case).values_list("no", "text"), case=int)
_NOTES = Question(lambda case: Note.objects.filter(case=case).values_list("no", "text"), case=int)


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
    entries = _ENTRIES.all(case=case.pk)
    words = _Words.of(case, entries, is_public=is_public)
    return [words.line(entry) for entry in entries if not is_public or is_told(entry)]


def condensed(lines: Sequence[TimelineLine]) -> list[TimelineLine]:
    """The lines as an officer reads them: what one act wrote in two entries is one line, openings of steps are left out."""
    shown = [line for line in lines if line.kind != "step.opened"]
    told: list[TimelineLine] = []
    for line in shown:
        before = told[-1] if told and told[-1].kind == "step.done" and told[-1].at == line.at else None
        if before is None or line.kind not in MERGED:
            told.append(line)
        elif line.kind != "case.accepted":
            told[-1] = replace(
                line, who=before.who, text=line.text or before.text, in_time=before.in_time, step=before.step
            )
    return [_of_step(line) if line.kind == "step.done" else line for line in told]


def _of_step(line: TimelineLine) -> TimelineLine:
    return replace(line, title=line.step, step=line.outcome, outcome="")


MERGED = frozenset({"case.accepted", "case.transferred", "case.returned", "case.answered", "case.drafted"})


def _is_by_officer(entry: Entry) -> bool:
    """Whether an officer filed the case: whose unit the entry does not name, for it names the one that answers."""
    return entry.kind == "case.opened" and entry.actor.startswith("person:")


def _channel(code: str, at: dt.datetime) -> str:
    """How the case came, by the city's list of that day."""
    listed = definitions.find(Kind.LIST, "channels", timezone.localdate(at)) if code else None
    lines = listed.body.lines if listed else ()
    return next((str(line.title) for line in lines if line.code == code), "")


def is_told(entry: Entry) -> bool:
    """Whether the requester is shown an entry of their case."""
    if entry.kind in URGINGS:
        return bool(entry.data["level"])
    if entry.kind in {"clock.recalendared", "clock.retimed"}:
        return "step" not in entry.data
    if entry.kind == "case.moved":
        return "step" not in entry.data and "clock" in entry.data
    own_note = entry.kind == "case.noted" and entry.actor == f"requester:{entry.subject_id}"
    return own_note or entry.kind in PUBLIC_KINDS


def _moved(data: dict[str, Any]) -> str:
    """From which day to which the due date moved; empty where there was none before, or is none now."""
    if "was" not in data or "due" not in data:
        return gettext("不再限定期限") if "was" in data else ""
    days = {name: dt.datetime.fromisoformat(data[name]).date() for name in ("was", "due")}
    if days["was"] == days["due"]:
        hours = {name: dt.datetime.fromisoformat(data[name]).strftime("%H:%M") for name in days}
        return gettext("%(day)s，从 %(was)s 到 %(due)s") % {"day": day_words(days["due"]), **hours}
    return gettext("从%(was)s到%(due)s") % {name: day_words(day) for name, day in days.items()}


def _left(entries: Sequence[Entry]) -> dict[str, Loaded]:
    """The editions the case held to before it was moved to a newer one, by what they are called, the first one first."""
    left = dict.fromkeys(entry.data["edition_was"] for entry in entries if entry.kind == "case.moved")
    return {one.edition.edition: one for one in map(definitions.by_edition, left)}


def _step_titles(editions: Sequence[Loaded]) -> dict[str, str]:
    """What each step is called, by the newest edition that has it."""
    return {placed.step.code: placed.step.title for one in editions for placed in steps_of(one.body.flow)}


def _people(entries: Sequence[Entry]) -> set[int]:
    """Everybody the entries name."""
    people = {int(entry.actor[7:]) for entry in entries if entry.actor.startswith("person:")}
    return people | {entry.data["person"] for entry in entries if "person" in entry.data}


@dataclass(frozen=True)
class _Words:
    """The names and texts the lines need, fetched once. `givers`: for whom the actor of an entry stood in; `left`: the
    editions it held to before.
    """

    case: Case
    is_public: bool
    steps: dict[str, str]
    procedure: Loaded
    left: dict[str, Loaded]
    units: dict[int, str]
    people: dict[int, str]
    givers: dict[int, int]
    replies: dict[int, str]
    notes: dict[int, str]
    due_of_step: dict[int, dt.datetime | None]
    pauses: dict[str, str]
    reasons: dict[dt.datetime, int]

    @classmethod
    def of(cls, case: Case, entries: list[Entry], *, is_public: bool) -> _Words:
        procedure, left = definitions.by_edition(case.edition_id), _left(entries)
        units = {
            unit for entry in entries for unit in (entry.organisation_id, entry.data.get("from")) if unit
        }
        named = {name for entry in entries for name in ("reply", "note") if name in entry.data}
        givers = {} if is_public else dict(_GIVERS.all(case=case.pk))
        people = set() if is_public else _people(entries) | set(givers.values())
        return cls(
            case,
            is_public,
            _step_titles([*left.values(), procedure]),
            procedure,
            left,
            dict(_UNITS.all(units=tuple(units))),
            dict(_PEOPLE.all(people=tuple(people))),
            givers,
            dict(_REPLIES.all(case=case.pk)) if "reply" in named else {},
            dict(_NOTES.all(case=case.pk)) if "note" in named else {},
            {} if is_public else dict(_DUES.all(case=case.pk)),
            pause_titles(case),
            {
                entry.at: entry.data["note"]
                for entry in entries
                if entry.kind == "step.done" and "note" in entry.data
            },
        )

    def line(self, entry: Entry) -> TimelineLine:
        data = entry.data
        due = data.get("due")
        handed_on = entry.kind in HANDED_ON
        unit = data.get("from") if handed_on else None if _is_by_officer(entry) else entry.organisation_id
        return TimelineLine(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            title=self._title(entry),
            who=self._who(entry),
            unit="" if self.is_public and entry.kind in URGINGS else self.units.get(unit or 0, ""),
            step=self.steps.get(entry.code, ""),
            outcome=self._detail(entry),
            text=self._text(entry),
            in_time=self._in_time(entry),
            due=dt.datetime.fromisoformat(due) if due else None,
            data=data,
        )

    def _officer(self, entry: Entry, person: int) -> str:
        """The officer's name, and in whose place they acted (代办)."""
        name, giver = self.people.get(person, ""), self.givers.get(entry.pk)
        if giver is None:
            return name
        return gettext("%(name)s（代%(giver)s）") % {"name": name, "giver": self.people.get(giver, "")}

    def _title(self, entry: Entry) -> str:
        if self.is_public and (told := self._told(entry)):
            return told
        if _is_by_officer(entry) and entry.data.get("channel"):
            return gettext("已代您登记") if self.is_public else gettext("代为登记")
        to = self.units.get(entry.organisation_id or 0) if entry.kind == "case.transferred" else ""
        return gettext("转给%(unit)s") % {"unit": to} if to else str(kind_of(entry.kind).sentence)

    def _told(self, entry: Entry) -> str:
        """How the requester is told what a desk has other words for; empty: as everybody is."""
        match entry.kind:
            case "case.reminded" | "case.urged":
                return gettext("已督办") if entry.data["level"] > 1 else gettext("已催办")
            case "case.merged":
                return gettext("与同类事项并案办理，期限不变")
            case "case.split":
                return gettext("不再并案，单独办理")
            case "case.supplemented":
                return gettext("补充了要的材料")
            case "case.returned":
                return gettext("退回，重新确定由哪个单位办理")
            case _:
                return ""

    def _detail(self, entry: Entry) -> str:
        """What the entry says beside its title: the outcome, the ground of a pause, how long an extension is."""
        data = entry.data
        if "outcome" in data:
            return str(
                outcome_title(data["outcome"], self.left.get(entry.edition, self.procedure), entry.code)
            )
        if entry.kind in {"case.paused", "case.resumed"}:
            return self.pauses.get(data.get("ground", ""), "")
        if entry.kind in {"case.urged", "case.reminded"}:
            return str(urging_title(data["level"]))
        if entry.kind in {"case.extended", "case.extension-asked"}:
            return "，".join(word for word in (data["limit"], data.get("document", "")) if word)
        if entry.kind in {"clock.recalendared", "clock.retimed", "case.moved"}:
            return _moved(data)
        if entry.kind == "case.closed":
            return str(result_title(data["result"], self.procedure))
        if entry.kind == "case.withdrawn":
            return str(Cause(data["cause"]).label) if "cause" in data else ""
        if _is_by_officer(entry):
            return _channel(str(data.get("channel") or ""), entry.at)
        named = entry.kind in {"step.assigned", "step.released"}
        return self.people.get(data.get("person", 0), "") if named else ""

    def _in_time(self, entry: Entry) -> bool | None:
        if entry.kind == "step.done":
            due = self.due_of_step.get(entry.data["step"])
            return None if due is None else entry.at <= due
        kept: bool | None = entry.data.get("in_time")
        return kept

    def _text(self, entry: Entry) -> str:
        if self.is_public and entry.kind == "case.closed" and entry.data["result"] == "declined":
            return self.notes.get(self.reasons.get(entry.at, 0), "")
        if self.is_public and not PUBLIC_KINDS.get(entry.kind, entry.kind == "case.noted"):
            return ""
        if "reply" in entry.data:
            return self.replies.get(entry.data["reply"], "")
        return self.notes.get(entry.data.get("note", 0), "")

    def _who(self, entry: Entry) -> str:
        role, _, ref = entry.actor.partition(":")
        if role == "person":
            return "" if self.is_public else self._officer(entry, int(ref))
        return {"requester": "requester", "system": "system", "import": "import", "demo": "import"}.get(
            role, ""
        )
