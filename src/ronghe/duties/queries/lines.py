"""The lines of all duties: what is owed how often, and what meets it, each from the day its words hold.

A line is what one edition says. When an edition asks for another cadence, its periods are those that begin from its
effective day on, and the old edition keeps those before: a period is never judged by words that came later.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ronghe.core.memory import remembered
from ronghe.core.select import FirstOf, Kinds, Selector, Where
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Standing
from ronghe.definitions.kinds.base import Escalation
from ronghe.definitions.kinds.grammar import Cadence, length
from ronghe.definitions.models import Edition
from ronghe.definitions.queries.lines import stamp_of_filled
from ronghe.definitions.queries.shelves import Shelf, shelf
from ronghe.duties.models import Confirmation

EVERY = {
    "每日": "day",
    "每周": "week",
    "每月": "month",
    "每季度": "quarter",
    "每半年": "half-year",
    "每年": "year",
}
LINE = "line"


@dataclass(frozen=True)
class Want:
    """What meets a line: entries of these kinds under these definitions (reference → editions, None: any), where it holds."""

    kinds: frozenset[str]
    definitions: Mapping[str, frozenset[str] | None]
    where: Where | None = None
    line: str = ""

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True)
class Line:
    """One line in the words of one edition: it holds for periods that begin from `first` on and before `until`.

    `since`: from when the city could know of it, the later of its first effective day and the day it was loaded. What was
    due before then is nobody's gap; of a period that it was loaded in the middle of, its `effective` day decides.
    """

    duty: str
    code: str
    title: str
    duty_title: str
    edition: Edition
    every: Cadence
    within: Limit | None
    wants: tuple[Want, ...]
    holders: tuple[Kinds, ...]
    is_advice: bool
    since: dt.date
    effective: dt.date
    first: dt.date
    until: dt.date | None
    escalate: tuple[Escalation, ...] = ()
    records: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    holding: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.duty, self.code

    @property
    def name(self) -> str:
        """The line with its duty: 三会一课：党课."""
        return f"{self.duty_title}：{self.title}" if self.code else self.title

    def __hash__(self) -> int:
        return hash((self.duty, self.code, self.first))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and (self.key, self.first) == (other.key, other.first)


def lines_on(on: dt.date) -> list[Line]:
    """Every line that holds or held by the day, by duty; those of the edition in force have no `until`."""
    return remembered(("duty-lines", on), lambda: _lines(on))


def current(on: dt.date) -> dict[tuple[str, str], Line]:
    """The lines as they are worded on the day."""
    return {line.key: line for line in lines_on(on) if line.until is None}


_kept: dict[str, tuple[Shelf, dt.date, frozenset[tuple[int, str]], tuple[object, ...], list[Line]]] = {}
"""The lines last made, with what they were made of: reading three hundred duties anew takes longer than a page may."""


def _lines(on: dt.date) -> list[Line]:
    confirmed = frozenset(Confirmation.objects.filter(ended_at=None).values_list("edition_id", "line"))
    made_of = (shelf(), on, confirmed, stamp_of_filled())
    if (kept := _kept.get("lines")) is None or kept[0] is not made_of[0] or kept[1:4] != made_of[1:]:
        kept = _kept["lines"] = (*made_of, _made(on, confirmed))
    return kept[4]


def _made(on: dt.date, confirmed: frozenset[tuple[int, str]]) -> list[Line]:
    counting = _counting()
    found = []
    for code in sorted(shelf().by_kind.get(Kind.DUTY, {})):
        editions = shelf().of(Kind.DUTY, code)
        effective = editions[0].effective
        since = max(effective, timezone.localdate(min(one.loaded_at for one in editions)))
        begun = [one for one in editions if one.effective <= on] or editions[:1]
        for place, edition in enumerate(begun):
            until = begun[place + 1].effective if place + 1 < len(begun) else None
            first = edition.effective if place else dt.date.min
            for line in _of_edition(edition, on, counting):
                advice = (
                    line.pop("standing") is Standing.ADVICE and (edition.pk, line["code"]) not in confirmed
                )
                holding = tuple(map(repr, line["holders"]))  # what is equal is asked once
                found.append(
                    Line(
                        **line,
                        is_advice=advice,
                        since=since,
                        effective=effective,
                        first=first,
                        until=until,
                        holding=holding,
                    )
                )
    return found


def _of_edition(
    edition: Edition, on: dt.date, counting: Mapping[str, dict[str, set[str]]]
) -> Iterator[dict[str, Any]]:
    body = definitions.body_of(edition)
    own = {
        "duty": edition.code,
        "duty_title": body.title,
        "edition": edition,
        "escalate": body.escalate,
    }
    if body.every:
        yield {
            **own, "code": "", "title": body.title, "every": body.every, "within": body.within,
            "wants": _wants(body.satisfied_by, counting), "holders": _kinds(body.holders), "standing": body.standing,
            "records": _records(body.satisfied_by),
        }  # fmt: skip
    elif isinstance(body.lines, str):
        yield from _of_list(own, body, on, counting)
    else:
        for line in body.lines:
            yield {
                **own, "code": line.code, "title": line.title, "every": line.every, "within": line.within or body.within,
                "wants": _wants(line.satisfied_by, counting), "holders": _kinds(line.holders or body.holders),
                "standing": line.standing or body.standing, "records": _records(line.satisfied_by),
            }  # fmt: skip


def _of_list(
    own: dict[str, Any], body: Any, on: dt.date, counting: Mapping[str, dict[str, set[str]]]
) -> Iterator[dict[str, Any]]:
    """The lines of a list the city fills; one that does not say how often, or by what it is met, is not owed yet."""
    for line in definitions.lines_on(body.lines, on):
        facts = line.facts
        every = facts.get("every")
        kind = next(
            (
                kind
                for kind in ("activity", "procedure", "judgement", "register", "bulletin")
                if facts.get(kind)
            ),
            "",
        )
        met = (Kinds(kind, str(facts[kind])),) if kind else body.satisfied_by
        if not every or not met:
            continue
        within = facts.get("within")
        yield {
            **own, "code": line.code[:64], "title": line.title, "every": Cadence.parse(EVERY.get(str(every), str(every))),
            "within": length(within) if within else body.within, "holders": _kinds(body.holders),
            "wants": _wants(met, counting, "" if kind else line.code), "standing": body.standing,
            "records": _records(met), "unit": str(facts.get("unit") or ""),
        }  # fmt: skip


def _kinds(selector: Selector) -> tuple[Kinds, ...]:
    """Who owes it: a list means all of them."""
    options = selector.options if isinstance(selector, FirstOf) else (selector,)
    return tuple(one for one in options if isinstance(one, Kinds))


def _records(met: Sequence[Selector]) -> tuple[tuple[str, str], ...]:
    return tuple((one.kind, one.name) for one in met if isinstance(one, Kinds))


def _wants(
    met: Sequence[Selector], counting: Mapping[str, dict[str, set[str]]], line: str = ""
) -> tuple[Want, ...]:
    return tuple(_want(one, counting, line) for one in met if isinstance(one, Kinds))


def _want(one: Kinds, counting: Mapping[str, dict[str, set[str]]], line: str) -> Want:
    named: dict[str, frozenset[str] | None] = {f"{one.kind}:{one.name}": None}
    for code, editions in counting.get(one.name, {}).items() if one.kind == "activity" else ():
        named.setdefault(f"activity:{code}", frozenset(editions))
    return Want(_entries(one), named, one.where, line)


def _entries(one: Kinds) -> frozenset[str]:
    """The ledger entries that a selector means: a case counts when it is closed, unless its where asks for its state."""
    if one.kind == "procedure":
        asks = {name for kind, name in one.where.names() if kind == "field"} if one.where else set()
        return frozenset({"case.opened" if "state" in asks else "case.closed"})
    return frozenset(
        {
            "activity": ("activity.held",),
            "judgement": ("judgement.given",),
            "bulletin": ("bulletin.issued",),
            "register": ("entry.began", "entry.changed"),
            "relationship": ("relationship.began",),
            "post": ("appointment.began",),
        }.get(one.kind, ())
    )


def _counting() -> dict[str, dict[str, set[str]]]:
    """Activity → the activities that count as it, each with the editions that say so."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for code, editions in shelf().by_kind.get(Kind.ACTIVITY, {}).items():
        for edition in editions:
            for other in definitions.body_of(edition).counts_as:
                found[other][code].add(edition.edition)
    return found
