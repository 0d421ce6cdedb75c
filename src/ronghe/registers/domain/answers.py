"""The answers of an entry: cleaned by the form, what they lack said in words, what of them the ledger is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ronghe.core.forms import FieldType, Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.ledger import domain as ledger
from ronghe.ledger.rules import is_values
from ronghe.organisations.models import Organisation
from ronghe.registers.enums import NAMING
from ronghe.registers.exceptions import DomainError
from ronghe.registers.facts import EntryFacts, is_register
from ronghe.registers.models import Entry

NO_FORM = Form(())
LONGEST_TITLE = 200
LEDGER_TYPES = frozenset(
    {FieldType.CHOICE, FieldType.CHOICES, FieldType.CHECKS, FieldType.YES_NO, FieldType.DATE}
)
_NUMBERS = frozenset({FieldType.NUMBER, FieldType.MONEY})


def form_of(body: RegisterDefinition) -> Form:
    """What the register asks."""
    return body.form or NO_FORM


def naming_field(body: RegisterDefinition) -> str:
    """The field that is the entry's title; empty: the title is asked beside the form."""
    codes = {field.code for field in form_of(body).fields}
    return next((code for code in NAMING if code in codes), "")


def cleaned(
    body: RegisterDefinition, title: str, values: Mapping[str, Any], on: dt.date
) -> tuple[str, dict[str, Any]]:
    """Title and answers, clean. Raises `invalid` with `errors` {field code: message}."""
    form = form_of(body)
    result = form.clean(values, lists=definitions.lists_of(form, on))
    errors = dict(result.errors) | _unknown_references(form, result.values, on)
    code = naming_field(body)
    named = " ".join(str(result.values.get(code) or title if code else title).split())
    if not named and code not in errors:
        errors[code or "title"] = "请填写名称。"
    elif len(named) > LONGEST_TITLE:
        errors[code or "title"] = f"名称最多 {LONGEST_TITLE} 个字，请精简。"
    if errors:
        first = next(iter(errors.values()))
        raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=errors)
    return named, dict(result.values)


def _unknown_references(form: Form, values: Mapping[str, Any], on: dt.date) -> dict[str, str]:
    """Answers that name an entry or unit which is not there."""
    errors = {}
    for field in form.fields:
        if field.type is not FieldType.REFERENCE or field.kind == "person" or field.code not in values:
            continue
        text = str(values[field.code])
        if is_register(field.kind, on):
            there = text.isdigit() and Entry.objects.filter(pk=int(text), register=field.kind).exists()
        else:
            there = Organisation.objects.filter(code=text).exists()
        if not there:
            errors[field.code] = f"没有找到所选的“{field.title}”，请重新选择。"
    return errors


def check_requires(body: RegisterDefinition, facts: EntryFacts) -> None:
    """Raise `requires` in words where what must hold does not."""
    titles = {"title": "名称", "stage": "阶段", "organisation": "保管单位", "today": "今天"}
    missing = body.requires.missing(facts, titles | form_of(body).titles) if body.requires else []
    if missing:
        told = "；".join(missing)
        raise DomainError("requires", f"还不能登记：{told}。您填写的内容已保留，请补齐后再提交。")


def ledger_values(
    body: RegisterDefinition, values: Mapping[str, Any], codes: frozenset[str] | None = None
) -> dict[str, Any] | None:
    """What the ledger is told of the answers: codes, days, flags and numbers that indicators ask for; never words."""
    told: dict[str, Any] = {}
    for field in form_of(body).fields:
        value = values.get(field.code)
        if value in (None, "", []) or (codes is not None and field.code not in codes):
            continue
        if field.type in _NUMBERS:
            value = int(value) if str(value).lstrip("-").isdigit() else value
        elif field.type not in LEDGER_TYPES:
            continue
        if is_values({field.code: value}):
            told[field.code] = value
    return told or None


def touches_of(body: RegisterDefinition, values: Mapping[str, Any], on: dt.date) -> tuple[ledger.Touch, ...]:
    """The units and entries the answers name, each under its field's code."""
    touches = []
    for field in form_of(body).fields:
        text = str(values.get(field.code) or "")
        if field.type is not FieldType.REFERENCE or not text:
            continue
        if is_register(field.kind, on):
            touches.append(ledger.Touch(field.code, "entry", int(text)))
        elif unit := Organisation.objects.filter(code=text).values_list("pk", flat=True).first():
            touches.append(ledger.Touch(field.code, "organisation", unit))
    return tuple(touches)
