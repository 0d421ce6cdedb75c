"""Entries that something gives: an outcome, a verdict, a record (`gives: {register: honour}`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from ronghe.casework.domain.giving import CHANGERS, MAKERS, Giver
from ronghe.core.forms import Field, FieldType
from ronghe.core.select import Change, Create
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import Ref
from ronghe.registers.domain.answers import form_of, naming_field
from ronghe.registers.domain.entries import begin_entry, change_entry, end_entry
from ronghe.registers.enums import NAMING
from ronghe.registers.exceptions import DomainError
from ronghe.registers.facts import is_register, written
from ronghe.registers.models import Entry

GIVEN = "按程序办结"


def make_entry(item: Create, values: Mapping[str, Any], giver: Giver) -> Ref:
    """Begin an entry of the register. What `values` leaves open is taken from what gives: fields of the same name, and for
    a field that names a unit or entry of that kind, what the giver is about. Raises DomainError.
    """
    body = definitions.get(Kind.REGISTER, item.name, timezone.localdate(giver.at)).body
    answers = {code: written(value) for code, value in values.items()}
    for field in form_of(body).fields:
        if answers.get(field.code) in (None, ""):
            answers[field.code] = _of_giver(field, giver)
    title = str(answers.pop("title", "") or "") if naming_field(body) != "title" else ""
    begun = begin_entry(
        item.name,
        values={code: value for code, value in answers.items() if value not in (None, "", [])},
        title=title or giver.title or body.title,
        organisation=giver.organisation,
        actor=giver.actor,
        at=giver.at,
        submission=giver.submission,
        came_from=giver.source,
        may_be_alike=True,
        origin=giver.origin,
    )
    return "entry", begun.entry.pk


def _of_giver(field: Field, giver: Giver) -> object:
    """What the giver says under the same name, or what it is about where the field names such a thing."""
    found = giver.facts.get(field.code)
    if found not in (None, "", []):
        return written(found)
    if field.type is not FieldType.REFERENCE:
        return None
    if is_register(field.kind, timezone.localdate(giver.at)):
        is_one = (
            giver.thing is not None
            and giver.thing[0] == "entry"
            and Entry.objects.filter(pk=giver.thing[1], register=field.kind).exists()
        )
        return str(giver.thing[1]) if giver.thing is not None and is_one else None
    fits = giver.about is not None and field.kind in ("organisation", giver.about.kind)
    return giver.about.code if fits and giver.about is not None else None


def change_given(item: Change, ref: Ref, field: str, value: Any, giver: Giver) -> Ref | None:
    """`{set: about.soil-class, to: …}` and `{end: about}` on an entry. Raises DomainError."""
    if item.act == "end":
        entry = Entry.objects.filter(pk=ref[1]).first()
        by_life = entry is not None and giver.source == ("case", entry.life_id)
        end_entry(ref[1], because=GIVEN, actor=giver.actor, at=giver.at, by_life=by_life, origin=giver.origin)
        return ref
    if item.act != "set":
        raise DomainError("cannot-reopen", "台账里注销了的不能恢复，没有保存。请重新登记一条。")
    entry = Entry.objects.get(pk=ref[1])
    named = field in NAMING
    change_entry(
        entry.pk,
        values={**entry.values, field: value} if form_has(entry.register, field, giver) else entry.values,
        title=str(value) if named else entry.title,
        actor=giver.actor,
        at=giver.at,
        may_be_alike=True,
        origin=giver.origin,
    )
    return ref


def form_has(register_code: str, field: str, giver: Giver) -> bool:
    """Whether the register's form asks this. Raises `cannot-set` where nothing there is called so."""
    body = definitions.get(Kind.REGISTER, register_code, timezone.localdate(giver.at)).body
    if form_of(body).get(field) is not None:
        return True
    if field in NAMING:
        return False
    message = f"“{body.title}”里没有“{field}”这一项，没有保存。请联系系统管理员。"
    raise DomainError("cannot-set", message)


def register() -> None:
    """Let `gives` make, set and end entries."""
    MAKERS["register"] = make_entry
    CHANGERS["entry"] = change_given
