"""Many cases at once, for imports and the demonstration city: the same courses, written in a few statements.

What the live path does case by case in one transaction each, `Bulk` does for a batch in one: the entries and rows are
those the live path would have written (a test compares them row for row).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from ronghe.casework.domain.course import Course
from ronghe.casework.domain.filing import (
    REQUESTER,
    Filing,
    course_for,
    named_entries,
    new_case,
    opening_data,
    renumber,
    take_numbers,
)
from ronghe.casework.domain.store import fill, involved_rows, step_rows
from ronghe.casework.models import Case, Involved, Note, Reply, Step
from ronghe.casework.queries.finding import follow_code_of
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.ledger.domain import record_all
from ronghe.organisations.domain import Contact, seal_identities

BATCH = 500


@dataclass
class Life:
    """One case being lived through in memory: act on `course`, write words by `reply` and `note`."""

    procedure: Loaded
    case: Case
    course: Course
    contact: Contact | None
    replies: list[Reply] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def reply(self, text: str, *, is_sent: bool = True) -> int:
        """Write a reply at the course's present time; returns its number for `complete` or `answer`."""
        course = self.course
        number = len(self.replies) + 1
        self.replies.append(
            Reply(
                no=number,
                round=course.record.round,
                text=text,
                at=course.at,
                sent_at=course.at if is_sent else None,
                actor=course.actor,
                organisation_id=course.record.responsible,
            )
        )
        return number

    def send_draft(self) -> int:
        """Mark the last reply as checked and sent by who acts now; returns its number for `complete`."""
        draft = self.replies[-1]
        draft.sent_at, draft.checked_by = self.course.at, self.course.actor
        return draft.no

    def note(self, text: str) -> int:
        """Write a note at the course's present time; returns its number."""
        number = len(self.notes) + 1
        self.notes.append(Note(no=number, text=text, at=self.course.at, actor=self.course.actor))
        return number


@dataclass
class Bulk:
    """A batch of lives. `origin` and `batch` mark every entry."""

    origin: str
    batch: str
    lives: list[Life] = field(default_factory=list)

    def begin(
        self,
        procedure: Loaded,
        filing: Filing,
        *,
        at: dt.datetime,
        actor: str,
        submission: uuid.UUID,
    ) -> Life:
        """A case about to be opened at `at`; the caller goes on with `life.course.open(**life_data(life))`."""
        case = new_case(procedure, filing, f"~{submission}", at=at, submission=submission)
        case.opener = actor
        course = course_for(case, procedure, origin=self.origin, batch=self.batch).by(actor, at)
        life = Life(procedure, case, course, filing.contact)
        self.lives.append(life)
        return life

    @transaction.atomic
    def flush(self) -> list[Case]:
        """Number and write everything begun so far; returns the cases in order. Nothing is half-written."""
        lives, self.lives = self.lives, []
        self._number(lives)
        self._seal(lives)
        Case.objects.bulk_create([fill(life.case, life.course.record) for life in lives], batch_size=BATCH)
        self._name_requesters(lives)
        records = [(life.case.pk, life.course.record) for life in lives]
        Step.objects.bulk_create([row for one in records for row in step_rows(*one)], batch_size=BATCH)
        Involved.objects.bulk_create(
            [row for one in records for row in involved_rows(*one)], batch_size=BATCH
        )
        for model, name in ((Reply, "replies"), (Note, "notes")):
            rows = [row for life in lives for row in getattr(life, name)]
            for life in lives:
                for row in getattr(life, name):
                    row.case_id = life.case.pk
            model.objects.bulk_create(rows, batch_size=BATCH)
        self._record(lives)
        for edition in {life.procedure.edition for life in lives}:
            freeze(edition, at=min(life.case.opened_at for life in lives))
        return [life.case for life in lives]

    def _name_requesters(self, lives: list[Life]) -> None:
        """Put each case's id where its requester acted."""
        opened = [life for life in lives if life.case.opener == REQUESTER]
        for life in opened:
            name = life.case.opener = f"requester:{life.case.pk}"
            for step in life.course.record.steps:
                step.done_by = name if step.done_by == REQUESTER else step.done_by
            for note in life.notes:
                note.actor = name if note.actor == REQUESTER else note.actor
        Case.objects.bulk_update([life.case for life in opened], ["opener"], batch_size=BATCH)

    def _number(self, lives: list[Life]) -> None:
        """Give numbers in the order of filing within each procedure, year and month."""
        groups: Mapping[tuple[int, int, int], list[Life]] = defaultdict(list)
        for life in lives:
            at = life.case.opened_at
            groups[life.procedure.edition.pk, at.year, at.month].append(life)
        for (_, year, month), members in sorted(groups.items(), key=lambda item: item[0]):
            numbers = take_numbers(members[0].procedure, year, month, len(members))
            for life, number in zip(members, numbers, strict=True):
                assert life.case.submission is not None  # noqa: S101 - every case is filed with one
                renumber(life.case, number, follow_code_of(life.case.submission))

    def _seal(self, lives: list[Life]) -> None:
        named = [(life, life.contact) for life in lives if life.contact]
        if not named:
            return
        contacts = [contact for _, contact in named]
        at = max(life.course.at for life, _ in named)
        sealed = seal_identities(contacts, actor=named[0][0].course.actor, at=at, batch=self.batch)
        for (life, _), identity in zip(named, sealed, strict=True):
            life.case.identity = identity

    def _record(self, lives: list[Life]) -> None:
        record_all(draft for life in lives for draft in named_entries(life.course.entries, life.case))


def life_data(life: Life) -> dict[str, Any]:
    """What `case.opened` says of a life; number and identity are filled in when the batch is written."""
    return opening_data(life.case, life.procedure)
