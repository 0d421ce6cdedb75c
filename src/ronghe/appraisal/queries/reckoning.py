"""Cases counted from the ledger.

Every figure counts by the date of its own event and the organisation responsible at that event (the entry's own):

- received: `case.opened`. A case that no unit answered for when it was opened stands in the row 未分办.
- closed: `case.closed`, each one: a case reopened and closed again is closed twice, by whoever answered each time.
- on_time: closings whose entry says they were in time ÷ (closings to which a clock applied + cases open and overdue at
  the end of the period, or now while it runs; those by whoever answered for them at that moment). A closing without
  a clock is in neither number. What was withdrawn or merged is no closing, and no longer open.
- median_days, p90_days: working days of the closings that say them. The median of an even number lies half-way between the
  two middle ones; p90 is the nearest rank: the smallest number of days that at least nine closings of ten did not
  exceed. Their numerator is how many closings were measured, their denominator how many there were.
- rated: `judgement.given` by the requester about a case (touch `of`), unless voided, or flagged and not upheld. mean_rating: sum of the scores ÷ ratings with
  a score. satisfied_share: ratings that say satisfied ÷ those that say whether or not.

A month's row is the reckoning of that month alone, so its on_time holds what was overdue when the month ended; what is
overdue is a stock, and alone of all counts does not add up over months: the total has the period's end.

A value is rounded once, half up: shares to 4 places, mean_rating to 2; a median has at most one half.
Status: `ok`; `zero`: it was measured and is 0; `not-applicable`: nothing that could be measured (no clock applied, nothing
was closed or rated); `missing`: there were closings or ratings, but none says it; `pending`: the period has not begun;
`disputed`: contested (by no kind of entry yet); `withheld`: fewer raters than `fewest_raters`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext

from ronghe.appraisal.enums import By, Measure
from ronghe.appraisal.queries.facts import CLOSED, OPENED, by_month, case_facts, ratings
from ronghe.appraisal.queries.question import PROCEDURE, UNASSIGNED, Question
from ronghe.appraisal.queries.stock import overdue_at_end, overdue_at_ends
from ronghe.appraisal.rules import Figure, Tally, figures_of, withhold
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.models import Edition
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import names_on

Key = int | str | None
COLUMNS = {By.ORGANISATION: "organisation_id", By.KIND: "procedure", By.TOPIC: "topic"}
COUNTS = tuple(part.name for part in fields(Tally) if part.name != "days")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `key` is an organisation's code, a month as 2023-07 or a procedure's code."""

    key: str
    label: str
    measures: Mapping[Measure, Figure]

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "label": self.label, "measures": _as_json(self.measures)}


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a question; `total` is of the whole period, whatever the rows are."""

    question: Question
    rows: list[Row]
    total: Mapping[Measure, Figure]

    def as_json(self) -> dict[str, Any]:
        """The shape of every published number."""
        return {
            "period": str(self.question.period),
            "by": self.question.by.value,
            "kind": self.question.kind or None,
            "rows": [row.as_json() for row in self.rows],
            "total": _as_json(self.total),
            "watermark": self.question.watermark,
            "as_of": self.question.moment.isoformat(),
        }


def reckon(question: Question, *, fewest_raters: int = 0) -> Report:
    """Count. `fewest_raters`: results of fewer are withheld; 5 wherever the public or the units counted can read."""
    if question.by != By.MONTH:
        return reckon_splits(question, question.by, fewest_raters=fewest_raters)[0]
    return _withheld(question, *_by_month(question), fewest_raters)


def reckon_splits(question: Question, *splits: By, fewest_raters: int = 0) -> list[Report]:
    """The same entries split in several ways (by anything but months), counted once."""
    columns = tuple(COLUMNS[by] for by in splits)
    asked = replace(question, by=By.TOPIC if By.TOPIC in splits else splits[0])
    counts = _counted(asked, *columns)
    for standing in overdue_at_end(question):
        counts[tuple(getattr(standing, column) for column in columns)]["overdue"] += 1
    reports = []
    for place, by in enumerate(splits):
        tallies: dict[Key, Tally] = {}
        for keys, kept in counts.items():
            tallies[keys[place]] = tallies.get(keys[place], Tally()) + Tally(**kept)
        of_this = replace(question, by=by)
        reports.append(_withheld(of_this, *_rows(of_this, tallies), fewest_raters))
    return reports


def _withheld(
    question: Question, rows: list[Row], total: dict[Measure, Figure], fewest_raters: int
) -> Report:
    shown, whole = withhold([dict(row.measures) for row in rows], dict(total), fewest_raters)
    rows = [replace(row, measures=measures) for row, measures in zip(rows, shown, strict=True)]
    return Report(question, rows, whole)


def _rows(question: Question, tallies: Mapping[Key, Tally]) -> tuple[list[Row], dict[Measure, Figure]]:
    """Most received first, then by key."""
    named = _named(question, tallies)
    order = sorted(tallies, key=lambda key: (-tallies[key].received, named[key][0]))
    rows = [Row(*named[key], figures_of(tallies[key], begun=question.has_begun)) for key in order]
    total = sum(tallies.values(), Tally())
    return rows, figures_of(total, begun=question.has_begun)


def _by_month(question: Question) -> tuple[list[Row], dict[Measure, Figure]]:
    """Every month of the period in order, also those in which nothing happened."""
    counts = _counted(question, "month")
    months = question.months()
    overdue = overdue_at_ends(question, [asked for _, asked in months if asked.has_begun])
    rows, total = [], Tally()
    for number, (month, asked) in enumerate(months):
        alone = Tally(**counts[str(month),])
        if number < len(overdue):
            alone = replace(alone, overdue=overdue[number])
            total = replace(total + alone, overdue=overdue[number])
        rows.append(Row(str(month), month.label, figures_of(alone, begun=asked.has_begun)))
    return rows, figures_of(total, begun=question.has_begun)


def _counted(question: Question, *columns: str) -> dict[tuple[Key, ...], dict[str, Any]]:
    """Counts by columns of the facts, named as in `Tally`, without what is overdue; three statements."""
    counts: dict[tuple[Key, ...], dict[str, Any]] = defaultdict(_nothing)
    for row in _grouped(question, case_facts(question, OPENED), *columns).annotate(received=Count("pk")):
        counts[tuple(row[column] for column in columns)]["received"] += row["received"]
    closings = _grouped(question, case_facts(question, CLOSED), *columns, "quantity", "data__in_time")
    for row in closings.annotate(n=Count("pk")):
        kept, in_time = counts[tuple(row[column] for column in columns)], row["data__in_time"]
        kept["closed"] += row["n"]
        kept["clocked"] += row["n"] if in_time in (True, False) else 0
        kept["on_time"] += row["n"] if in_time is True else 0
        if row["quantity"] is not None:
            kept["days"][row["quantity"]] += row["n"]
    for row in _grouped(question, ratings(question), *columns, "data__satisfied").annotate(
        rated=Count("pk"), scored=Count("quantity"), score=Sum("quantity")
    ):
        kept, satisfied = counts[tuple(row[column] for column in columns)], row["data__satisfied"]
        for name in ("rated", "scored", "score"):
            kept[name] += row[name] or 0
        kept["told"] += row["rated"] if satisfied in (True, False) else 0
        kept["satisfied"] += row["rated"] if satisfied is True else 0
    return counts


def _nothing() -> dict[str, Any]:
    return {**dict.fromkeys(COUNTS, 0), "days": Counter()}


def _grouped(question: Question, facts: QuerySet[Entry], *columns: str) -> QuerySet[Any, dict[str, Any]]:
    if "month" in columns:
        facts = by_month(question, facts)
    return facts.order_by().values(*columns)


def _named(question: Question, keys: Iterable[Key]) -> dict[Key, tuple[str, str]]:
    """What the rows found in the ledger are called: their key and label."""
    if question.by == By.ORGANISATION:
        return _organisations(question, keys)
    return _procedures(question, keys) if question.by == By.KIND else _topics(question, keys)


def _organisations(question: Question, keys: Iterable[Key]) -> dict[Key, tuple[str, str]]:
    """Id → code and the name on the period's last day."""
    ids = [key for key in keys if isinstance(key, int)]
    names = names_on(ids, question.period.last)
    named: dict[Key, tuple[str, str]] = {None: (UNASSIGNED, gettext("未分办"))}
    for number, code, name in Organisation.objects.filter(pk__in=ids).values_list("pk", "code", "name"):
        named[number] = (code, names.get(number, name))
    return named


