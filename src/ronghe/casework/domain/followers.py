"""Cases merged into another: answered when it is answered, taken up by themselves when it ends without an answer."""

from __future__ import annotations

import datetime as dt

from ronghe.casework.domain import asides
from ronghe.casework.domain.course import Course
from ronghe.casework.domain.filing import course_for
from ronghe.casework.domain.store import load, save
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply
from ronghe.definitions import queries as definitions

UNANSWERED = frozenset({"withdrawn", "declined"})


def settle_merged(main: Case, *, actor: str, at: dt.datetime, origin: str) -> None:
    """Let every case merged into `main`, which has just ended, end with it or be split from it. Locks them in order."""
    merged = Case.objects.select_for_update(of=("self",)).filter(merged_into=main, state=CaseState.OPEN)
    reply = main.replies.filter(round=main.round).exclude(sent_at=None).order_by("-no").first()
    for case in merged.order_by("pk"):
        course = course_for(case, definitions.by_edition(case.edition_id), record=load(case), origin=origin)
        course.by(actor, at)
        if main.result in UNANSWERED:
            asides.split(course, main.pk, note=None)
        else:
            _end_with(case, course, main, reply)
        save(case, course)


def _end_with(case: Case, course: Course, main: Case, reply: Reply | None) -> None:
    number = None
    if reply is not None:
        number = course.record.replies + 1
        Reply.objects.create(
            case=case,
            no=number,
            round=course.record.round,
            text=reply.text,
            at=course.at,
            sent_at=course.at,
            actor=reply.actor,
            checked_by=reply.checked_by,
            organisation_id=main.responsible_id,
        )
    asides.follow_answer(course, responsible=main.responsible_id, reply=number, result=main.result)
