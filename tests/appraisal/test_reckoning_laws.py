"""Reckoning against random ledgers counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings, strategies as st

from ronghe.appraisal.enums import By, Measure, Part, Status
from ronghe.appraisal.queries import Report, ask, cases_behind, entries_behind, reckon
from ronghe.ledger.domain import Draft, Touch, record_all, sequence
from tests.appraisal.conftest import UNITS
from tests.appraisal.ledgers import Ledger, cases, ledgers, moments, reckon_by_hand

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

PERIODS = ["2023", "2023-07", "2023-Q1", "2023-07-10..2023-08-20"]

PLACES = {Measure.MEAN_RATING: 2, Measure.ON_TIME: 4, Measure.SATISFIED_SHARE: 4}

quickly = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25
)


@contextmanager
def kept_apart() -> Iterator[None]:
    """One example of a property: what it writes is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


random_ledgers = ledgers([None, *UNITS.values()])


def keys(by: By) -> dict[object, str]:
    if by == By.ORGANISATION:
        return {None: ""} | {number: code for code, number in UNITS.items()}
    if by == By.TOPIC:
        return {code: code for code in ("", "land", "tax")}
    return {"procedure:letters": "letters", "procedure:petitions": "petitions"}


def assert_equal(report: Report, drafts: tuple[Draft, ...]) -> None:
    """The report says what counting by hand says, to the declared rounding."""
    question = report.question
    rows, total = reckon_by_hand(drafts, question.period, question.by, question.now, question.kind)
    if question.by != By.MONTH:
        rows = {keys(question.by)[key]: counted for key, counted in rows.items()}
    found = {row.key: row.measures for row in report.rows}
    if question.has_begun:
        assert found.keys() == rows.keys()
    for key, counted in [*rows.items(), (None, total)]:
        for name, (numerator, denominator, value) in counted.items():
            figure = (found[key] if key is not None else report.total)[Measure(name)]
            if figure.status == Status.PENDING:
                assert (figure.numerator, figure.denominator, figure.value) == (None, None, None)
                continue
            assert (figure.numerator, figure.denominator) == (numerator, denominator), (key, name)
            assert (figure.value is None) == (value is None)
            if value is not None:
                half = 10 ** -PLACES.get(Measure(name), 9) / 2
                assert abs(float(figure.value) - float(value)) <= half + 1e-12
                assert (figure.status == Status.ZERO) == (value == 0)


@quickly
@given(
    random_ledgers,
    st.sampled_from(PERIODS),
    st.sampled_from(By.values),
    st.sampled_from(["", "letters"]),
    moments,
    st.floats(0, 1),
)
def test_report_equals_counting_by_hand_up_to_the_watermark(
    units: dict[str, int], ledger: Ledger, period: str, by: str, kind: str, now: dt.datetime, share: float
) -> None:
    known = ledger.drafts[: round(len(ledger.drafts) * share)]
    with kept_apart():
        record_all(known)
        watermark = sequence()
        record_all(ledger.drafts[len(known) :])

        report = reckon(ask(period, by, kind=kind, now=now))
        assert report.question.watermark == watermark == len(known)
        assert_equal(report, known)

        sequence()
        assert reckon(ask(period, by, kind=kind, now=now, watermark=watermark)) == report
        assert_equal(reckon(ask(period, by, kind=kind, now=now)), ledger.drafts)


@quickly
@given(random_ledgers, st.sampled_from(PERIODS), st.sampled_from(By.values), moments)
def test_every_number_opens_down_to_its_entries(
    units: dict[str, int], ledger: Ledger, period: str, by: str, now: dt.datetime
) -> None:
    with kept_apart():
        record_all(ledger.drafts)
        sequence()
        question = ask(period, by, now=now)
        report = reckon(question)
        shown = [(row.key, row.measures) for row in report.rows] + [(None, report.total)]
        for key, measures in shown:
            for measure, figure in measures.items():
                if figure.status == Status.PENDING:
                    continue
                behind = entries_behind(question, measure, key)
                if measure == Measure.MEAN_RATING:
                    assert (behind.aggregate(sum=Sum("quantity"))["sum"] or 0) == figure.numerator
                else:
                    assert behind.count() == figure.numerator, (key, measure)
                if figure.denominator is not None:
                    assert (
                        entries_behind(question, measure, key, Part.DENOMINATOR).count() == figure.denominator
                    )
                ids = list(cases_behind(question, measure, key).values_list(flat=True))
                assert len(ids) == len(set(ids)) <= behind.count()


@quickly
@given(random_ledgers, st.sampled_from(PERIODS), moments)
def test_rows_add_up_to_the_total(
    units: dict[str, int], ledger: Ledger, period: str, now: dt.datetime
) -> None:
    with kept_apart():
        record_all(ledger.drafts)
        sequence()
        for by in By:
            report = reckon(ask(period, by, now=now))
            for measure in Measure:
                for part in Part:
                    if by == By.MONTH and (measure, part) == (Measure.ON_TIME, Part.DENOMINATOR):
                        continue  # a stock
                    whole = getattr(report.total[measure], part.value)
                    parts = [getattr(row.measures[measure], part.value) or 0 for row in report.rows]
                    assert sum(parts) == (whole or 0), (by, measure, part)


@quickly
@given(random_ledgers, st.sampled_from(PERIODS), moments)
def test_month_row_is_the_reckoning_of_that_month(
    units: dict[str, int], ledger: Ledger, period: str, now: dt.datetime
) -> None:
    with kept_apart():
        record_all(ledger.drafts)
        sequence()
        question = ask(period, "month", now=now)
        for row, (_, asked) in zip(reckon(question).rows, question.months(), strict=True):
            assert row.measures == reckon(ask(str(asked.period), "kind", now=now)).total


@quickly
@given(random_ledgers, cases(77, [UNITS["c"]]), st.sampled_from(PERIODS), moments)
def test_unrelated_entries_change_nothing(
    units: dict[str, int], ledger: Ledger, other: list[Draft], period: str, now: dt.datetime
) -> None:
    kinds = {draft.definition for draft in ledger.drafts}
    of_another_kind = [
        Draft(
            **{
                **{name: getattr(draft, name) for name in Draft.__dataclass_fields__},
                "definition": "procedure:others",
            }
        )
        for draft in other
    ]
    noise = Draft(
        kind="activity.held",
        at=now,
        actor="person:1",
        subject=("activity", 1),
        organisation_id=UNITS["a"],
        quantity=7,
    )
    unowned = Draft(
        kind="judgement.given",
        at=now,
        actor="person:1",
        subject=("judgement", 5),
        organisation_id=UNITS["a"],
        quantity=1,
        touches=(Touch("of", "activity", 1),),
    )
    with kept_apart():
        record_all(ledger.drafts)
        sequence()
        before = {row.key: row for row in reckon(ask(period, "kind", now=now)).rows}
        record_all([*of_another_kind, noise, unowned])
        sequence()
        after = {row.key: row for row in reckon(ask(period, "kind", now=now)).rows}
    assert {key: row for key, row in after.items() if key != "others"} == before
    assert "procedure:others" not in kinds
