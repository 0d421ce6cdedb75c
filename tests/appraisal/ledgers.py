"""Random ledgers of cases, and a second reckoner that shares no line with the first."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ronghe.core.periods import Every, Period
from ronghe.ledger.domain import Draft, Touch

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINNING = dt.datetime(2022, 12, 1, 9, tzinfo=SHANGHAI)
ENDINGS = {"case.closed", "case.withdrawn"}
moments = st.integers(0, 420 * 24 * 60).map(lambda minutes: BEGINNING + dt.timedelta(minutes=minutes))
gaps = st.integers(0, 60 * 24 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))


@dataclass(frozen=True)
class Ledger:
    """Drafts in the order they are recorded."""

    drafts: tuple[Draft, ...]


@st.composite
def cases(draw: st.DrawFn, number: int, units: list[int | None]) -> list[Draft]:
    """One case's life: opened, moved about, perhaps closed, rated, reopened."""
    kind = draw(st.sampled_from(["procedure:letters", "procedure:petitions"]))
    at = draw(moments)
    unit = draw(st.sampled_from(units))
    due = at + draw(gaps) if draw(st.booleans()) else None
    clocked = due is not None
    topic = draw(st.sampled_from([None, {"topic": "land"}, {"topic": "tax"}]))
    said = {"number": f"B{number}", "edition_id": 1, "due": _iso(due), "values": topic}
    drafts = [_draft("case.opened", number, at, unit, kind, **said)]
    is_open, rounds = True, 1
    for act in draw(st.lists(st.sampled_from(ACTS), max_size=7)):
        at += draw(gaps)
        if is_open and act in ("accepted", "transferred"):
            unit = draw(st.sampled_from([one for one in units if one]))
            drafts.append(_draft(f"case.{act}", number, at, unit, kind))
        elif is_open and act == "returned":
            unit = None
            drafts.append(_draft("case.returned", number, at, None, kind))
        elif is_open and act == "extended" and clocked:
            due = at + draw(gaps)
            drafts.append(_draft("case.extended", number, at, unit, kind, limit="5 工作日", due=_iso(due)))
        elif is_open and act == "paused" and clocked:
            drafts.append(_draft("case.paused", number, at, unit, kind, ground="补充材料"))
            if draw(st.booleans()):
                at += draw(gaps)
                due = at + draw(gaps)
                drafts.append(_draft("case.resumed", number, at, unit, kind, due=_iso(due)))
        elif is_open and act == "closed":
            in_time = at <= due if due else None
            days = draw(st.none() | st.integers(0, 12))
            drafts.append(
                _draft(
                    "case.closed",
                    number,
                    at,
                    unit,
                    kind,
                    quantity=days,
                    result="answered",
                    round=rounds,
                    due=_iso(due),
                    in_time=in_time,
                )
            )
            is_open = False
        elif is_open and act == "withdrawn":
            drafts.append(_draft("case.withdrawn", number, at, unit, kind))
            break
        elif not is_open and act == "reopened":
            rounds += 1
            due = at + draw(gaps) if clocked else None
            drafts.append(
                _draft("case.reopened", number, at, unit, kind, round=rounds, cause="rating", due=_iso(due))
            )
            is_open = True
        elif not is_open and act == "rated":
            drafts += draw(_ratings(number, rounds, at, unit))
    return drafts


ACTS = [
    "accepted",
    "transferred",
    "returned",
    "extended",
    "paused",
    "closed",
    "closed",
    "closed",
    "withdrawn",
    "reopened",
    "rated",
    "rated",
]


@st.composite
def _ratings(draw: st.DrawFn, number: int, rounds: int, at: dt.datetime, unit: int | None) -> list[Draft]:
    subject = ("judgement", number * 1000 + draw(st.integers(1, 999)))
    score, satisfied = draw(st.none() | st.integers(1, 5)), draw(st.sampled_from([True, False, None]))
    given = Draft(
        kind="judgement.given",
        at=at,
        actor=f"requester:{number}",
        subject=subject,
        organisation_id=unit,
        quantity=score,
        touches=(Touch("of", "case", number), Touch("about", "organisation", 1)),
        definition="judgement:rating",
        data=_without_none(round=rounds, satisfied=satisfied),
    )
    voided = Draft(kind="judgement.voided", at=at, actor="person:1", subject=subject, data={"round": rounds})
    return [given, voided] if draw(st.integers(0, 3)) == 0 else [given]


def ledgers(units: list[int | None], most: int = 8) -> st.SearchStrategy[Ledger]:
    """Ledgers of up to `most` cases."""
    lives = st.integers(0, most).flatmap(
        lambda count: st.tuples(*(cases(number, units) for number in range(1, count + 1)))
    )
    return lives.map(lambda found: Ledger(tuple(draft for life in found for draft in life)))


def _draft(
    kind: str,
    number: int,
    at: dt.datetime,
    unit: int | None,
    definition: str,
    /,
    quantity: int | None = None,
    **data: object,
) -> Draft:
    return Draft(
        kind=kind,
        at=at,
        actor="demo:1",
        subject=("case", number),
        organisation_id=unit,
        definition=definition,
        quantity=quantity,
        data=_without_none(**data),
    )


