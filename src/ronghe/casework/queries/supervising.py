"""督办台: what is overdue, who was told, what they said, what happens next."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case as Choose, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from ronghe.casework.enums import CaseState
from ronghe.casework.managers import CaseQuerySet
from ronghe.casework.models import Case, Note, Step
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.escalations import SUPERVISE, Dues, Rule, escalations_at, rules_of, with_sooner
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.listing import NOBODY
from ronghe.casework.queries.worklist import step_title
from ronghe.core.select import Create
from ronghe.core.worktime import Calendar, Light
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Person
from ronghe.organisations.queries import Powers

SILENT, EXPLAINED, SUPERVISED, TODAY = "silent", "explained", "supervised", "today"
GROUPS = (SILENT, EXPLAINED, SUPERVISED, TODAY)
LATE = (SILENT, EXPLAINED, SUPERVISED)
CALLS = ("case.reminded", "case.urged")
SAID, AGAIN = "case.explained", "case.reopened"


@dataclass(frozen=True)
class Sought:
    """Which cases are looked for. `unit`: an organisation's code or `NOBODY`; `level`: 0, 1 or 2 in figures."""

    group: str = ""
    unit: str = ""
    kind: str = ""
    level: str = ""


def watched(powers: Powers, now: dt.datetime, calendar: Calendar) -> CaseQuerySet:
    """The visible open cases that are overdue, in a step or as a whole, supervised, or due today; each with its `group`.

    Explained is what was said after the last time somebody urged.
    """
    local = calendar.local(now)
    tomorrow = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), calendar.zone)
    steps = Step.objects.filter(done_at=None, due__lt=tomorrow).values("case")
    near = Q(due__lt=tomorrow) | Q(pk__in=steps) | Q(urged__gte=SUPERVISE)
    cases = Case.objects.visible_with(powers).filter(near, state=CaseState.OPEN, merged_into=None)
    late = Q(paused_at=None, sooner__lt=now) | Q(paused_at__isnull=False, due__lt=F("paused_at"))
    group = Choose(
        When(urged__gte=SUPERVISE, then=Value(SUPERVISED)),
        When(late & Q(said__gt=F("called")), then=Value(EXPLAINED)),
        When(late, then=Value(SILENT)),
        When(paused_at=None, sooner__lt=tomorrow, then=Value(TODAY)),
        default=Value(""),
        output_field=CharField(),
    )
    found: CaseQuerySet = (
        with_sooner(cases)
        .annotate(said=_last_seq([SAID]), called=Coalesce(_last_seq([*CALLS, AGAIN]), 0))
        .annotate(group=group)
        .exclude(group="")
    )
    return found


def _last_seq(kinds: Sequence[str]) -> Subquery:
    entries = Entry.objects.filter(subject_type="case", subject_id=OuterRef("pk"), kind__in=kinds)
    return Subquery(entries.order_by("-seq").values("seq")[:1])


def sought(cases: CaseQuerySet, wanted: Sought) -> CaseQuerySet:
    """The watched cases that are looked for, the longest overdue first."""
    if wanted.group:
        cases = cases.filter(group=wanted.group)
    if wanted.kind:
        cases = cases.filter(procedure=wanted.kind)
    if wanted.level:
        cases = cases.filter(urged=int(wanted.level))
    if wanted.unit:
        code = None if wanted.unit == NOBODY else wanted.unit
        cases = cases.filter(responsible__code=code) if code else cases.filter(responsible=None)
    found: CaseQuerySet = cases.with_units().order_by(F("sooner").asc(nulls_last=True), "pk")
    return found


@dataclass(frozen=True)
class UnitRow:
    """One unit and how many cases it has in each group."""

    code: str
    name: str
    counts: Mapping[str, int]

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(self.counts.get(group, 0) for group in LATE)

    def cells(self) -> list[tuple[str, int]]:
        """The counts in the order of `GROUPS`."""
        return [(group, self.counts.get(group, 0)) for group in GROUPS]


