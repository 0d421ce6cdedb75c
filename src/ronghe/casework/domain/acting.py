"""How an act is done: the case under its lock, its course, one transaction; and what acts have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from ronghe.casework import rules
from ronghe.casework.domain.allowing import titles_of
from ronghe.casework.domain.course import Course
from ronghe.casework.domain.facts import CaseFacts
from ronghe.casework.domain.filing import clean_answers, course_for, facts_of
from ronghe.casework.domain.followers import settle_merged
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.store import load, lock, save
from ronghe.casework.enums import TRANSFER, CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Note, Reply
from ronghe.core.procedure import Outcome, Step
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.organisations.exceptions import in_words
from ronghe.organisations.queries import Powers

LONGEST_NOTE, LONGEST_REPLY = 2000, 20000
FILES = frozenset({"attachments", "evidence"})
BEFORE_SAVING: list[Callable[[Work], None]] = []
AFTER_SAVING: list[Callable[[Work], None]] = []
"""What follows of itself from every act, in its transaction: what steps run is opened, what it ran is told."""


@dataclass(frozen=True)
class By:
    """Who acts, when, with which powers, and which revision of the case they saw."""

    actor: str
    at: dt.datetime
    powers: Powers | None = None
    revision: int | None = None
    origin: str = "page"

    def __post_init__(self) -> None:
        """The day of an act is the office's, whatever zone the caller's clock is in."""
        if self.at.tzinfo is not None:
            object.__setattr__(self, "at", self.at.astimezone(SHANGHAI))


@dataclass(frozen=True)
class Work:
    """A case under its lock, with its procedure and its course."""

    case: Case
    procedure: Loaded
    course: Course

    @property
    def facts(self) -> CaseFacts:
        """The case as the notation sees it now."""
        return facts_of(self.case, self.procedure).with_record(self.course.record)

    def node(self, no: int) -> Step:
        step = self.course.record.step(no)
        if step is None or not step.is_open:
            raise DomainError("step-not-open", "这个环节已经办过，请刷新页面查看最新进展。")
        return self.course.terms.flow.step_at(step.path, step.code)


def act_on(case_id: int, by: By, do: Callable[[Work], None]) -> Case:
    """Lock the case, let `do` act on its course, write what it drafted; cases merged into one that ended follow it."""
    with transaction.atomic():
        case = lock(case_id, by.revision)
        was_open = case.state == CaseState.OPEN
        procedure = definitions.by_edition(case.edition_id)
        course = course_for(case, procedure, record=load(case), origin=by.origin)
        course.catch_up(by.at)
        course.acting_for = rules.acting_for(by.powers, course.record)
        work = Work(case, procedure, course.by(by.actor, by.at))
        do(work)
        for follow in BEFORE_SAVING:
            follow(work)
        save(case, course)
        if was_open and case.state != CaseState.OPEN:
            settle_merged(case, actor=by.actor, at=by.at, origin=by.origin)
            for follow in AFTER_SAVING:
                follow(work)
        return case


def check_power(by: By, allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is used
    if by.powers is not None and not allowed:
        raise DomainError("not-yours", "本件不由您的岗位办理。如需办理，请联系承办单位或分办人员。")


def take_values(
    work: Work, node: Step, values: Mapping[str, Any], files: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    said = clean_answers(node.form, values, work.course.at.date(), files)
    work.case.values = {**work.case.values, **said}
    return said


def check_requires(work: Work, node: Step, outcome: Outcome, said: dict[str, Any]) -> None:
    routing = work.course.routing
    facts = facts_of(work.case, work.procedure)
    assert isinstance(routing, SelectorRouting)  # noqa: S101 - the live path always routes by selectors
    conditions = [one for one in (node.requires, outcome.requires) if one is not None]
    asked = {name for one in conditions for _kind, name in one.names()}
    files = _files(work, node) if asked & FILES else {}
    known = facts.with_record(work.course.record, {**files, **said})
    for condition in conditions:
        lacking = condition.missing(known, titles=titles_of(work.procedure))
        if lacking:
            raise DomainError(
                "requires", "还不能办理：" + "；".join(lacking) + "。请补齐后再提交。", lacking=lacking
            )


def _files(work: Work, node: Step) -> dict[str, list[str]]:
    """What `requires` may ask of the files of a case: all (`attachments`), and those added since the step began (`evidence`)."""
    since = min(step.opened_at for step in work.course.record.open_steps if step.code == node.code)
    files = list(work.case.attachments.order_by("no").values_list("name", "at"))
    return {
        "attachments": [name for name, _at in files],
        "evidence": [name for name, at in files if at >= since],
    }


def check_wait(work: Work, no: int, outcome: str) -> None:
    """Raise while the step still has to wait (`wait`); handing it to another unit is possible at any time."""
    step = work.course.still_open(no)
    until = None if outcome == TRANSFER else work.course.waits_until(step)
    if until is not None and work.course.at < until:
        written = work.course.routing.limit(work.course.record, work.course.node_of(step).wait)
        least = written.unit.counted(written.amount) if written else ""
        raise DomainError(
            "wait",
            f"还要满 {least}（到 {in_words(work.course.calendar.local(until).date())}）才能办，现在先不用提交。",
            until=until.isoformat(),
        )


def write_note(work: Work, by: By, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if len(text) > LONGEST_NOTE:
        raise DomainError("note-too-long", f"说明最多 {LONGEST_NOTE} 字，请精简后再提交。")
    number = work.course.record.notes + 1
    Note.objects.create(case=work.case, no=number, text=text, at=by.at, actor=by.actor)
    return number


@dataclass(frozen=True)
class Promise:
    """Something a reply promises, and by which day; it is followed up once the reply is sent."""

    text: str
    due: dt.date


@dataclass(frozen=True)
class Written:
    """A reply as it was written: its words, the parts of its template they were made of, what they promise."""

    text: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    promises: Sequence[Promise] = ()


def write_reply(work: Work, by: By, written: Written, *, is_sent: bool) -> int | None:
    """Keep a reply and give its number; None when there are no words. Once kept it is never changed."""
    text = written.text.strip()
    if not text:
        return None
    if len(text) > LONGEST_REPLY:
        raise DomainError("reply-too-long", f"答复最多 {LONGEST_REPLY} 字，请精简后再发出。")
    for promise in written.promises:
        if promise.due < by.at.date() or not promise.text.strip():
            raise DomainError("promise-unclear", "答复里的承诺要写明事项和今天以后的日期，请核对后再提交。")
    record = work.course.record
    number = record.replies + 1
    Reply.objects.create(
        case=work.case,
        no=number,
        round=record.round,
        text=text,
        at=by.at,
        sent_at=by.at if is_sent else None,
        actor=by.actor,
        organisation_id=record.responsible,
        parts=dict(written.parts),
        promises=[
            {"text": promise.text.strip()[:200], "due": promise.due.isoformat()}
            for promise in written.promises
        ],
    )
    return number
