"""What somebody signed in is still typing: sealed, theirs alone, kept for 30 days, gone once it was sent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Draft
from ronghe.organisations.domain import open_text, seal_text
from ronghe.organisations.exceptions import IdentityError

KEPT = dt.timedelta(days=30)
LARGEST = 100_000  # characters of one draft
MOST = 40  # drafts of one owner; the oldest go
PLACE_LENGTH = 120

Values = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft opened for its owner. `repr` says nothing of the words, so that no log does."""

    place: str
    values: dict[str, list[str]]
    at: dt.datetime

    def __repr__(self) -> str:
        return f"Kept({self.place})"


def save_draft(owner: str, place: str, values: Values, at: dt.datetime) -> dt.datetime:
    """Keep what is typed in a form, in place of what was kept there before; give when. `owner` is an actor.

    A draft that says nothing ends the one before. Raises DomainError `draft-place` or `draft-too-large`; what was kept stays.
    """
    if not place or len(place) > PLACE_LENGTH:
        raise DomainError("draft-place", "不知道这份草稿属于哪一页，没有保存。请刷新页面再写。")
    plain = {name: [str(one) for one in given] for name, given in values.items() if any(given)}
    if not plain:
        end_draft(owner, place)
        return at
    words = json.dumps(plain, ensure_ascii=False)
    if len(words) > LARGEST:
        message = "写的内容太长，这里只替您保留了前一次的草稿。请先提交，或分几次写。"
        raise DomainError("draft-too-large", message)
    with transaction.atomic():
        Draft.objects.update_or_create(
            owner=owner, place=place, defaults={"sealed": seal_text(words), "at": at}
        )
        Draft.objects.filter(at__lt=at - KEPT).delete()
        surplus = Draft.objects.filter(owner=owner).order_by("-at", "-pk").values_list("pk", flat=True)[MOST:]
        if last := list(surplus):
            Draft.objects.filter(pk__in=last).delete()
    return at


def take_draft(owners: str | Collection[str], place: str, at: dt.datetime) -> Kept | None:
    """The newest draft of a place; None when there is none, or it is older than 30 days or cannot be opened any more."""
    rows = _of(owners, at).filter(place=place).order_by("-at", "-pk")
    return next((kept for kept in map(_opened, rows) if kept), None)


def drafts_at(owners: str | Collection[str], places: str, at: dt.datetime) -> list[Kept]:
    """The drafts of all places whose name begins so, the newest first."""
    rows = _of(owners, at).filter(place__startswith=places).order_by("-at", "-pk")
    return [kept for kept in map(_opened, rows) if kept]


def end_draft(owners: str | Collection[str], *places: str) -> None:
    """It was sent, or thrown away."""
    Draft.objects.filter(owner__in=_names(owners), place__in=places).delete()


def _of(owners: str | Collection[str], at: dt.datetime) -> QuerySet[Draft]:
    return Draft.objects.filter(owner__in=_names(owners), at__gte=at - KEPT)


def _names(owners: str | Collection[str]) -> list[str]:
    return [owners] if isinstance(owners, str) else list(owners)


def _opened(row: Draft) -> Kept | None:
    try:
        words = open_text(bytes(row.sealed))
    except IdentityError:
        return None  # sealed under a key that is gone: as if it had been forgotten
    return Kept(row.place, json.loads(words), row.at)
