"""The people who hold posts: recorded, corrected, gone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.administrators import keeping_an_administrator
from ronghe.organisations.domain.appointments import end_all
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.domain.identity import Contact, open_contact, reseal, seal_identity
from ronghe.organisations.domain.sign_ins import close
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account, Person


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
        _refuse_taken(number)
        identity = seal_identity(contact, actor=actor, at=at) if contact else None
        person = Person.objects.create(name=name, employee_number=number, identity=identity)
        ledger.record("person.recorded", subject=("person", person.pk), actor=actor, at=at)
    return person


def change_person(
    person: Person,
    *,
    name: str,
    employee_number: str | None,
    actor: str,
    at: dt.datetime,
    phone: str = "",
    email: str = "",
) -> Person:
    """Correct what is recorded of somebody; phone and mail stay as they are where left empty. The same again is nothing.

    The ledger says which of `name number contact` changed, never from what to what. Raises as `create_person`.
    """
    name, number = name.strip(), (employee_number or "").strip() or None
    if not name:
        raise OrganisationError("name-needed", "人员要有姓名，没有保存。请补全。")
    with transaction.atomic():
        rows = Person.objects.select_for_update(of=("self",)).select_related("identity")
        row: Person = rows.get(pk=person.pk)
        _refuse_taken(number, but=row.pk)
        before = open_contact(row.identity) if row.identity else Contact()
        contact = replace(before, name=name, phone=phone or before.phone, email=email or before.email)
        told = {
            "name": name != row.name,
            "number": number != row.employee_number,
            "contact": (contact.phone, contact.email) != (before.phone, before.email),
        }
        changed = [field for field, is_new in told.items() if is_new]
        if told["contact"]:
            _reseal(row, contact, actor, at)
        if changed:
            row.name, row.employee_number = name, number
            row.save(update_fields=["name", "employee_number", "identity"])
            ledger.record(
                "person.changed", subject=("person", row.pk), actor=actor, at=at, data={"fields": changed}
            )
    return row


def leave(person: Person, *, actor: str, at: dt.datetime, on: dt.date | None = None) -> Person:
    """Somebody leaves: every appointment ends, the account closes. What they did stays under their name."""
    day = day_of(at, on)
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        if row.left_on is not None:
            return row
        sitting = list(row.appointments.filter(ends=None).select_related("post").order_by("pk"))
        with keeping_an_administrator(at, [one.post.kind for one in sitting]):
            end_all(sitting, day, actor, at)
            row.left_on = day
            row.save(update_fields=["left_on"])
            ledger.record(
                "person.left", subject=("person", row.pk), actor=actor, at=at, data={"day": day.isoformat()}
            )
            account = Account.objects.filter(person=row).first()
            if account is not None:
                close(account, actor=actor, at=at)
    return row


def _refuse_taken(number: str | None, but: int = 0) -> None:
    if number and Person.objects.filter(employee_number=number).exclude(pk=but).exists():
        message = f"工号“{number}”已经登记给另一位人员，没有重复保存。请核对工号，或直接使用已有的人员。"
        raise OrganisationError("employee-number-taken", message, employee_number=number)


def _reseal(row: Person, contact: Contact, actor: str, at: dt.datetime) -> None:
    if row.identity is None or row.identity.erased_at is not None:
        row.identity = seal_identity(contact, actor=actor, at=at)
    else:
        reseal(row.identity, contact)
        row.identity.refresh_from_db()