@dataclass(frozen=True)
class Tally:
    """How many watched cases there are, by group, unit, kind and level; one query."""

    rows: Sequence[tuple[str, str, str, str, str, int, int]]

    @classmethod
    def of(cls, cases: CaseQuerySet) -> Tally:
        """Count them."""
        names = ("group", "responsible__code", "responsible__name", "procedure", "edition__title", "urged")
        counted = cases.order_by().values_list(*names).annotate(n=Count("pk"))
        return cls([(row[0], row[1] or NOBODY, row[2] or "", *row[3:]) for row in counted])

    def groups(self, wanted: Sought) -> dict[str, int]:
        """Group → how many of what is looked for, whichever group was asked for."""
        counts: Counter[str] = Counter()
        for group, unit, _name, kind, _title, level, n in self.rows:
            kept = (
                wanted.unit in {"", unit},
                wanted.kind in {"", kind},
                wanted.level in {"", str(level)},
            )
            counts[group] += n if all(kept) else 0
        return {group: counts[group] for group in GROUPS}

    @cached_property
    def units(self) -> list[UnitRow]:
        """Every unit that has one, those with most overdue first."""
        found: dict[str, UnitRow] = {}
        for group, unit, name, _kind, _title, _level, n in self.rows:
            counts = found.setdefault(unit, UnitRow(unit, name, Counter())).counts
            counts[group] += n  # type: ignore[index]
        return sorted(found.values(), key=lambda one: (-one.late, -one.counts.get(TODAY, 0), one.name))

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        """Procedure → its title."""
        return sorted({kind: title for _g, _u, _n, kind, title, _l, _c in self.rows}.items())


@dataclass(frozen=True)
class Call:
    """One time somebody was told: by the clock (`by` empty) or by a person, at which level, whom, with which words."""

    at: dt.datetime
    level: int
    by: str
    told: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Said:
    """What the unit said last."""

    at: dt.datetime
    by: str
    text: str


@dataclass(frozen=True)
class Wait:
    """One open step: what it is, on whom it waits, and how late it is by itself (empty: it is not)."""

    title: str
    unit: str
    person: str
    late: str


@dataclass(frozen=True)
class Watch:
    """One case of the board: of this round who was told, what was said last, what comes next and when."""

    case: Case
    light: Light
    sentence: str
    waits: tuple[Wait, ...] = ()
    calls: tuple[Call, ...] = ()
    said: Said | None = None
    next: tuple[Rule, dt.datetime] | None = None
    supervision: Case | None = None
    stands: tuple[str, str] = ("", "")

    @property
    def last(self) -> Call | None:
        """The last call that reached somebody, else the last."""
        return next(
            (call for call in reversed(self.calls) if call.told), self.calls[-1] if self.calls else None
        )


def watches(cases: Iterable[Case], powers: Powers, now: dt.datetime, calendar: Calendar) -> list[Watch]:
    """What the board says of cases that came from `watched`; a fixed number of queries."""
    found = list(cases)
    ids = [case.pk for case in found]
    heard, waits, lights = _heard(ids), _waits(found, now, calendar), lights_at(now, calendar)
    opened = _supervisions(ids, powers, calendar.local(now).date())
    rules = escalations_at(now, calendar)
    rows = []
    for case in found:
        calls, said = heard.get(case.pk, ((), None))
        dues = Dues(case.due, getattr(case, "step_due", None))
        following = None if case.paused_at else rules.following(case.procedure, dues, case.reminded)
        supervision, stands = opened.get(case.pk, (None, ("", "")))
        own, light = tuple(waits.get(case.pk, ())), lights.light(case, dues.sooner)
        told = _told(case, own, now, calendar)
        rows.append(Watch(case, light, told, own, calls, said, following, supervision, stands))
    return rows


def _told(case: Case, waits: Iterable[Wait], now: dt.datetime, calendar: Calendar) -> str:
    """The clock in words: the case's own, after that of a step which is late while the case is not."""
    whole = sentence_of(case, now, calendar)
    late = next((wait for wait in waits if wait.late), None)
    if late is None or (case.due is not None and case.due < (case.paused_at or now)):
        return whole
    words = {"step": late.title, "late": late.late, "whole": whole or gettext("不计时限")}
    return gettext("“%(step)s”环节%(late)s；整件%(whole)s") % words


def _waits(cases: Iterable[Case], now: dt.datetime, calendar: Calendar) -> dict[int, list[Wait]]:
    """Case → its open steps; one query."""
    by_id = {case.pk: case for case in cases}
    steps = Step.objects.filter(case__in=by_id, done_at=None).select_related("holder", "assignee")
    found: dict[int, list[Wait]] = defaultdict(list)
    for step in steps.order_by("no"):
        step.case = case = by_id[step.case_id]
        is_late = step.due is not None and step.due < (case.paused_at or now)
        late = sentence_of(step, now, calendar) if is_late else ""
        person = str(step.assignee or "")
        found[case.pk].append(Wait(step_title(step), str(step.holder or ""), person, late))
    return found


