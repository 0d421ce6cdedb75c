"""Dated edges of a defined kind between two of: organisation, post, entry."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Organisation, Post, Relationship
from ronghe.organisations.queries.trees import live_on

End = tuple[str, int]


def relate(
    kind: str, *, from_: End, to: End, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Relationship:
    """Begin a relationship, e.g. `from_=("organisation", 3), to=("organisation", 81)`.

    Raises OrganisationError when an end is of the wrong kind or not live, or when the kind's `one_per` already has one.
    """
    day = day_of(at, on)
    body = definitions.get(Kind.RELATIONSHIP, kind, day).body
    with transaction.atomic():
        for end, kinds in ((from_, body.from_), (to, body.to)):
            _check_end(end, kinds, body.title, day)
        live = Relationship.objects.filter(Q(ends=None) | Q(ends__gt=day), kind=kind)
        ends = {
            "from": {"from_type": from_[0], "from_id": from_[1]},
            "to": {"to_type": to[0], "to_id": to[1]},
        }
        keys = body.one_per.keys if body.one_per and body.one_per.otherwise == "refuse" else ("from", "to")
        if live.filter(**{name: value for key in keys for name, value in ends[key].items()}).exists():
            message = f"这一方在 {in_words(day)} 或之后已有“{body.title}”关系，没有重复建立。请先结束原来的，再建立新的。"
            raise OrganisationError("already-related", message, kind=kind)
        edge = Relationship.objects.create(kind=kind, begins=day, **ends["from"], **ends["to"])
        _record("began", edge, day, actor, at)
    return edge


def end_relationship(
    relationship: Relationship, *, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Relationship:
    """End a relationship; the day itself no longer counts. Nothing happens when it already ended."""
    day = day_of(at, on)
    with transaction.atomic():
        row = Relationship.objects.select_for_update().get(pk=relationship.pk)
        if row.ends is None:
            _end(row, day, actor, at)
    return row


def close_relationships(end: End, day: dt.date, *, actor: str, at: dt.datetime) -> None:
    """End every relationship of something that ends; called in its transaction."""
    mine = Q(from_type=end[0], from_id=end[1]) | Q(to_type=end[0], to_id=end[1])
    for row in Relationship.objects.select_for_update().filter(mine, ends=None).order_by("pk"):
        _end(row, day, actor, at)


def _end(row: Relationship, day: dt.date, actor: str, at: dt.datetime) -> None:
    if day < row.begins:
        message = (
            f"这一关系从 {in_words(row.begins)} 开始，不能在 {in_words(day)} 就结束；没有保存。请改日期。"
        )
        raise OrganisationError("ends-before-begin", message, relationship=row.pk)
    row.ends = day
    row.save(update_fields=["ends"])
    _record("ended", row, day, actor, at)


def _check_end(end: End, kinds: tuple[str, ...], title: str, day: dt.date) -> None:
    """Lock the end, so that two people cannot give it its one relationship at once."""
    thing: Organisation | Post | None
    if end[0] == "organisation":
        thing = Organisation.objects.select_for_update().filter(live_on(day), pk=end[1]).first()
    elif end[0] == "post":
        thing = Post.objects.select_for_update().filter(live_on(day), pk=end[1]).first()
    else:
        return
    if thing is None:
        message = f"“{title}”的一方在 {in_words(day)} 不存在（尚未设立或已撤销），没有保存。请重新选择。"
        raise OrganisationError("end-not-live", message, end=end)
    if thing.kind not in kinds:
        message = f"“{title}”不能建立在这类单位或岗位上，没有保存。请重新选择。"
        raise OrganisationError("wrong-end", message, end=end, kind=thing.kind)


def _record(what: str, edge: Relationship, day: dt.date, actor: str, at: dt.datetime) -> None:
    forget()
    ledger.record(
        f"relationship.{what}",
        subject=("relationship", edge.pk),
        actor=actor,
        at=at,
        code=edge.kind,
        data={"kind": edge.kind, "day": day.isoformat()},
        touches=(
            ledger.Touch("from", edge.from_type, edge.from_id),
            ledger.Touch("to", edge.to_type, edge.to_id),
        ),
    )
