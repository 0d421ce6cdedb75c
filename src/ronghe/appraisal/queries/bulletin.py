"""The figures of a month's 诉求办理情况通报, as they go into it, and what was issued.

The same question gives the same bytes: units, kinds and topics stand by their codes; what they were called is kept apart
(`names`), so that a name put right later changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from ronghe.appraisal import ranking
from ronghe.appraisal.enums import Act, By, Measure
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.appraisal.models import Bulletin
from ronghe.appraisal.queries.acts import act_figures, count_acts
from ronghe.appraisal.queries.checks import check_titles, spot_checks
from ronghe.appraisal.queries.question import Question
from ronghe.appraisal.queries.reckoning import Report, reckon, reckon_splits
from ronghe.appraisal.queries.stock import overdue_cases
from ronghe.appraisal.rules import Figure, Tally, figures_of
from ronghe.core.periods import Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import names_on

FEWEST_RATERS = 5
MONTHS = 12
RULE = {
    "least_cases": ranking.LEAST_CASES,
    "best": ranking.BEST,
    "least_rate": str(ranking.LEAST_RATE),
    "fewest_raters": FEWEST_RATERS,
}


def whole_content(question: Question) -> dict[str, Any]:
    """What is issued: the content with its trend."""
    content = bulletin_content(question)
    return {**content, "figures": {**content["figures"], "trend": trend(question)}}


def bulletin_content(question: Question) -> dict[str, Any]:
    """`figures` and `names` of the period, ready for JSON, without the trend; the question is by organisation."""
    report, kinds, topics = reckon_splits(
        question, By.ORGANISATION, By.KIND, By.TOPIC, fewest_raters=FEWEST_RATERS
    )
    counted = count_acts(question)
    units, unit_names = _units(question, report, counted)
    sums: Counter[Act] = sum(counted.values(), Counter())
    checks = spot_checks(question)
    figures = {
        "rule": RULE,
        "total": _as_json(dict(report.total) | act_figures(question, sums)),
        "units": units,
        "kinds": [{"key": row.key, "measures": _as_json(row.measures)} for row in kinds.rows],
        "topics": [{"key": row.key, "measures": _as_json(row.measures)} for row in topics.rows if row.key],
        "checks": checks.as_json() if checks else None,
        **_standing_out(question, units),
    }
    names = {
        "units": unit_names,
        "groups": _group_names(question, units),
        "kinds": {row.key: row.label for row in kinds.rows},
        "topics": {row.key: row.label for row in topics.rows if row.key},
        "points": check_titles(question) if checks else {},
    }
    return {"figures": figures, "names": names}


def frozen(question: Question, content: Mapping[str, Any]) -> tuple[str, str]:
    """The text to keep and its hash."""
    head = {
        "period": str(question.period),
        "as_of": question.now.astimezone(dt.UTC).isoformat(),
        "watermark": question.watermark,
    }
    body = json.dumps({**head, **content}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return body, hashlib.sha256(body.encode()).hexdigest()


def question_of(bulletin: Bulletin) -> Question:
    """What an issued bulletin answers."""
    return Question(
        period=Period.parse(bulletin.period),
        by=By.ORGANISATION,
        watermark=bulletin.watermark,
        now=bulletin.at,
    )


def as_issued(question: Question, number: str) -> Question:
    """The same question at the ledger's position of an issued bulletin. Raises ReckoningError for one never issued."""
    bulletin = Bulletin.objects.filter(pk=number).first() if number.isdecimal() else None
    if bulletin is None or bulletin.period != str(question.period):
        raise ReckoningError("no-such-bulletin", gettext("没有这份通报，请从通报里点开数字。"))
    return replace(question, watermark=bulletin.watermark, now=bulletin.at)


def issued(period: Period) -> list[Bulletin]:
    """The month's bulletins, the latest first."""
    return list(Bulletin.objects.filter(period=str(period)).order_by("-round"))


