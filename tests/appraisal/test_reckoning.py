"""Reckoning, case by case: shape, responsibility, clocks, kinds of nothing, corrections, refusals."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.appraisal.enums import By, Measure, Status
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.appraisal.queries import Question, ask, cases_behind, entries_behind, reckon
from ronghe.core.periods import Period
from ronghe.ledger.domain import Draft, Touch, record_all, sequence
from ronghe.organisations.models import Placement
from tests.appraisal.conftest import NOW, UNITS
from tests.appraisal.ledgers import SHANGHAI

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def fact(kind: str, at: str, unit: str | None = "a", number: int = 1, **more: object) -> Draft:
    return Draft(
        kind=kind,
        at=moment(at),
        actor="demo:1",
        subject=("case", number),
        organisation_id=UNITS[unit] if unit else None,
        definition="procedure:letters",
        **more,
    )


def opened(at: str, unit: str | None = "a", number: int = 1, **data: object) -> Draft:
    return fact("case.opened", at, unit, number, data={"number": f"B{number}", "edition_id": 1, **data})


def closed(
    at: str, unit: str | None = "a", number: int = 1, days: int | None = None, **data: object
) -> Draft:
    return fact(
        "case.closed", at, unit, number, quantity=days, data={"result": "answered", "round": 1, **data}
    )


def rated(at: str, score: int, number: int, unit: str = "a", corrects: int | None = None) -> Draft:
    return Draft(
        kind="judgement.given",
        at=moment(at),
        actor=f"requester:{number}",
        subject=("judgement", number),
        organisation_id=UNITS[unit],
        quantity=score,
        touches=(Touch("of", "case", number),),
        corrects=corrects,
        data={"round": 1, "satisfied": score >= 3},
    )


def figures(
    period: str, by: str = "organisation", *, now: dt.datetime = NOW, **options: int
) -> dict[str, dict[Measure, object]]:
    sequence()
    report = reckon(ask(period, by, now=now), **options)
    return {row.key: dict(row.measures) for row in report.rows} | {"total": dict(report.total)}


def test_report_has_the_published_shape(units: dict[str, int]) -> None:
    record_all(
        [
            opened("2023-03-01T10:00", due="2023-03-08T18:00:00+08:00"),
            closed("2023-03-03T10:00", days=2, in_time=True),
        ]
    )
    record_all([rated("2023-03-04T10:00", 5, 1)])
    sequence()

    report = reckon(ask("2023-Q1", "organisation", now=NOW)).as_json()

    measures = {
        "received": {"numerator": 1, "denominator": None, "value": 1, "status": "ok"},
        "closed": {"numerator": 1, "denominator": None, "value": 1, "status": "ok"},
        "on_time": {"numerator": 1, "denominator": 1, "value": 1.0, "status": "ok"},
        "median_days": {"numerator": 1, "denominator": 1, "value": 2, "status": "ok"},
        "p90_days": {"numerator": 1, "denominator": 1, "value": 2, "status": "ok"},
        "rated": {"numerator": 1, "denominator": None, "value": 1, "status": "ok"},
        "mean_rating": {"numerator": 5, "denominator": 1, "value": 5.0, "status": "ok"},
        "satisfied_share": {"numerator": 1, "denominator": 1, "value": 1.0, "status": "ok"},
    }
    assert report == {
        "period": "2023-Q1",
        "by": "organisation",
        "kind": None,
        "rows": [{"key": "a", "label": "a局", "measures": measures}],
        "total": measures,
        "watermark": 3,
        "as_of": "2023-04-01T00:00:00+08:00",
    }


def test_figures_belong_to_who_was_responsible_at_each_event(units: dict[str, int]) -> None:
    """Opened at nobody, accepted by a, transferred to b, closed late by b; overdue at a before."""
    record_all(
        [
            opened("2023-03-01T10:00", None, due="2023-03-08T18:00:00+08:00"),
            fact("case.accepted", "2023-03-02T10:00", "a"),
            fact("case.transferred", "2023-04-03T10:00", "b", data={"from": UNITS["a"], "to": UNITS["b"]}),
            closed("2023-04-10T10:00", "b", days=27, in_time=False),
        ]
    )

    march, april = figures("2023-03"), figures("2023-04")

    assert {
        key: (row[Measure.RECEIVED].value, row[Measure.ON_TIME].denominator) for key, row in march.items()
    } == {"": (1, 0), "a": (0, 1), "total": (1, 1)}
    assert {
        key: (row[Measure.CLOSED].value, row[Measure.ON_TIME].denominator) for key, row in april.items()
    } == {"b": (1, 1), "total": (1, 1)}
    assert march["a"][Measure.ON_TIME].status == Status.ZERO


@pytest.mark.parametrize(
    ("until", "moment_", "overdue"),
    [
        # Due Wed 8 March 18:00. Paused Tue 7 March morning: one working day of the limit is left.
        (None, "2023-03-31T10:00", 0),  # still paused: the clock stands
        ("2023-03-13T09:00:00+08:00", "2023-03-13T10:00", 0),  # ended by itself on Monday: not yet used up
        ("2023-03-13T09:00:00+08:00", "2023-03-31T10:00", 1),  # and long since
    ],
)
def test_pause_that_ends_by_itself_lets_the_clock_run_on(
    units: dict[str, int], until: str | None, moment_: str, overdue: int
) -> None:
    data = {"ground": "补充材料", **({"until": until} if until else {})}
    record_all(
        [
            opened("2023-03-01T10:00", limit="5 工作日", due="2023-03-08T18:00:00+08:00"),
            fact("case.paused", "2023-03-07T09:30", data=data),
        ]
    )

    assert figures("2023", now=moment(moment_))["total"][Measure.ON_TIME].denominator == overdue


def test_clock_that_starts_at_acceptance_counts_from_there(units: dict[str, int]) -> None:
    record_all(
        [
            opened("2023-03-01T10:00"),
            fact(
                "case.accepted",
                "2023-03-02T10:00",
                data={"step": 1, "limit": "5 工作日", "due": "2023-03-09T18:00:00+08:00"},
            ),
        ]
    )

    before, after = (
        figures("2023", now=moment(day))["total"][Measure.ON_TIME]
        for day in ("2023-03-09T18:00", "2023-03-09T18:01")
    )

    assert (before.denominator, before.status) == (0, Status.NOT_APPLICABLE)
    assert (after.denominator, after.status) == (1, Status.ZERO)


def test_the_kinds_of_nothing_are_told_apart(units: dict[str, int]) -> None:
    record_all([opened("2023-03-01T10:00"), closed("2023-03-03T10:00"), opened("2023-05-01T10:00", number=2)])
    record_all(
        [opened("2023-06-01T10:00", number=3), closed("2023-06-01T11:00", number=3, days=0, in_time=False)]
    )

    months = figures("2023", "month", now=moment("2023-09-15T10:00"))

    assert [months["2023-03"][measure].status for measure in Measure] == [
        Status.OK,
        Status.OK,
        Status.NOT_APPLICABLE,
        Status.MISSING,
        Status.MISSING,
        Status.ZERO,
        Status.MISSING,
        Status.MISSING,
    ]
    assert [months["2023-05"][measure].status for measure in Measure] == [
        Status.OK,
        Status.ZERO,
        *[Status.NOT_APPLICABLE] * 3,
        Status.ZERO,
        *[Status.NOT_APPLICABLE] * 2,
    ]
    assert [months["2023-06"][measure].status for measure in Measure][2:5] == [Status.ZERO] * 3
    assert {figure.status for figure in months["2023-10"].values()} == {Status.PENDING}
    assert {figure.status for figure in months["2023-09"].values()} == {Status.ZERO, Status.NOT_APPLICABLE}


def test_correcting_entry_counts_instead_of_the_old_one(units: dict[str, int]) -> None:
    old = record_all([opened("2023-03-01T10:00"), closed("2023-03-03T10:00", days=20, in_time=False)])[1]
    correction = closed("2023-03-03T10:00", days=2, in_time=True)
    record_all(
        [
            Draft(
                **{
                    **{name: getattr(correction, name) for name in Draft.__dataclass_fields__},
                    "corrects": old.pk,
                }
            )
        ]
    )

    total = figures("2023")["total"]

    assert (
        total[Measure.CLOSED].value,
        total[Measure.MEDIAN_DAYS].value,
        total[Measure.ON_TIME].numerator,
    ) == (1, 2, 1)


def test_two_closings_of_a_reopened_case_both_count(units: dict[str, int]) -> None:
    record_all(
        [
            opened("2023-03-01T10:00"),
            closed("2023-03-03T10:00", days=2),
            fact("case.reopened", "2023-03-06T10:00", data={"round": 2, "cause": "rating"}),
            closed("2023-03-09T10:00", "b", days=3, round=2),
        ]
    )

    found = figures("2023")

    assert {key: row[Measure.CLOSED].value for key, row in found.items()} == {"a": 1, "b": 1, "total": 2}
    question = ask("2023", "organisation", now=NOW)
    assert cases_behind(question, Measure.CLOSED, None).count() == 1


def test_fewer_than_five_raters_are_withheld_and_cannot_be_subtracted(units: dict[str, int]) -> None:
    record_all([opened("2023-03-01T10:00", number=number) for number in range(1, 10)])
    record_all([rated("2023-03-04T10:00", 4, number) for number in range(1, 7)])
    record_all([rated("2023-03-04T10:00", 1, number, "b") for number in (7, 8)])

    shown, whole = figures("2023", fewest_raters=5), figures("2023")

    assert {
        key: (row[Measure.MEAN_RATING].status, row[Measure.RATED].value) for key, row in shown.items()
    } == {"a": (Status.OK, 6), "b": (Status.WITHHELD, 2), "total": (Status.WITHHELD, 8)}
    hidden = shown["b"][Measure.SATISFIED_SHARE]
    assert (hidden.numerator, hidden.denominator, hidden.value) == (None, None, None)
    assert whole["b"][Measure.MEAN_RATING].value == 1


def test_rows_stand_most_received_first(units: dict[str, int]) -> None:
    record_all([opened("2023-03-01T10:00", unit, number) for number, unit in enumerate("bbca", 1)])

    assert list(figures("2023")) == ["b", "a", "c", "total"]


def test_labels_are_the_names_of_the_period(units: dict[str, int]) -> None:
    Placement.objects.filter(organisation_id=UNITS["a"]).update(ends=dt.date(2024, 1, 1))
    Placement.objects.create(
        organisation_id=UNITS["a"], tree="government", name="新局", begins=dt.date(2024, 1, 1)
    )
    record_all([opened("2023-12-31T10:00"), opened("2024-01-01T10:00", number=2)])
    sequence()

    labels = [reckon(ask(year, "organisation", now=NOW)).rows[0].label for year in ("2023", "2024")]

    assert labels == ["a局", "新局"]
    assert reckon(ask("2023", "kind", now=NOW)).rows[0].label == "群众来信"
    assert reckon(ask("2023", "month", now=NOW)).rows[11].label == "2023年12月"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"period": "2023-13"}, "bad-period"),
        ({"period": "去年"}, "bad-period"),
        ({"by": "district"}, "bad-by"),
        ({"by": "month", "period": "1990-01-01..2023-12-31"}, "too-many-months"),
        ({"kind": "nothing"}, "no-such-kind"),
    ],
)
def test_question_that_makes_no_sense_is_refused_in_words(
    units: dict[str, int], asked: dict[str, str], code: str
) -> None:
    with pytest.raises(ReckoningError) as refused:
        ask(**{"period": "2023", "by": "organisation", "now": NOW, **asked})
    assert refused.value.code == code


def test_unknown_rows_are_refused(units: dict[str, int]) -> None:
    for by, key in (("organisation", "nowhere"), ("month", "2022-01")):
        with pytest.raises(ReckoningError):
            entries_behind(ask("2023", by, now=NOW), Measure.CLOSED, key)


def test_nothing_counts_before_the_first_position(units: dict[str, int]) -> None:
    record_all([opened("2023-03-01T10:00")])

    report = reckon(Question(period=Period.parse("2023"), by=By.ORGANISATION, watermark=0, now=NOW))

    assert (report.rows, report.total[Measure.RECEIVED].value) == ([], 0)
