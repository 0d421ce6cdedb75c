"""Relationships as a list: which run on a day, and what their ends are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ronghe.organisations.models import Organisation, Post, Relationship
from ronghe.organisations.queries.accounts import named_like
from ronghe.organisations.queries.directory import ORGANISATION, POST, names_of_ends
from ronghe.organisations.queries.trees import live_on


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship with both ends in words; `unit`: an organisation at one of its ends, on whose page it can end."""

    relationship: Relationship
    from_name: str
    to_name: str
    unit: int | None


def find_links(on: dt.date, *, kind: str = "", text: str = "") -> QuerySet[Relationship]:
    """The relationships that run on the day, of a kind, with an end whose name is like this; the newest first."""
    rows = Relationship.objects.filter(live_on(on))
    if kind:
        rows = rows.filter(kind=kind)
    if text.strip():
        units = Organisation.objects.filter(named_like(text)).order_by().values("pk")
        posts = Post.objects.filter(organisation__in=units).order_by().values("pk")
        rows = rows.filter(
            Q(from_type=ORGANISATION, from_id__in=units)
            | Q(to_type=ORGANISATION, to_id__in=units)
            | Q(from_type=POST, from_id__in=posts)
        )
    return rows.order_by("-begins", "-pk")


def named_links(rows: Collection[Relationship], on: dt.date) -> list[Link]:
    """These with their ends in words; two queries."""
    ends = [((row.from_type, row.from_id), (row.to_type, row.to_id)) for row in rows]
    names = names_of_ends([end for pair in ends for end in pair], on)
    return [
        Link(row, names.get(from_, ""), names.get(to, ""), _unit(from_, to))
        for row, (from_, to) in zip(rows, ends, strict=True)
    ]


def _unit(*ends: tuple[str, int]) -> int | None:
    return next((number for kind, number in ends if kind == ORGANISATION), None)
