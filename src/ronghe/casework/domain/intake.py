"""Cases from a table, old and new, with what happened to them: a batch is checked, written or refused as a whole row.

Idempotent: a row is known by the source it came from and its number there, whatever the file is called and however
often it is sent. A stopped import is continued by running it again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ronghe.casework.domain.bulk import Bulk, Life, life_data
from ronghe.casework.domain.course import Course
from ronghe.casework.domain.filing import Filing, course_for
from ronghe.casework.domain.intake_rows import ANSWERED, COLUMNS, CaseRow, Grades, Reading
from ronghe.casework.domain.record import StepRecord
from ronghe.casework.domain.store import load, lock, save
from ronghe.casework.enums import ACCEPT, CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Reply
from ronghe.core.errors import RongheError
from ronghe.core.procedure import Step
from ronghe.core.tables import Column, Row, Status, Verdict
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.domain.units import TO_BE_FOUNDED, Units, code_from
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Organisation

NAMESPACE = uuid.UUID("6f0c3f0e-8d5f-5b57-9a55-5d0c6c1b7a11")
ORIGIN = "import"
Given = tuple[Case, Mapping[str, Any], dt.datetime]
Rate = Callable[[Sequence[Given]], None]


def submission_of(source: str, number: str) -> uuid.UUID:
    """What makes a row the same case each time it is sent."""
    return uuid.uuid5(NAMESPACE, f"{source}\n{number}")


@dataclass
class CaseIntake:
    """Takes rows in batches; each batch is one transaction.

    `rate` writes the ratings of cases just written, in that transaction (a room above this one knows how). With
    `is_trial` nothing is written and the verdicts are what they would be. Old closed cases stay closed however they
    were rated: the source says they did.
    """

    source: str
    batch: str
    at: dt.datetime
    grades: Grades
    rate: Rate
    may_found: bool = False
    is_trial: bool = False
    columns: tuple[Column, ...] = COLUMNS
    founded: int = 0
    rated: int = 0
    units: Units = field(default_factory=Units)
    _seen: dict[str, int] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _waiting: dict[str, list[CaseRow]] = field(default_factory=lambda: defaultdict(list))
    _next: list[CaseRow] = field(default_factory=list)
    _enterprises: dict[str, Organisation] = field(default_factory=dict)
    _related: dict[str, Case] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        return f"import:{self.batch}"

    def take(self, rows: Sequence[Row]) -> Iterable[Verdict]:
        """One batch. A row that names a case further down (关联编号) gets its verdict when that one is written."""
        reading = Reading(timezone.localtime(self.at), self.grades)
        cases, self._next = [*self._next, *map(reading.read, rows)], []
        return self._take(cases)

    def finish(self) -> Iterable[Verdict]:
        """The rows that still wait: those whose turn has come, then those whose related case never came."""
        verdicts: list[Verdict] = []
        while self._next:
            cases, self._next = self._next, []
            verdicts += self._take(cases)
        for number, cases in self._waiting.items():
            for case in cases:
                message = f"没有找到关联编号“{number}”：库里没有，这份文件里能导入的行也没有。请核对。"
                verdicts.append(Verdict(case.row, Status.REFUSED, {"related": message}))
        self._waiting.clear()
        return verdicts

    def _take(self, cases: Sequence[CaseRow]) -> list[Verdict]:
        for case in cases:
            self._check_twice(case)
        sound = [case for case in cases if not case.reasons]
        with transaction.atomic():
            known = self._known(sound)
            new = [case for case in cases if case.number not in known]
            verdicts = [self._again(known[case.number], case) for case in sound if case.number in known]
            ready = self._with_references(new)
            written = ready if self.is_trial else self._write(ready)
        self._taken.update(case.number for case in written)
        verdicts += [Verdict(case.row, Status.ACCEPTED) for case in written]
        verdicts += [Verdict(case.row, Status.REFUSED, case.reasons) for case in cases if case.reasons]
        for case in (*written, *(case for case in sound if case.number in known)):
            self._next += self._waiting.pop(case.number, [])
        return verdicts

    def _check_twice(self, case: CaseRow) -> None:
        """The first row of a number counts; the same number again is refused, in every run alike."""
        first = self._seen.setdefault(case.number, case.row.number) if case.number else case.row.number
        if first != case.row.number:
            case.reasons["number"] = f"编号与第 {first} 行相同，只导入前一行。请核对编号。"

    def _known(self, cases: Sequence[CaseRow]) -> dict[str, Case]:
        submissions = {submission_of(self.source, case.number): case.number for case in cases}
        found = Case.objects.filter(submission__in=submissions).order_by("pk")
        return {submissions[case.submission]: case for case in found if case.submission}

    def _with_references(self, cases: Sequence[CaseRow]) -> list[CaseRow]:
        """Those whose unit, enterprise and related case are all known; the others are refused or wait."""
        self._enterprises = _enterprises(cases)
        for case in cases:
            if case.credit_code and case.credit_code not in self._enterprises:
                case.reasons["credit_code"] = f"没有登记过“{case.credit_code}”这家企业，请先导入企业。"
            if case.opened is not None:
                self._find_unit(case)
        self._related = self._related_to(cases)
        ready = []
        for case in cases:
            if case.reasons:
                continue
            if case.related and not self._is_there(case.related):
                self._waiting[case.related].append(case)
            else:
                ready.append(case)
        return ready

    def _is_there(self, number: str) -> bool:
        return number in self._related or (self.is_trial and number in self._taken)

    def _find_unit(self, case: CaseRow) -> None:
        if not case.unit:
            return
        try:
            self.units.find(case.unit, case.day)
        except OrganisationError as error:
            if not (self.may_found and error.code == "unknown-organisation"):
                case.reasons["unit"] = error.message
            elif not case.reasons:
                self._found(case)

    def _found(self, case: CaseRow) -> None:
        self.founded += 1
        if self.is_trial:
            self.units.add(case.unit, code_from(case.unit), TO_BE_FOUNDED)
        else:
            self.units.found(case.unit, case.day, actor=self.actor, at=self.at)

    def _related_to(self, cases: Sequence[CaseRow]) -> dict[str, Case]:
        """Number there or here → the case."""
        numbers = {case.related for case in cases if case.related}
        if not numbers:
            return {}
        ours = Q(source=self.source, source_number__in=numbers) | Q(number__in=numbers)
        found = Case.objects.filter(ours).order_by("pk")
        return {case.number: case for case in found} | {
            case.source_number: case for case in found if case.source == self.source
        }

    def _write(self, cases: Sequence[CaseRow]) -> list[CaseRow]:
        bulk = Bulk(ORIGIN, self.batch)
        lived: list[tuple[CaseRow, Life]] = []
        for case in cases:
            begun = len(bulk.lives)
            try:
                lived.append((case, self._live(bulk, case)))
            except RongheError as error:
                del bulk.lives[begun:]
                case.reasons[""] = error.message
        if lived:
            bulk.flush()
        ratings = [(life.case, case.grade, case.rated) for case, life in lived if case.grade and case.rated]
        if ratings:
            self.rate(ratings)
            self.rated += len(ratings)
        return [case for case, _ in lived]

    def _live(self, bulk: Bulk, case: CaseRow) -> Life:
        """What the source says happened, and nothing else: a closed case claims no steps."""
        assert case.procedure is not None  # noqa: S101 - rows without one were refused
        assert case.opened is not None  # noqa: S101
        filing = Filing(
            values=case.values,
            channel=case.channel,
            contact=case.contact,
            about=self._enterprises.get(case.credit_code),
            related=self._related.get(case.related),
            source=self.source,
            source_number=case.number,
            title=case.title,
        )
        submission = submission_of(self.source, case.number)
        life = bulk.begin(case.procedure, filing, at=case.opened, actor=self.actor, submission=submission)
        unit = self.units.find(case.unit, case.day) if case.unit else None
        if case.closed is not None:
            life.course.file_closed(responsible=unit, **life_data(life))
        else:
            life.course.open(responsible=unit, **life_data(life))
        self._play(life.course, case, life.reply)
        return life

    def _play(self, course: Course, case: CaseRow, write_reply: Callable[[str], int]) -> None:
        """Let happen what the row tells and the record does not know yet."""
        record = course.record
        if case.accepted is not None and record.accepted_at is None:
            course.by(self.actor, case.accepted)
            step = record.open_steps[0] if record.open_steps else None
            if step is not None and record.responsible is not None and ACCEPT in _outcomes(course, step):
                course.complete(step.no, ACCEPT)
            else:
                course.accept()
        if case.answered is not None and record.answered_at is None:
            course.by(self.actor, case.answered)
            course.answer(write_reply(case.reply))
        if case.closed is not None:
            course.by(self.actor, case.closed).close(case.result or ANSWERED)

    def _again(self, known: Case, row: CaseRow) -> Verdict:
        """A row sent before. What it tells beyond that is taken over while the case is open and untouched here."""
        newer = [
            at
            for at, ours in (
                (row.accepted, known.accepted_at),
                (row.answered, known.answered_at),
                (row.closed, known.closed_at),
            )
            if at is not None and ours is None
        ]
        entries = Entry.objects.filter(subject_type="case", subject_id=known.pk)
        if not newer or known.state != CaseState.OPEN or entries.exclude(origin=ORIGIN).exists():
            return Verdict(row.row, Status.ALREADY)
        if self.is_trial:
            return Verdict(row.row, Status.UPDATED)
        try:
            with transaction.atomic():
                self._go_on(lock(known.pk), row, entries.order_by("-seq")[0].at)
        except RongheError as error:
            return Verdict(row.row, Status.REFUSED, {"": error.message})
        return Verdict(row.row, Status.UPDATED)

    def _go_on(self, case: Case, row: CaseRow, last: dt.datetime) -> None:
        course = course_for(
            case, definitions.by_edition(case.edition_id), record=load(case), origin=ORIGIN, batch=self.batch
        )
        replies: list[Reply] = []

        def write_reply(text: str) -> int:
            record = course.record
            number = record.replies + 1
            unit = record.responsible
            replies.append(
                Reply(
                    case=case,
                    no=number,
                    round=record.round,
                    text=text,
                    at=course.at,
                    sent_at=course.at,
                    actor=course.actor,
                    organisation_id=unit,
                )
            )
            return number

        self._play(course, row, write_reply)
        if course.entries[0].at < last:
            raise DomainError("before-last-act", "有一处时间早于已导入的记录，没有更新。请核对日期。")
        Reply.objects.bulk_create(replies)
        save(case, course)
        if row.grade and row.rated:
            self.rate([(case, row.grade, row.rated)])
            self.rated += 1


def _outcomes(course: Course, step: StepRecord) -> Collection[str]:
    node = course.terms.flow.at(step.path).node(step.code)
    return node.outcomes if isinstance(node, Step) else ()


def _enterprises(cases: Sequence[CaseRow]) -> dict[str, Organisation]:
    codes = {case.credit_code for case in cases if case.credit_code}
    found = Organisation.objects.filter(credit_code__in=codes).order_by("pk") if codes else ()
    return {str(unit.credit_code): unit for unit in found}
