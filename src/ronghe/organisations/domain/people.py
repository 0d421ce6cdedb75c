"""Posts, the people in them from day to day, and their sign-ins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.domain.identity import Contact, seal_identity
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Account, Appointment, Organisation, Person, Post


def create_post(
    organisation: Organisation,
    *,
    kind: str,
    actor: str,
    at: dt.datetime,
    title: str = "",
    on: dt.date | None = None,
) -> Post:
    """Set up a post of a defined kind in an organisation the kind may stand in; titled as the kind unless said otherwise."""
    day = day_of(at, on)
    definition = definitions.get(Kind.POST, kind, day)
    body = definition.body
    if body.in_ and organisation.kind not in body.in_:
        message = f"岗位“{body.title}”不能设在“{organisation.name}”这类单位，没有保存。请另选岗位或单位。"
        raise OrganisationError("post-not-here", message, kind=kind, organisation=organisation.pk)
    with transaction.atomic():
        unit = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if unit.begins > day or unit.ends is not None:
            message = f"“{unit.name}”在 {in_words(day)} 不在运行，没有设岗。请选择当时在运行的单位。"
            raise OrganisationError("organisation-not-live", message, organisation=unit.pk)
        forget()
        post = Post.objects.create(
            organisation=unit, kind=kind, title=title.strip() or body.title, begins=day
        )
        ledger.record(
            "post.began",
            subject=("post", post.pk),
            actor=actor,
            at=at,
            organisation_id=unit.pk,
            code=kind,
            data={"kind": kind, "day": day.isoformat()},
        )
    return post


def describe_post(post: Post, *, values: Mapping[str, object], actor: str, at: dt.datetime) -> Post:
    """Write down what the form of the post's definition asks, such as both duties of a leader. The same again is nothing.

    Raises OrganisationError `nothing-asked`, `post-not-live`, `wrong-values` (its `errors` one sentence a field).
    """
    day = day_of(at, None)
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        form = definitions.get(Kind.POST, row.kind, day).body.form
        if form is None:
            message = f"岗位“{row.title}”没有要写明的内容，没有保存。"
            raise OrganisationError("nothing-asked", message, post=row.pk)
        if row.ends is not None:
            message = f"岗位“{row.title}”已经撤销，没有保存。请在接替它的岗位上写。"
            raise OrganisationError("post-not-live", message, post=row.pk)
        cleaned = form.clean(values, definitions.lists_of(form, day))
        if not cleaned.is_valid:
            message = "有内容不合要求，没有保存。请按每项的提示修改。"
            raise OrganisationError("wrong-values", message, errors=cleaned.errors)
        changed = [code for code in form.titles if cleaned.values.get(code) != row.values.get(code)]
        if changed:
            row.values = cleaned.values
            row.save(update_fields=["values"])
            forget()
            ledger.record(
                "post.described",
                subject=("post", row.pk),
                actor=actor,
                at=at,
                organisation_id=row.organisation_id,
                code=row.kind,
                data={"fields": changed},
            )
    return row


def end_post(post: Post, *, actor: str, at: dt.datetime, on: dt.date | None = None) -> Post:
    """Abolish a post; whoever is in it leaves it that day. Nothing happens when it already ended."""
    day = day_of(at, on)
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        if row.ends is None:
            _end_post(row, day, actor, at)
    return row


def close_posts(organisation: Organisation, day: dt.date, *, actor: str, at: dt.datetime) -> None:
    """End every post of an organisation that ends; called in its transaction."""
    for post in Post.objects.select_for_update().filter(organisation=organisation, ends=None).order_by("pk"):
        _end_post(post, day, actor, at)


def _end_post(post: Post, day: dt.date, actor: str, at: dt.datetime) -> None:
    _refuse_before(day, post.begins, f"岗位“{post.title}”")
    _end_appointments(post.appointments.filter(Q(ends=None) | Q(ends__gt=day)), day, actor, at)
    forget()
    post.ends = day
    post.save(update_fields=["ends"])
    ledger.record(
        "post.ended",
        subject=("post", post.pk),
        actor=actor,
        at=at,
        organisation_id=post.organisation_id,
        code=post.kind,
        data={"day": day.isoformat()},
    )


def create_person(
    *,
    name: str,
    actor: str,
    at: dt.datetime,
    employee_number: str | None = None,
    contact: Contact | None = None,
) -> Person:
    """Record somebody who will hold posts; a contact goes into the identity vault."""
    name, number = name.strip(), (employee_number or "").strip() or None
    if not name:
        raise OrganisationError("name-needed", "人员要有姓名，没有保存。请补全。")
    with transaction.atomic():
        if number and Person.objects.filter(employee_number=number).exists():
            message = f"工号“{number}”已经登记给另一位人员，没有重复保存。请核对工号，或直接使用已有的人员。"
            raise OrganisationError("employee-number-taken", message, employee_number=number)
        identity = seal_identity(contact, actor=actor, at=at) if contact else None
        person = Person.objects.create(name=name, employee_number=number, identity=identity)
        ledger.record("person.recorded", subject=("person", person.pk), actor=actor, at=at)
    return person


def appoint(
    post: Post, *, person: Person, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Appointment:
    """Put a person into a post from the day on. A post may have several people; nobody is in one twice at a time."""
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
            _end_appointments([row], day, actor, at)
    return row


def leave(person: Person, *, actor: str, at: dt.datetime, on: dt.date | None = None) -> Person:
    """Somebody leaves: every appointment ends, the account closes. What they did stays under their name."""
    day = day_of(at, on)
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        if row.left_on is not None:
            return row
        _end_appointments(
            row.appointments.filter(ends=None).select_related("post").order_by("pk"), day, actor, at
        )
        row.left_on = day
        row.save(update_fields=["left_on"])
        ledger.record(
            "person.left", subject=("person", row.pk), actor=actor, at=at, data={"day": day.isoformat()}
        )
        account = Account.objects.filter(person=row).first()
        if account is not None:
            close_account(account, actor=actor, at=at)
    return row


def open_account(person: Person, *, username: str, password: str, actor: str, at: dt.datetime) -> Account:
    """Give a person a sign-in. What it may do follows from the appointments, so nothing is granted here.

    Raises OrganisationError `username-taken`, `has-account`, `weak-password` (its message says what is wanted).
    """
    username = username.strip()
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        if not username or Account.objects.filter(username__iexact=username).exists():
            message = f"用户名“{username}”不能用（为空或已有人使用），没有开通。请换一个用户名。"
            raise OrganisationError("username-taken", message)
        if Account.objects.filter(person=row).exists():
            raise OrganisationError(
                "has-account", f"{row.name} 已有账号，没有重复开通。忘记密码请重设密码。", person=row.pk
            )
        _check_password(password, username)
        account: Account = Account.objects.create_account(username, password, person=row)
        ledger.record(
            "account.opened", subject=("account", account.pk), actor=actor, at=at, data={"person": row.pk}
        )
    return account


def close_account(account: Account, *, actor: str, at: dt.datetime) -> Account:
    """Let a sign-in work no more; an open session ends with its next page. Nothing happens when already closed."""
    with transaction.atomic():
        row: Account = Account.objects.select_for_update().get(pk=account.pk)
        if row.is_active:
            row.is_active = False
            row.save(update_fields=["is_active"])
            ledger.record(
                "account.closed",
                subject=("account", row.pk),
                actor=actor,
                at=at,
                data={"person": row.person_id},
            )
    return row


def _check_password(password: str, username: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        message = f"密码不合要求，没有开通：{''.join(error.messages)}请换一个密码。"
        raise OrganisationError("weak-password", message, username=username) from error


def _end_appointments(appointments: Iterable[Appointment], day: dt.date, actor: str, at: dt.datetime) -> None:
    for appointment in appointments:
        _refuse_before(day, appointment.begins, "任职")
        appointment.ends = day
        appointment.save(update_fields=["ends"])
        _record_appointment("ended", appointment, appointment.post, day, actor, at)


def _refuse_before(day: dt.date, begins: dt.date, what: str) -> None:
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