def _without_none(**data: object) -> dict[str, object]:
    return {key: value for key, value in data.items() if value is not None}


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


Counted = dict[str, tuple[int | None, int | None, Fraction | None]]


def reckon_by_hand(
    drafts: tuple[Draft, ...], period: Period, by: str, now: dt.datetime, kind: str = ""
) -> tuple[dict[object, Counted], Counted]:
    """(row key → measure → numerator, denominator, exact value; the same of the total), as plainly as possible.

    Keys are organisation ids, procedure definitions, topics or months. Rows in which nothing happened are left out.
    """
    if by == "month":
        rows = {}
        for month in period.split(Every.MONTH):
            part = Period(max(month.first, period.first), min(month.last, period.last))
            rows[str(month)] = _measure(_facts(drafts, part, now, kind))
        return rows, _measure(_facts(drafts, period, now, kind))
    groups = defaultdict(list)
    for fact in _facts(drafts, period, now, kind):
        groups[fact[{"organisation": "unit", "kind": "kind", "topic": "topic"}[by]]].append(fact)
    return {key: _measure(facts) for key, facts in groups.items()}, _measure(
        _facts(drafts, period, now, kind)
    )


def _facts(drafts: tuple[Draft, ...], period: Period, now: dt.datetime, kind: str) -> list[dict[str, object]]:
    openings = {draft.subject[1]: draft for draft in drafts if draft.kind == "case.opened"}
    voided = {draft.subject for draft in drafts if draft.kind == "judgement.voided"}
    facts: list[dict[str, object]] = []
    for draft in drafts:
        about = next((touch.ref for touch in draft.touches if touch.role == "of"), draft.subject[1])
        if draft.subject in voided or not (period.contains(draft.at) and draft.at <= now):
            continue
        if draft.kind in ("case.opened", "case.closed", "judgement.given"):
            facts.append(
                {
                    "what": draft.kind,
                    "unit": draft.organisation_id,
                    "kind": openings[about].definition,
                    "topic": _topic(openings[about]),
                    "number": draft.quantity,
                    **draft.data,
                }
            )
    lives: Mapping[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.subject[0] == "case" and draft.at < period.end and draft.at <= now:
            lives[draft.subject[1]].append(draft)
    if period.start <= now:
        facts += [
            {
                "what": "overdue",
                "unit": _unit(life),
                "kind": life[0].definition,
                "topic": _topic(life[0]),
            }
            for life in lives.values()
            if _is_overdue(life, min(now, period.end))
        ]
    return [fact for fact in facts if not kind or fact["kind"] == f"procedure:{kind}"]


def _topic(opening: Draft) -> str:
    values: Mapping[str, str] = opening.data.get("values", {})  # type: ignore[assignment]
    return values.get("topic", "")


def _unit(life: list[Draft]) -> int | None:
    handed = [
        draft
        for draft in life
        if draft.kind
        in ("case.opened", "case.accepted", "case.transferred", "case.returned", "case.reopened")
    ]
    return handed[-1].organisation_id


def _is_overdue(life: list[Draft], moment: dt.datetime) -> bool:
    if any(draft.kind in ENDINGS for draft in life):
        last_end = max(number for number, draft in enumerate(life) if draft.kind in ENDINGS)
        life = life[last_end + 1 :]
    dues = [str(draft.data["due"]) for draft in life if "due" in draft.data]
    if not dues:
        return False
    stops = [draft for draft in life if draft.kind in ("case.paused", "case.resumed")]
    if stops and stops[-1].kind == "case.paused":
        moment = stops[-1].at
    return dt.datetime.fromisoformat(dues[-1]) < moment


def _measure(facts: list[dict[str, object]]) -> Counted:
    received = sum(fact["what"] == "case.opened" for fact in facts)
    closed = [fact for fact in facts if fact["what"] == "case.closed"]
    rated = [fact for fact in facts if fact["what"] == "judgement.given"]
    overdue = sum(fact["what"] == "overdue" for fact in facts)
    days = sorted(fact["number"] for fact in closed if fact["number"] is not None)
    scores = [fact["number"] for fact in rated if fact["number"] is not None]
    told = [fact["satisfied"] for fact in rated if "satisfied" in fact]
    clocked = [fact["in_time"] for fact in closed if "in_time" in fact]
    return {
        "received": (received, None, Fraction(received)),
        "closed": (len(closed), None, Fraction(len(closed))),
        "on_time": _over(sum(clocked), len(clocked) + overdue),
        "median_days": (len(days), len(closed), Fraction(statistics.median(days)) if days else None),
        "p90_days": (
            len(days),
            len(closed),
            Fraction(days[math.ceil(len(days) * 9 / 10) - 1]) if days else None,
        ),
        "rated": (len(rated), None, Fraction(len(rated))),
        "mean_rating": _over(sum(scores), len(scores)),
        "satisfied_share": _over(sum(told), len(told)),
    }


def _over(numerator: int, denominator: int) -> tuple[int, int, Fraction | None]:
    return numerator, denominator, Fraction(numerator, denominator) if denominator else None
