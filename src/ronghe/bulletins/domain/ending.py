"""Taking a bulletin down, and noting that one stood its time or that an objection to it was right."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ronghe.bulletins import rules
from ronghe.bulletins.domain.recording import lock, note, reason, write
from ronghe.bulletins.domain.signing import tell_case
from ronghe.bulletins.enums import Ending, Ground, State
from ronghe.bulletins.exceptions import DomainError
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries.objections import objections_to
from ronghe.organisations.queries import Powers

CLOCK = "system:clock"


@transaction.atomic
def withdraw(bulletin_id: int, *, ground: str, note_text: str, powers: Powers, at: dt.datetime) -> Bulletin:
    """Take it down; what it said stays in the unit's own list. Raises `not-yours`, `ground-missing`, `reason-missing`."""
    paper = lock(bulletin_id)
    if not rules.may_withdraw(powers, paper):
        raise DomainError("not-yours", "只有发布单位的负责人可以撤下已发布的文件。")
    if ground not in Ground.values:
        raise DomainError("ground-missing", "还没有选撤下的原因。", errors={"ground": "请选一项。"})
    text = reason(note_text, "请写明撤下的情况")
    actor = f"person:{powers.person_id}"
    number = note(paper, text, actor=actor, at=at)
    paper.state, paper.withdrawn_at = State.WITHDRAWN, at
    write(paper, "bulletin.withdrawn", actor=actor, at=at, ground=ground, note=number)
    return paper


def settle_due(now: dt.datetime) -> int:
    """Note the end of those that stood their time, or to which an objection was upheld; give how many.

    While an objection is still looked into, nothing ends clear; one that is upheld ends at once and is taken down.
    """
    standing = Bulletin.objects.filter(state=State.ISSUED, over_at=None, until__isnull=False)
    return sum(_settle(number, now) for number in standing.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _settle(number: int, now: dt.datetime) -> bool:
    paper = lock(number)
    if paper.over_at is not None or paper.state != State.ISSUED or paper.until is None:
        return False
    objections = objections_to(paper.pk)
    if any(one.is_upheld for one in objections):
        paper.ending, paper.state, paper.withdrawn_at = Ending.UPHELD, State.WITHDRAWN, now
        write(paper, "bulletin.withdrawn", actor=CLOCK, at=now, origin="clock", ground=Ground.UPHELD.value)
    elif paper.until <= now and not any(one.is_open for one in objections):
        paper.ending = Ending.CLEAR
    else:
        return False
    tell_case(paper, paper.ending, actor=CLOCK, at=now)
    return True
