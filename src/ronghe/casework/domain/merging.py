"""Repeats: one case answers for several and every requester gets the answer; a second matter gets a case of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ronghe.casework import rules
from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work, act_on, check_power, write_note
from ronghe.casework.domain.filing import Opened, open_case
from ronghe.casework.domain.store import lock
from ronghe.casework.domain.telling import tell_requester
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case


@transaction.atomic
def merge_case(case_id: int, by: By, *, into: Case, note: str = "") -> Case:
    """Let `into` answer for this case. Both are of one procedure, open, and seen by who merges them.

    Raises `merge-self`, `merge-kind`, `merge-closed`, `merge-chain`, `merge-hidden`, `not-yours`.
    """
    main = lock(into.pk)  # the main case first, as when it ends: no two transactions wait for each other

    def do(work: Work) -> None:
        check_power(by, rules.may_merge(by.powers, work.case, work.course.record.open_steps))
        _check_pair(work.case, main, by)
        asides.merge(work.course, main.pk, main.responsible_id, note=write_note(work, by, note))
        tell_requester(
            work.case,
            kind="case.merged",
            title="您的事项并案办理",
            text=f"您的事项 {work.case.number} 与同类事项合并办理，期限不变，办好后同样给您答复。",
            at=by.at,
        )

    return act_on(case_id, by, do)


def split_case(case_id: int, by: By, *, note: str = "") -> Case:
    """Undo a merge: the case is worked by itself again, on the clock it always had."""

    def do(work: Work) -> None:
        main = work.case.merged_into
        if main is None:
            raise DomainError("not-merged", "本件没有并入别的件，不用分出。")
        allowed = rules.may_merge(by.powers, main, ()) or rules.may_work_case(by.powers, work.case)
        check_power(by, allowed)
        asides.split(work.course, main.pk, note=write_note(work, by, note))

    return act_on(case_id, by, do)


def split_off(case_id: int, by: By, *, values: Mapping[str, Any], note: str = "") -> Opened:
    """Give a second matter of the case a case of its own, for the same requester; it is routed anew."""
    made: list[Opened] = []

    def do(work: Work) -> None:
        steps = work.course.record.open_steps
        check_power(by, any(rules.may_work(by.powers, work.case, step) for step in steps))
        opened = open_case(
            work.procedure,
            values={**work.case.values, **values},
            actor=by.actor,
            at=by.at,
            channel=work.case.channel,
            identity=work.case.identity,
            about=work.case.about,
            about_unit=work.case.about_unit,
            related=work.case,
            origin=by.origin,
        )
        asides.give(work.course, ("case", opened.case.pk))
        number = write_note(work, by, note)
        if number is not None:
            work.course.note(number)
        made.append(opened)
        tell_requester(
            opened.case,
            kind="case.split-off",
            title="您的事项分成两件办理",
            text=f"您在 {work.case.number} 里提的另一件事已单独立件，编号 {opened.case.number}，请点开查看进展。",
            at=by.at,
        )

    act_on(case_id, by, do)
    return made[0]


def _check_pair(case: Case, main: Case, by: By) -> None:
    if main.pk == case.pk:
        raise DomainError("merge-self", "不能并入自己，请另选一件。")
    if by.powers is not None and not Case.objects.visible_with(by.powers).filter(pk=main.pk).exists():
        raise DomainError("merge-hidden", "没有找到要并入的件，请核对编号。")
    if main.procedure != case.procedure or main.about_unit_id != case.about_unit_id:
        raise DomainError("merge-kind", "两件不是同一类事项，或反映的单位不同，不能合并。")
    if main.state != CaseState.OPEN:
        raise DomainError("merge-closed", "要并入的件已经办结，不能再并入。可以参照它的答复办理。")
    if main.merged_into_id is not None or case.merged.filter(state=CaseState.OPEN).exists():
        raise DomainError("merge-chain", "这两件里有一件已经与别的件合并，请以主件为准再合并。")
