"""Every edition, kept by each process and read again when the table has changed.

Within `remembering()` a process asks at most once in `LASTS` seconds whether anything changed, in one small statement over
the hashes; outside it, and in a transaction that wrote editions itself, it asks each time. Frozen editions never change,
and `freeze` refuses one that changed meanwhile, so nothing can be filed under words nobody reads any more.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.db import connection

from ronghe.core.memory import forget, is_remembering, remembered, remembering
from ronghe.definitions.models import Edition
from ronghe.rows import asked

LASTS = 1.0
"""How many seconds a look holds: the longest that some process goes by a definition replaced meanwhile."""
_KEPT = 2
_MOST_KNOWN, _UNKNOWN = 500, object()
_ROW = "hash || effective || signed_by || CASE WHEN frozen_at IS NULL THEN '' ELSE '!' END"
_TABLE = "definitions_edition"
_VERSION = {
    "postgresql": f"SELECT COUNT(*), MAX(id), MD5(STRING_AGG({_ROW}, ',' ORDER BY id)) FROM {_TABLE}",  # noqa: S608 - our own words
    "sqlite": f"SELECT COUNT(*), MAX(id), GROUP_CONCAT({_ROW}) FROM (SELECT * FROM {_TABLE} ORDER BY id)",  # noqa: S608
}

P = ParamSpec("P")
T = TypeVar("T")
Version = tuple[object, ...]


@dataclass(frozen=True)
class Shelf:
    """All editions: by id, and by kind and code in the order they take effect; `known`: what was asked of them (`once`)."""

    by_id: Mapping[int, Edition]
    by_kind: Mapping[str, Mapping[str, list[Edition]]]
    known: dict[Hashable, Any] = field(default_factory=dict)

    def of(self, kind: str, code: str) -> list[Edition]:
        """The editions of one definition."""
        return self.by_kind.get(kind, {}).get(code, [])


def once(ask: Callable[P, T]) -> Callable[P, T]:
    """For what follows from the definitions and its (hashable) arguments alone: asked once while they stand.

    Nobody may change what it gives, and it asks nothing else of the database.
    """

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        with remembering():  # what it asks of the shelf, it asks of this one
            known, key = shelf().known, (ask, *args, *kwargs.items())
            found = known.get(key, _UNKNOWN)
            if found is _UNKNOWN:
                if len(known) >= _MOST_KNOWN:
                    known.clear()
                found = known[key] = ask(*args, **kwargs)
            return cast(T, found)

    return answer


@dataclass
class _Process:
    """What this process has: shelves by what the table said, the last seen outside any transaction, and until when."""

    shelves: dict[Version, Shelf] = field(default_factory=dict)
    seen: Shelf | None = None
    until: float = 0.0


class _Writer(threading.local):
    """Whether this thread's transaction wrote editions that others do not see yet."""

    wrote = False


_process, _writer = _Process(), _Writer()


def shelf() -> Shelf:
    """The editions as they are now, or were at most `LASTS` seconds ago. Nobody may change what it gives."""
    return remembered("definitions", _look)


def look_again() -> None:
    """Whatever writes editions calls this: the next question is asked of the database."""
    _process.until, _writer.wrote = 0.0, connection.in_atomic_block
    forget()


def _look() -> Shelf:
    _writer.wrote = _writer.wrote and connection.in_atomic_block
    is_lately = _process.seen is not None and clock.monotonic() < _process.until
    if is_lately and is_remembering() and not _writer.wrote:
        assert _process.seen is not None  # noqa: S101 - asked just now
        return _process.seen
    looked_at = clock.monotonic()
    version = _version()
    if (found := _process.shelves.get(version)) is None:
        found = _read()
        kept = [*_process.shelves.items(), (version, found)]
        _process.shelves = dict(kept[-_KEPT:])
    if is_remembering() and not _writer.wrote:
        _process.seen, _process.until = found, looked_at + LASTS
    return found


def _version() -> Version:
    (found,) = asked(_VERSION[connection.vendor], [])
    return tuple(found)


def _read() -> Shelf:
    by_kind: dict[str, dict[str, list[Edition]]] = {}
    rows = list(Edition.objects.order_by("kind", "code", "effective"))
    for edition in rows:
        by_kind.setdefault(edition.kind, {}).setdefault(edition.code, []).append(edition)
    return Shelf({edition.pk: edition for edition in rows}, by_kind)
