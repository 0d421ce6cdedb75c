"""Relationships of entries: from or to a unit, as the relationship's definition allows; begun and ended."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.domain.relationships import end_relationship, relate
from ronghe.organisations.models import Organisation, Relationship
from ronghe.organisations.queries import Powers
from ronghe.registers.domain.entries import lock_entry
from ronghe.registers.exceptions import DomainError


def relate_entry(
    entry_id: int,
    *,
    kind: str,
    other: Organisation,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    powers: Powers | None = None,
) -> Relationship:
    """Begin a relationship between an entry and a unit; which end is which follows from the definition.

    Raises DomainError `wrong-end`, and what `organisations.domain.relate` raises.
    """
    with transaction.atomic():
        entry = lock_entry(entry_id, powers)
        body = definitions.get(Kind.RELATIONSHIP, kind, timezone.localdate(at)).body
        mine, theirs = ("entry", entry.pk), ("organisation", other.pk)
        if entry.register in body.from_:
            return relate(kind, from_=mine, to=theirs, actor=actor, at=at, on=on)
        if entry.register in body.to:
            return relate(kind, from_=theirs, to=mine, actor=actor, at=at, on=on)
        raise DomainError("wrong-end", f"“{body.title}”不能建立在这本台账上，没有保存。请重新选择。")


def unrelate_entry(
    entry_id: int,
    relationship: int,
    *,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    powers: Powers | None = None,
) -> Relationship:
    """End a relationship of an entry; the day itself no longer counts. Ended already is no error.

    Raises DomainError `no-such-tie`, and what `organisations.domain.end_relationship` raises.
    """
    with transaction.atomic():
        entry = lock_entry(entry_id, powers)
        mine = Q(from_type="entry", from_id=entry.pk) | Q(to_type="entry", to_id=entry.pk)
        row = Relationship.objects.filter(mine, pk=relationship).first()
        if row is None:
            raise DomainError("no-such-tie", "这一条没有这个关系，没有保存。请回到它的页面核对。")
        return end_relationship(row, actor=actor, at=at, on=on)
