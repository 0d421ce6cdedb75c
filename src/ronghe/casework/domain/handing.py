"""交接: what somebody had on their desk goes to whoever comes after them, or back to their unit to be given out anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from ronghe.casework.domain.acting import By, Work, act_on, write_note
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Step
from ronghe.organisations.models import Person


def left_with(person: Person, units: Collection[int] | None = None) -> QuerySet[Step]:
    """The open steps that name the person as who does them, in these units or (None) in any, oldest first."""
    steps = Step.objects.filter(assignee=person, done_at=None, case__state=CaseState.OPEN)
    if units is not None:
        steps = steps.filter(holder__in=units)
    return steps.select_related("case", "holder").order_by("opened_at", "pk")


def hand_on(
    person: Person, by: By, *, to: Person | None, units: Collection[int] | None, note: str = ""
) -> int:
    """Name `to` in the person's place, or (None) nobody; a word goes to each case. Gives how many steps; all or none.

    The steps stay with their units, so a reader of the cases changes nothing of what they may see.
    """
    waiting: dict[int, list[int]] = defaultdict(list)
    for step in left_with(person, units):
        waiting[step.case_id].append(step.no)
    with transaction.atomic():
        for case_id in sorted(waiting):
            act_on(case_id, by, _Handing(person, to, frozenset(waiting[case_id]), by, note))
    return sum(len(numbers) for numbers in waiting.values())


class _Handing:
    """What is done on one case: the steps that still name the person."""

    def __init__(self, person: Person, to: Person | None, steps: frozenset[int], by: By, note: str) -> None:
        self.person, self.to, self.steps, self.by, self.note = person, to, steps, by, note

    def __call__(self, work: Work) -> None:
        for step in work.course.record.open_steps:
            if step.no not in self.steps or step.assignee != self.person.pk:
                continue
            if self.to is None:
                work.course.release(step.no)
            else:
                work.course.assign(step.no, self.to.pk)
        if (number := write_note(work, self.by, self.note)) is not None:
            work.course.note(number)
