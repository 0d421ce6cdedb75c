"""Who sits in which post: put in, taken out, handed over. What was true on a past day stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.administrators import keeping_an_administrator
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Appointment, Person, Post

ONE_SEAT = "post"  # in a post definition's `one_per`: one person at a time


def appoint(
    post: Post, *, person: Person, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Appointment:
    """Put a person into a post from the day on; nobody is in one twice at a time.

    A post has room for several people unless its definition says `one_per: [post]`; then a second is refused.
    """
    day = day_of(at, on)
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        if row.begins > day or row.ends is not None:
            message = f"岗位“{row.title}”在 {in_words(day)} 不存在（尚未设立或已撤销），没有任命。请选择当时存在的岗位。"
            raise OrganisationError("post-not-live", message, post=row.pk)
        if person.left_on is not None:
            message = f"{person.name} 已于 {in_words(person.left_on)} 离任，没有任命。请重新登记这位人员，或另选他人。"
            raise OrganisationError("person-left", message, person=person.pk)
        if row.appointments.filter(Q(ends=None) | Q(ends__gt=day), person=person).exists():
            message = (
                f"{person.name} 在 {in_words(day)} 或之后已经在任“{row.title}”，没有重复任命。请核对日期。"
            )
            raise OrganisationError("already-appointed", message, post=row.pk, person=person.pk)
        _refuse_second(row, day)
        appointment = Appointment.objects.create(post=row, person=person, begins=day)
        _record_appointment("began", appointment, row, day, actor, at)
    return appointment


def end_appointment(
    appointment: Appointment, *, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Appointment:
    """Take a person out of a post; the day itself no longer counts. Nothing happens when it already ended."""
    day = day_of(at, on)
    with transaction.atomic():
        rows = Appointment.objects.select_for_update(of=("self",)).select_related("post")
        row = rows.get(pk=appointment.pk)
        if row.ends is None:
            with keeping_an_administrator(at, [row.post.kind]):
                end_all([row], day, actor, at)
    return row


def hand_over(
    appointment: Appointment, *, to: Person, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Appointment:
    """One leaves a post and another comes into it the same day, both or neither; give the new appointment.

    Raises OrganisationError `not-sitting`, `hand-over-self`, and what `appoint` and `end_appointment` raise.
    """
    day = day_of(at, on)
    with transaction.atomic():
        post = Post.objects.select_for_update().get(pk=appointment.post_id)
        row = (
            Appointment.objects.select_for_update(of=("self",))
            .select_related("person")
            .get(pk=appointment.pk)
        )
        if row.ends is not None:
            message = f"{row.person.name} 已于 {in_words(row.ends)} 不再任“{post.title}”，没有交接。请刷新页面，看看现在由谁任职。"
            raise OrganisationError("not-sitting", message, appointment=row.pk)
        if row.person_id == to.pk:
            message = f"{to.name} 现在就任“{post.title}”，不用交接给自己；没有保存。请另选一位。"
            raise OrganisationError("hand-over-self", message, person=to.pk)
        row.post = post
        with keeping_an_administrator(at, [post.kind]):
            end_all([row], day, actor, at)
            return appoint(post, person=to, actor=actor, at=at, on=day)


def _refuse_second(post: Post, day: dt.date) -> None:
    """A seat for one person that somebody sits in; the post is locked, so that two cannot come in at once."""
    found = definitions.find(Kind.POST, post.kind, day)
    one_per = found.body.one_per if found else None
    if one_per is None or one_per.otherwise != "refuse" or tuple(one_per.keys) != (ONE_SEAT,):
        return
    sitting = post.appointments.filter(Q(ends=None) | Q(ends__gt=day)).select_related("person")
    other = sitting.order_by("begins", "pk").first()
    if other is not None:
        message = (
            f"“{post.title}”只能一人任，现由 {other.person.name} 任（{in_words(other.begins)}起），没有任命。"
            "换人请办交接；确实要两位，请另设一个岗位。"
        )
        raise OrganisationError("seat-taken", message, post=post.pk, person=other.person_id)


def end_all(appointments: Iterable[Appointment], day: dt.date, actor: str, at: dt.datetime) -> None:
    """End appointments, their posts loaded; the caller holds the transaction and looks after the administrators."""
    for appointment in appointments:
        refuse_before(day, appointment.begins, "任职")
        appointment.ends = day
        appointment.save(update_fields=["ends"])
        _record_appointment("ended", appointment, appointment.post, day, actor, at)


def refuse_before(day: dt.date, begins: dt.date, what: str) -> None:
    if day < begins:
        message = f"{what}从 {in_words(begins)} 开始，不能在 {in_words(day)} 就结束；没有保存。请改日期。"
        raise OrganisationError("ends-before-begin", message, day=begins)


def _record_appointment(
    what: str, appointment: Appointment, post: Post, day: dt.date, actor: str, at: dt.datetime
) -> None:
    forget()
    ledger.record(
        f"appointment.{what}",
        subject=("appointment", appointment.pk),
        actor=actor,
        at=at,
        code=post.kind,
        organisation_id=post.organisation_id,
        data={"person": appointment.person_id, "day": day.isoformat()},
        touches=(
            ledger.Touch("post", "post", post.pk),
            ledger.Touch("person", "person", appointment.person_id),
        ),
    )