def content_of(bulletin: Bulletin) -> dict[str, Any]:
    """`figures` and `names` as they were issued."""
    kept: dict[str, Any] = json.loads(bulletin.body)
    return {"figures": kept["figures"], "names": kept["names"]}


def recomputes(bulletin: Bulletin) -> bool:
    """Whether its entries, counted again up to its watermark, give the same bytes, whose hash the ledger holds."""
    question = question_of(bulletin)
    again = {"figures": whole_content(question)["figures"], "names": content_of(bulletin)["names"]}
    noted = Entry.objects.filter(kind="bulletin.issued", subject_type="bulletin", subject_id=bulletin.pk)
    return (
        frozen(question, again) == (bulletin.body, bulletin.hash)
        and noted.filter(data__hash=bulletin.hash).exists()
    )


def _units(
    question: Question, report: Report, counted: Mapping[int | None, Counter[Act]]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Every unit with anything to tell, most received first, and what they were called."""
    codes = [row.key for row in report.rows]
    known = {
        number: (code, kind)
        for number, code, kind in Organisation.objects.filter(
            Q(code__in=codes) | Q(pk__in=[number for number in counted if number])
        ).values_list("pk", "code", "kind")
    }
    kinds = dict(known.values())
    acts = {known[number][0] if number in known else "": found for number, found in counted.items()}
    silent = sorted(acts.keys() - set(codes))
    numbers = {code: number for number, (code, _) in known.items() if number}
    names = names_on([numbers[code] for code in silent if code], question.period.last)
    labels = {row.key: row.label for row in report.rows} | {
        code: names.get(numbers[code], code) if code else gettext("未分办") for code in silent
    }
    nothing = figures_of(Tally(), begun=question.has_begun)
    measured = {row.key: row.measures for row in report.rows} | dict.fromkeys(silent, nothing)
    units = [
        {
            "key": code,
            "group": kinds.get(code, ""),
            "measures": _as_json(dict(measures) | act_figures(question, acts.get(code, Counter()))),
        }
        for code, measures in measured.items()
    ]
    return units, labels


def trend(question: Question) -> list[dict[str, Any]]:
    """The twelve months that end with the period, ready for JSON."""
    last = question.period.last
    first = dt.date(last.year - (last.month < MONTHS), last.month % MONTHS + 1, 1)
    months = replace(question, period=Period(first, last), by=By.MONTH)
    rows = reckon(months, fewest_raters=FEWEST_RATERS).rows
    return [{"key": row.key, "measures": _as_json(row.measures)} for row in rows]


def _standing_out(question: Question, units: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Places among like units, those praised, and those reminded of what is overdue, with the cases."""
    standings = [
        ranking.Standing(
            unit["key"],
            unit["group"],
            unit["measures"][Measure.ON_TIME]["numerator"] or 0,
            unit["measures"][Measure.ON_TIME]["denominator"] or 0,
            unit["measures"][Act.OVERDUE]["numerator"] or 0,
        )
        for unit in units
        if unit["key"]
    ]
    places = ranking.ranked(standings)
    late: dict[int | None, list[int]] = {}
    for number, standing in overdue_cases(question).items():
        late.setdefault(standing.organisation_id, []).append(number)
    codes = dict(Organisation.objects.filter(pk__in=[key for key in late if key]).values_list("code", "pk"))
    return {
        "places": {one.standing.key: {"place": one.place, "is_tied": one.is_tied} for one in places},
        "praised": [one.standing.key for one in places if one.is_praised],
        "reminded": [
            {"key": one.key, "overdue": one.overdue, "cases": sorted(late.get(codes.get(one.key), []))}
            for one in ranking.reminded(standings)
        ],
    }


def _group_names(question: Question, units: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    titles = {
        one.edition.code: one.edition.title
        for one in definitions.live(Kind.ORGANISATION, question.period.last)
    }
    return {kind: titles.get(kind, kind) for kind in sorted({unit["group"] for unit in units} - {""})}


def _as_json(measures: Mapping[Any, Figure]) -> dict[str, Any]:
    return {measure.value: figure.as_json() for measure, figure in measures.items()}
