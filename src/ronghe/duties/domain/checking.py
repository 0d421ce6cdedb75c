"""The check: `Owed` brought up to what happened, for the whole city once a day, for whom something happened every minute.

What is kept is a copy, made to be read fast; it is only ever written from the reckoning, and may be thrown away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ronghe.core.memory import remembering
from ronghe.core.worktime import Calendar
from ronghe.duties.models import Check, Owed
from ronghe.duties.queries.reckoning import KEPT, Reckoning, Stand
from ronghe.ledger.models import Entry, Touch
from ronghe.ledger.queries import watermark
from ronghe.organisations.models import Post, Relationship

PART = 2000
_KEY = ("duty", "line", "holder_type", "holder_id", "period")
_SAID = ("organisation_id", "begins", "ends", "standing", "met_on", "met_type", "met_id", "gaps")
_COLUMNS = (*_KEY, *_SAID)
Key = tuple[Any, ...]
Said = tuple[Any, ...]


def check_all(now: dt.datetime, calendar: Calendar) -> int:
    """Bring every row up to the day; give how many rows changed. Safe to repeat."""
    today, position = timezone.localdate(now), watermark()
    with remembering():
        stands = Reckoning(today, calendar).stands()
        changed = _bring_up(stands, today, None)
    _note(today, position, now)
    return changed


def check_due(now: dt.datetime, calendar: Calendar) -> int:
    """What the worker asks every minute: the whole city when a day has begun, else those touched since the last look."""
    last = Check.objects.first()
    today = timezone.localdate(now)
    if last is None or last.day < today:
        return check_all(now, calendar)
    position = watermark()
    if position <= last.position:
        return 0
    units = _touched(last.position, position)
    changed = 0
    if units:
        with remembering():
            stands = Reckoning(today, calendar, frozenset(units)).stands()
            changed = _bring_up(stands, today, units)
    _note(today, position, now)
    return changed


def check_units(units: Iterable[int], now: dt.datetime, calendar: Calendar) -> int:
    """Bring the rows of some organisations up at once: after an excuse, or where a page asks to be exact."""
    ids = frozenset(units)
    today = timezone.localdate(now)
    with remembering():
        return _bring_up(Reckoning(today, calendar, ids).stands(), today, ids)


def _note(today: dt.date, position: int, now: dt.datetime) -> None:
    said = {"day": today, "position": position, "at": now, "rows": Owed.objects.count()}
    if not Check.objects.update(**said):
        Check.objects.create(**said)


def _touched(after: int, upto: int) -> set[int]:
    """The organisations that may stand otherwise since: whose entries, and what entries touch, and who answers for that."""
    entries = Entry.objects.filter(position__position__gt=after, position__position__lte=upto)
    units = set(entries.exclude(organisation=None).values_list("organisation_id", flat=True))
    units |= set(entries.filter(subject_type="organisation").values_list("subject_id", flat=True))
    touches = Touch.objects.filter(entry__in=entries.values("pk")).values_list("type", "ref").distinct()
    by_type: dict[str, set[int]] = {}
    for type_, number in touches:
        by_type.setdefault(type_, set()).add(number)
    units |= by_type.get("organisation", set())
    units |= set(
        Post.objects.filter(pk__in=by_type.get("post", ())).values_list("organisation_id", flat=True)
    )
    edges = Relationship.objects.filter(pk__in=by_type.get("relationship", ()), from_type="organisation")
    units |= set(edges.values_list("from_id", flat=True))
    for type_ in ("entry", "case", "post", "relationship"):
        owing = Owed.objects.filter(holder_type=type_, holder_id__in=by_type.get(type_, ()))
        units |= set(owing.values_list("organisation_id", flat=True))
    return units


def _bring_up(stands: Iterator[Stand], today: dt.date, units: Iterable[int] | None) -> int:
    """Write what stands otherwise than the rows say, and drop the rows that nothing says any more."""
    with transaction.atomic():
        there = _there(units)
        fresh: list[tuple[Key, Said]] = []
        changed = 0
        for stand in stands:
            if stand.window.last < today - KEPT:
                continue
            key, said = _row(stand)
            known = there.pop(key, None)
            if known is None or known[1] != said:
                fresh.append((key, said))
            if len(fresh) >= PART:
                changed += _write(fresh)
                fresh = []
        changed += _write(fresh)
        gone = [pk for pk, _said in there.values()]
        for start in range(0, len(gone), PART):
            changed += Owed.objects.filter(pk__in=gone[start : start + PART]).delete()[0]
    return changed


def _there(units: Iterable[int] | None) -> dict[Key, tuple[int, Said]]:
    """The rows as the database gives them: a city has hundreds of thousands."""
    ids = None if units is None else sorted(units)
    cut = "" if ids is None else f" WHERE organisation_id IN ({', '.join(['%s'] * len(ids))})"
    sql = f"SELECT id, {', '.join(_COLUMNS)} FROM duties_owed{cut}"  # noqa: S608 - our own names
    found: dict[Key, tuple[int, Said]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, ids or [])
        while rows := cursor.fetchmany(5000):
            found.update((tuple(row[1:6]), (row[0], tuple(row[6:]))) for row in rows)
    return found


def _row(stand: Stand) -> tuple[Key, Said]:
    line, holder, window, deed = stand.line, stand.holder, stand.window, stand.deed
    key = (line.duty, line.code, *holder.ref, window.name)
    type_, number = deed.ref if deed else ("", None)
    day = deed.day if deed else None
    standing, gaps = stand.stood.standing, stand.stood.gaps
    return key, (holder.organisation, window.first, window.due, standing, day, type_, number, gaps)


def _write(fresh: list[tuple[Key, Said]]) -> int:
    """Rows in one statement for many: a model's own `bulk_create` takes several times as long."""
    if not fresh:
        return 0
    marks = ", ".join(["%s"] * len(_COLUMNS))
    says = ", ".join(f"{name} = excluded.{name}" for name in _SAID)
    sql = (
        f"INSERT INTO duties_owed ({', '.join(_COLUMNS)}) VALUES ({marks}) "  # noqa: S608 - our own names
        f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {says}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*key, *_adapted(said)) for key, said in fresh])
    return len(fresh)


def _adapted(said: Said) -> Said:
    """SQLite takes days written."""
    if connection.vendor == "postgresql":
        return said
    return tuple(str(one) if isinstance(one, dt.date) else one for one in said)
