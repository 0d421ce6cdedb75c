"""What may occur only once (`one_per`): the same keys again are refused, or with `or: flag` asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from ronghe.activities.domain.told import Settled
from ronghe.activities.enums import Role, State
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity, Side
from ronghe.core.periods import Every, Period
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import Loaded

PERIODS: Mapping[str, Every] = {str(every): every for every in Every if every is not Every.DAYS}


def check_once(kind: Loaded, settled: Settled, *, but: int | None, is_confirmed: bool) -> None:
    """In the caller's transaction, one recording of such a kind after the other.

    Raises DomainError `one-per`, or `one-per-flag` where it may be confirmed.
    """
    once = kind.body.one_per
    if once is None:
        return
    Edition.objects.select_for_update().get(pk=kind.edition.pk)
    same: QuerySet[Activity] = Activity.objects.filter(activity=kind.edition.code)
    same = same.exclude(state=State.CANCELLED)
    if but is not None:
        same = same.exclude(pk=but)
    for key in once.keys:
        found = _alike(same, key, kind, settled)
        if found is None:
            return
        same = found
    other = same.order_by("begins_at", "pk").first()
    if other is None or (is_confirmed and once.otherwise == "flag"):
        return
    at = timezone.localtime(other.begins_at)
    when = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    if "time" in once.keys:
        message = f"这个时间已经有安排（{when}起），不能重叠。请换个时间或地点，您填写的内容已保留。"
    else:
        message = f"{when}已经有一次“{kind.edition.title}”，同样的只登记一次。请核对；原来那次有误的，请更正那一条。"
    if once.otherwise == "flag":
        raise DomainError(
            "one-per-flag", f"{when}已经有一次“{kind.edition.title}”。确实是另一次的，请再提交一次确认。"
        )
    raise DomainError("one-per", message)


def _alike(same: QuerySet[Activity], key: str, kind: Loaded, settled: Settled) -> QuerySet[Activity] | None:
    """Those that have the same under this key; None where this one has nothing there, so that nothing can be the same."""
    told = settled.told
    if key == "time":
        ends = told.ends_at or told.begins_at
        return same.filter(begins_at__lt=ends).filter(
            Q(ends_at__gt=told.begins_at) | Q(ends_at=None, begins_at__gte=told.begins_at)
        )
    if key in PERIODS:
        return same.filter(begins_at__range=_period(told.begins_at, PERIODS[key]))
    if key == "place":
        return same.filter(place=told.place) if told.place else None
    if key in (Role.ORGANISER, "about") or key in kind.body.about:
        role = Role.ORGANISER if key == Role.ORGANISER else Role.ABOUT
        refs = [(type_, ref) for side, type_, ref in settled.sides if side == role]
        if not refs:
            return None
        meant = Q()
        for type_, ref in refs:
            meant |= Q(type=type_, ref=ref)
        return same.filter(pk__in=Side.objects.filter(meant, role=role).values("activity"))
    value: Any = settled.values.get(key)
    return None if value in (None, "", []) else same.filter(**{f"values__{key}": value})


def _period(at: dt.datetime, every: Every) -> tuple[dt.datetime, dt.datetime]:
    period = Period.holding(timezone.localdate(at), every)
    return period.start, period.end - dt.timedelta(microseconds=1)