def _procedures(question: Question, keys: Iterable[Key]) -> dict[Key, tuple[str, str]]:
    """Definition → code and its title on the period's last day; before the first edition, the first."""
    titles: dict[str, str] = {}
    for code, effective, title in (
        Edition.objects.filter(kind="procedure")
        .order_by("effective")
        .values_list("code", "effective", "title")
    ):
        if code not in titles or effective <= question.period.last:
            titles[code] = title
    codes = {key: str(key or "").removeprefix(PROCEDURE) for key in keys}
    return {key: (code, titles.get(code, code or gettext("未分类"))) for key, code in codes.items()}


def _topics(question: Question, keys: Iterable[Key]) -> dict[Key, tuple[str, str]]:
    """Topic → its code and its title in the lists that forms choose topics from; without a topic 不分类别."""
    on = question.period.last
    titles: dict[Key, str] = {}
    for procedure in definitions.live(Kind.PROCEDURE, on):
        fields = procedure.body.form.fields if procedure.body.form else ()
        sources = [field.source for field in fields if field.code == "topic" and field.source]
        for found in (definitions.find(Kind.LIST, source, on) for source in sources):
            titles |= {line.code: line.title for line in found.body.lines} if found else {}
    return {key: (str(key or ""), titles.get(key, str(key or gettext("不分类别")))) for key in keys}


def label_of(question: Question, key: str) -> str:
    """How the row of this key is called; an unknown key is its own label."""
    if question.by == By.MONTH:
        return next((month.label for month, _ in question.months() if str(month) == key), key)
    if question.by == By.TOPIC:
        return _topics(question, [key])[key][1]
    if question.by == By.KIND:
        return _procedures(question, [PROCEDURE + key])[PROCEDURE + key][1]
    number = Organisation.objects.filter(code=key).values_list("pk", flat=True).first() if key else None
    return _organisations(question, [number]).get(number, ("", key))[1]


def _as_json(measures: Mapping[Measure, Figure]) -> dict[str, Any]:
    return {measure.value: figure.as_json() for measure, figure in measures.items()}
