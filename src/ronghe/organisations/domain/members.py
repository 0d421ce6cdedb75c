"""Coming onto a roll and leaving it, one person at a time: the same rules as for a whole roster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from ronghe.core.tables import Row, Status
from ronghe.organisations.domain.appointments import appoint, end_appointment
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.domain.posts import create_post
from ronghe.organisations.domain.rosters import RosterIntake
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Appointment, Organisation, Post
from ronghe.organisations.queries import live_on

AGAIN = "这个人这段时间已经在这个支部的名册里，没有重复登记。请核对姓名和日期。"


@dataclass
class _OneLine(RosterIntake):
    """A roster of one line, written by the keeper who asks."""

    by: str = ""

    @property
    def actor(self) -> str:
        return self.by


def admit_member(values: Mapping[str, str], *, within: frozenset[int], actor: str, at: dt.datetime) -> None:
    """Put somebody onto the roll of one of these branches; `values` by the columns of a roster.

    Raises OrganisationError `not-taken` with what to mend by column in `errors`.
    """
    intake = _OneLine("", at, within=within, by=actor)
    with transaction.atomic():
        verdicts = [*intake.take([Row(1, list(values.values()), dict(values))]), *intake.finish()]
        for verdict in verdicts:
            if verdict.status is Status.REFUSED:
                raise OrganisationError("not-taken", "没有登记，请按提示改好再交。", errors=verdict.reasons)
            if verdict.status is Status.ALREADY:
                raise OrganisationError("not-taken", AGAIN, errors={"name": AGAIN})


def move_member(
    appointment: Appointment,
    *,
    to: Organisation | None,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
) -> Appointment | None:
    """Off a roll from the day on and, with `to`, onto that of another branch the same day; both or neither."""
    day = day_of(at, on)
    with transaction.atomic():
        row = end_appointment(appointment, actor=actor, at=at, on=day)
        if to is None:
            return None
        kind = row.post.kind
        seats = Post.objects.filter(live_on(day), organisation=to, kind=kind, ends=None)
        seat = seats.order_by("pk").first() or create_post(to, kind=kind, actor=actor, at=at, on=day)
        return appoint(seat, person=row.person, actor=actor, at=at, on=day)
