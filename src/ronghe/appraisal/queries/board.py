"""What the public may know of every unit's handling: counted from the procedures open to the public, nothing of others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ronghe.appraisal import ranking
from ronghe.appraisal.enums import Act, By, Measure
from ronghe.appraisal.queries.acts import count_acts
from ronghe.appraisal.queries.question import UNASSIGNED, Question
from ronghe.appraisal.queries.reckoning import reckon
from ronghe.appraisal.queries.stock import open_at_end
from ronghe.appraisal.rules import Figure
from ronghe.core.periods import Every, Period
from ronghe.definitions.queries import public_procedures
from ronghe.ledger.queries import watermark
from ronghe.organisations.models import Organisation

FEWEST_RATERS = 5
MONTHS = 12


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A unit, or the whole (`code` empty): its figures, what it accepted, and what it had open and overdue at the end.

    `place` is its place among units of its kind by the rate on time; None: too few cases to have one.
    """

    code: str
    name: str
    kind: str
    measures: Mapping[Measure, Figure]
    accepted: int
    open: int
    overdue: int
    place: int | None = None
    is_tied: bool = False

    @property
    def sinking(self) -> tuple[bool, Fraction, str]:
        """To sort the best rate first; those with too few cases to compare come last."""
        rate = self.measures[Measure.ON_TIME]
        if self.place is None or not rate.denominator:
            return True, Fraction(0), self.name
        return False, -Fraction(rate.numerator or 0, rate.denominator), self.name


@dataclass(frozen=True, slots=True)
class Board:
    """The rows by name, and the whole city, what no unit answers for yet included."""

    question: Question
    rows: list[BoardRow]
    total: BoardRow


def public_question(period: Period, *, now: dt.datetime) -> Question:
    """By unit, over what is open to the public."""
    kinds = tuple(public_procedures(min(period.last, now.date())))
    return Question(period=period, by=By.ORGANISATION, watermark=watermark(), now=now, kinds=kinds)


def unit_board(question: Question) -> Board:
    """Every unit that had anything in the period; results of fewer than five raters are withheld."""
    report = reckon(question, fewest_raters=FEWEST_RATERS)
    open_then = Counter(one.organisation_id for one in open_at_end(question).values())
    acts = count_acts(question)
    figures = {row.key: row.measures for row in report.rows if row.key != UNASSIGNED}
    names = {row.key: row.label for row in report.rows}
    units = Organisation.objects.filter(code__in=figures).values_list("pk", "code", "kind")
    rows = []
    for number, code, kind in units:
        did = acts.get(number, Counter())
        standing = did[Act.ACCEPTED], open_then[number], did[Act.OVERDUE]
        rows.append(BoardRow(code, names[code], kind, figures[code], *standing))
    done: Counter[Act] = sum(acts.values(), Counter())
    whole = done[Act.ACCEPTED], open_then.total(), done[Act.OVERDUE]
    total = BoardRow("", "", "", report.total, *whole)
    return Board(question, sorted(_placed(rows), key=lambda row: (row.name, row.code)), total)


def months_of(question: Question, unit: int) -> list[tuple[Period, Mapping[Measure, Figure]]]:
    """One unit's twelve months up to the end of the period, or to now."""
    until = Period.holding(question.moment.astimezone(question.period.start.tzinfo).date(), Every.MONTH)
    if question.period.end <= question.now:
        until = Period.holding(question.period.last, Every.MONTH)
    last = until.last
    first = dt.date(last.year - (last.month < MONTHS), last.month % MONTHS + 1, 1)
    asked = replace(question, period=Period(first, last), by=By.MONTH, unit=unit)
    rows = reckon(asked, fewest_raters=FEWEST_RATERS).rows
    return [(Period.parse(row.key), row.measures) for row in rows]


def figures_of_unit(question: Question, unit: Organisation) -> BoardRow:
    """One unit's own row, also when it had nothing."""
    asked = replace(question, unit=unit.pk)
    total = reckon(asked, fewest_raters=FEWEST_RATERS).total
    did = count_acts(asked).get(unit.pk, Counter())
    standing = did[Act.ACCEPTED], len(open_at_end(asked)), did[Act.OVERDUE]
    return BoardRow(unit.code, unit.name, unit.kind, total, *standing)


def _placed(rows: list[BoardRow]) -> list[BoardRow]:
    standings = []
    for row in rows:
        rate = row.measures[Measure.ON_TIME]
        standings.append(
            ranking.Standing(row.code, row.kind, rate.numerator or 0, rate.denominator or 0, row.overdue)
        )
    places = {one.standing.key: one for one in ranking.ranked(standings)}
    return [replace(row, place=places[row.code].place, is_tied=places[row.code].is_tied) for row in rows]
