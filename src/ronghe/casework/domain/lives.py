"""The life of an organisation: the procedure its kind names opens about it when it is founded, and ends with it.

Once for each organisation: one whose life was begun by hand is left as it is, and the same again opens nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from ronghe.casework.domain.acting import By, Work, act_on
from ronghe.casework.domain.filing import open_case
from ronghe.casework.enums import CaseState, Cause
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.domain.beginnings import BEGINNINGS, ENDINGS
from ronghe.organisations.models import Organisation

ACTOR = "system:life"
_LIVES = uuid.UUID("6a1b7f0e-1f6c-5b55-9c1c-2f6f0f5a7d10")


def begin_life(unit: Organisation, *, actor: str, at: dt.datetime) -> Case | None:
    """Open the life of an organisation about itself; what both ask is taken over. None: its kind has none, or it began.

    Raises DomainError `invalid` where the procedure asks what the organisation does not say.
    """
    day = timezone.localdate(at)
    code = _lives_on(day).get(unit.kind)
    if code is None or Case.objects.filter(procedure=code, about=unit).exists():
        return None
    procedure = definitions.get(Kind.PROCEDURE, code, day)
    asked = procedure.body.form.titles if procedure.body.form else {}
    return open_case(
        procedure,
        values={field: value for field, value in unit.values.items() if field in asked},
        actor=actor,
        at=at,
        about=unit,
        responsible=unit,
        title=unit.name,
        submission=uuid.uuid5(_LIVES, f"{unit.pk}/{code}"),
        origin="system",
    ).case


def end_life(unit: Organisation, *, at: dt.datetime) -> int:
    """Withdraw what still goes on of the life of an organisation that has ended; give how many cases."""
    code = _lives_on(timezone.localdate(at)).get(unit.kind)
    if code is None or unit.ends is None:
        return 0
    going_on = Case.objects.filter(procedure=code, about=unit, state=CaseState.OPEN).order_by("pk")
    cause = Cause.UNIT_ENDED if unit.merged_into_id is None else Cause.UNIT_MERGED

    def do(work: Work) -> None:
        if work.course.record.state == CaseState.OPEN:
            work.course.withdraw(cause=cause)

    numbers = list(going_on.values_list("pk", flat=True))
    for number in numbers:
        act_on(number, By(ACTOR, at, origin="system"), do)
    return len(numbers)


def keep_lives(now: dt.datetime) -> int:
    """Begin the lives of organisations founded before this did so of itself, or whose kind got one later; end outlived ones.

    One that cannot keeps no other back; the first such error is raised when all are through.
    """
    kept, refused = 0, []
    for unit in _owed(timezone.localdate(now)):
        try:
            kept += end_life(unit, at=now) if unit.ends else _begin(unit.pk, now)
        except RongheError as error:
            refused.append(error)
    if refused:
        raise refused[0]
    return kept


def _owed(on: dt.date) -> list[Organisation]:
    """Those that live without a life, and those that ended while theirs goes on."""
    found: list[Organisation] = []
    for kind, code in sorted(_lives_on(on).items()):
        begun = Case.objects.filter(procedure=code, about__isnull=False)
        units = Organisation.objects.filter(kind=kind).order_by("pk")
        found += units.live(on).exclude(pk__in=begun.values("about"))
        found += units.filter(ends__lte=on, pk__in=begun.filter(state=CaseState.OPEN).values("about"))
    return found


@transaction.atomic
def _begin(number: int, now: dt.datetime) -> bool:
    unit = Organisation.objects.select_for_update().get(pk=number)
    return begin_life(unit, actor=ACTOR, at=now) is not None


def _lives_on(on: dt.date) -> dict[str, str]:
    """Kind of organisation → the procedure of its life."""
    live = definitions.live(Kind.ORGANISATION, on)
    return {one.edition.code: one.body.life for one in live if one.body.life}


def register() -> None:
    """Have it done whenever an organisation is founded or ends."""
    if begin_life not in BEGINNINGS:
        BEGINNINGS.append(begin_life)
        ENDINGS.append(end_life)