def _heard(ids: Collection[int]) -> dict[int, tuple[tuple[Call, ...], Said | None]]:
    """Case → the calls of its round and what was said last; four queries."""
    entries = list(
        Entry.objects.filter(subject_type="case", subject_id__in=ids, kind__in=[*CALLS, SAID, AGAIN])
        .order_by("subject_id", "seq")
        .prefetch_related("touches")
    )
    words = _words(entries)
    names = _names(entries)
    calls: dict[int, list[Call]] = defaultdict(list)
    said: dict[int, Said] = {}
    for entry in entries:
        case, by = entry.subject_id, names.get(entry.actor, "")
        text = words.get((case, entry.data.get("note", 0)), "")
        if entry.kind == AGAIN:
            calls.pop(case, None)
            said.pop(case, None)
        elif entry.kind == SAID:
            said[case] = Said(entry.at, by, text)
        else:
            told = (
                names.get(f"person:{touch.ref}", "") for touch in entry.touches.all() if touch.role == "told"
            )
            people = tuple(name for name in told if name)
            calls[case].append(Call(entry.at, entry.data["level"], by, people, text))
    return {case: (tuple(calls[case]), said.get(case)) for case in {*calls, *said}}


def _words(entries: Iterable[Entry]) -> dict[tuple[int, int], str]:
    noted = [(entry.subject_id, entry.data["note"]) for entry in entries if entry.data.get("note")]
    rows = Note.objects.filter(case__in={case for case, _no in noted}, no__in={no for _case, no in noted})
    return {(case, no): text for case, no, text in rows.values_list("case", "no", "text")}


def _names(entries: Iterable[Entry]) -> dict[str, str]:
    """`person:12` → the name."""
    actors = {entry.actor for entry in entries}
    ids = {int(actor[7:]) for actor in actors if actor.startswith("person:")}
    ids |= {touch.ref for entry in entries for touch in entry.touches.all() if touch.role == "told"}
    return {f"person:{pk}": name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def _supervisions(
    ids: Collection[int], powers: Powers, on: dt.date
) -> dict[int, tuple[Case, tuple[str, str]]]:
    """Case → the open case about it that a rule gave, and where that stands (step, unit); two queries."""
    codes = {
        item.name
        for rules in rules_of(on).values()
        for rule in rules
        for item in (rule.gives.items if rule.gives else ())
        if isinstance(item, Create) and item.kind == "procedure"
    }
    about = Case.objects.visible_with(powers).filter(
        related__in=ids, procedure__in=codes, state=CaseState.OPEN
    )
    found = {case.pk: case for case in about.with_units().order_by("pk")}
    steps: QuerySet[Step] = Step.objects.filter(case__in=found, done_at=None).select_related("holder")
    stands: dict[int, tuple[str, str]] = {}
    for step in steps.order_by("no"):
        step.case = found[step.case_id]
        stands[step.case_id] = (step_title(step), str(step.holder or ""))
    return {
        case.related_id: (case, stands.get(pk, ("", ""))) for pk, case in found.items() if case.related_id
    }


@dataclass(frozen=True)
class Urged:
    """A case of one's own units that was urged, and whether they said how it stands since."""

    case: Case
    is_said: bool


def urged_here(powers: Powers, most: int) -> list[Urged]:
    """The open cases of the units somebody leads that were urged, the longest overdue first; one query."""
    led = powers.scope("lead")
    held = Step.objects.filter(holder__in=led, done_at=None).values("case")
    mine = Q(responsible__in=led) | Q(pk__in=held)
    cases = Case.objects.visible_with(powers).filter(mine, state=CaseState.OPEN, urged__gte=1)
    rows = with_sooner(cases.filter(merged_into=None)).annotate(
        said=_last_seq([SAID]), called=Coalesce(_last_seq([*CALLS, AGAIN]), 0)
    )
    found = rows.with_units().order_by(F("sooner").asc(nulls_last=True), "pk")[:most]
    return [Urged(case, (case.said or 0) > case.called) for case in found]
