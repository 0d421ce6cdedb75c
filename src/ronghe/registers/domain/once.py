"""`one_per`: what may occur once in a register, what merely looks alike, and what may not overlap in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from ronghe.core.select import Path
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.kinds.base import OnePer
from ronghe.definitions.models import Edition
from ronghe.registers.domain.answers import form_of
from ronghe.registers.enums import DAYS
from ronghe.registers.exceptions import DomainError, LooksAlike
from ronghe.registers.facts import EntryFacts, written
from ronghe.registers.models import Entry
from ronghe.text.similarity import rank

TIME = "time"
NEAR_ENOUGH, MOST_TOLD = 0.45, 5
Span = tuple[str, str]


def check_once(body: RegisterDefinition, edition: Edition, facts: EntryFacts, *, may_be_alike: bool) -> None:
    """Raise `taken` where another live entry has the same keys (or overlaps), LooksAlike where it only seems so.

    Two that begin at once wait for each other on the edition's row.
    """
    rule = body.one_per
    if rule is None:
        return
    Edition.objects.select_for_update().get(pk=edition.pk)
    standing = Q(ends=None) | Q(ends__gt=facts.on)  # also what began after a day that is entered late
    others = Entry.objects.filter(standing, register=body.code).exclude(pk=facts.pk)
    same = list(_same(rule, body, facts, others))
    titles = {field.code: field.title for field in form_of(body).fields}
    if same and rule.otherwise == "refuse":
        raise DomainError("taken", _taken(rule, same, titles), alike=[entry.pk for entry in same])
    if not may_be_alike and (alike := [*same, *_near(rule, facts, others, same)][:MOST_TOLD]):
        names = "、".join(f"“{entry.title}”" for entry in alike)
        message = (
            f"台账里已有相近的：{names}。请先核对；确实不是同一条的，选“仍然登记”再提交。您填写的内容已保留。"
        )
        raise LooksAlike("looks-alike", message, alike=[entry.pk for entry in alike])


def _taken(rule: OnePer, same: list[Entry], titles: Mapping[str, str]) -> str:
    words = {"title": "名称", "organisation": "单位", TIME: "时间"}
    keys = "、".join(titles.get(key.split(".")[0], words.get(key, key)) for key in rule.keys)
    if TIME in rule.keys:
        return f"这段时间已有“{same[0].title}”，不能重叠；没有登记，您填写的内容已保留。请改换时间。"
    return f"{keys}相同的已有一条“{same[0].title}”，没有重复登记。请打开那一条更新，或核对填写的内容。"


def _same(rule: OnePer, body: RegisterDefinition, facts: EntryFacts, others: Any) -> Iterator[Entry]:
    keys = [key for key in rule.keys if key != TIME]
    wanted = _key(facts, keys)
    span = _span(facts)
    if any(not found for found in wanted) or (TIME in rule.keys and span is None):
        return
    for entry in _narrowed(others, body, facts, keys):
        theirs = replace(
            facts, title=entry.title, values=entry.values, pk=entry.pk,
            organisation=entry.organisation_id, begins=entry.begins, ends=entry.ends,
        )  # fmt: skip
        if _key(theirs, keys) != wanted:
            continue
        if TIME not in rule.keys or _overlap(span, _span(theirs)):
            yield entry


def _narrowed(others: Any, body: RegisterDefinition, facts: EntryFacts, keys: list[str]) -> Iterable[Entry]:
    """The database leaves out what differs in a plain field."""
    for key in keys:
        if key == "title":
            others = others.filter(title=facts.title)
        elif key == "organisation":
            others = others.filter(organisation=facts.organisation)
        elif form_of(body).get(key) is not None:
            others = others.filter(**{f"values__{key}": facts.values.get(key)})
    found: Iterable[Entry] = others.order_by("pk")
    return found


def _key(facts: EntryFacts, keys: list[str]) -> list[list[object]]:
    return [[written(value) for value in Path(tuple(key.split("."))).resolve(facts)] for key in keys]


def _near(rule: OnePer, facts: EntryFacts, others: Any, same: list[Entry]) -> list[Entry]:
    if rule.near is None:
        return []
    known = {entry.pk for entry in same}
    rows = [entry for entry in others.order_by("pk") if entry.pk not in known]
    texts = [(entry, str(_text(rule.near, entry.title, entry.values))) for entry in rows]
    asked = str(_text(rule.near, facts.title, facts.values))
    return [hit.key for hit in rank(asked, texts, MOST_TOLD, NEAR_ENOUGH)] if asked else []


def _text(field: str, title: str, values: Mapping[str, Any]) -> object:
    return values.get(field) or (title if field in ("title", "name") else "")


def _span(facts: EntryFacts) -> Span | None:
    """From when until when: the days its form asks, else those of the entry itself."""
    for first, last in DAYS:
        if facts.values.get(first):
            return str(facts.values[first]), str(facts.values.get(last) or facts.values[first])
    begins = facts.begins or facts.on
    return begins.isoformat(), (facts.ends or dt.date.max).isoformat()


def _overlap(one: Span | None, other: Span | None) -> bool:
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]
