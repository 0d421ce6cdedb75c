"""The bulletin's figures from ledgers made by hand, and what issuing freezes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.appraisal.domain import issue_bulletin
from ronghe.appraisal.enums import Act, Measure
from ronghe.appraisal.exceptions import DomainError
from ronghe.appraisal.models import Bulletin
from ronghe.appraisal.queries import Question, ask, entries_behind, reckon
from ronghe.appraisal.queries.bulletin import bulletin_content, content_of, recomputes, trend
from ronghe.core.periods import Period
from ronghe.ledger.domain import Draft, Touch, record_all, sequence
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Placement
from ronghe.organisations.queries import Powers
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
MARCH = Period.parse("2026-03")
NOW = moment("2026-04-05 09:00")
OVERSEER = Powers(person_id=1, held={"oversee": frozenset({1})})


def fact(kind: str, case: int, at: str, unit: int | None, **data: Any) -> Draft:
    quantity = data.pop("quantity", None)
    return Draft(
        kind=f"case.{kind}",
        at=moment(f"2026-03-{at}"),
        actor="demo:1",
        subject=("case", case),
        organisation_id=unit,
        definition="procedure:enterprise-request",
        quantity=quantity,
        data=data,
    )


def opened(case: int, at: str, unit: int | None, topic: str, due: str) -> Draft:
    said = {"number": f"QY2026-{case:06}", "edition_id": 1, "values": {"topic": topic}, "due": due}
    return fact("opened", case, at, unit, **said)


def rating(case: int, number: int, unit: int, *, satisfied: bool, actor: str = "requester:1") -> Draft:
    return Draft(
        kind="judgement.given",
        at=moment("2026-03-20 10:00"),
        actor=actor,
        subject=("judgement", number),
        organisation_id=unit,
        quantity=5 if satisfied else 1,
        touches=(Touch("of", "case", case),),
        definition="judgement:service-rating",
        data={"round": 1, "satisfied": satisfied},
    )


def doubt(kind: str, number: int) -> Draft:
    data: dict[str, object] = {"round": 1} if kind == "upheld" else {"round": 1, "ground": "same-device"}
    return Draft(
        kind=f"judgement.{kind}",
        at=moment("2026-03-21 10:00"),
        actor="system:clock",
        subject=("judgement", number),
        data=data,
    )


@pytest.fixture
def units(city: City) -> dict[str, int]:
    return {code: unit.pk for code, unit in city.units.items()}


@pytest.fixture
def march(units: dict[str, int]) -> Question:
    """A case on time with everything done to it, one overdue, one that came back from a unit."""
    one, other, desk = units["sthjj"], units["zjj"], units["fbzx"]
    late, early = "2026-03-06T18:00:00+08:00", "2026-03-30T18:00:00+08:00"
    record_all(
        [
            opened(1, "02 09:00", one, "land", early),
            fact("accepted", 1, "02 10:00", one, step=1),
            fact("paused", 1, "03 10:00", one, ground="supplement"),
            fact("resumed", 1, "04 10:00", one, due=early),
            fact("extended", 1, "05 10:00", one, limit="2 工作日", due=early),
            fact("closed", 1, "10 10:00", one, result="answered", round=1, in_time=True, quantity=6),
            fact("reopened", 1, "11 10:00", one, round=2, cause="rating", due=early),
            fact("closed", 1, "12 10:00", one, result="answered", round=2, in_time=True, quantity=1),
            fact("reopened", 1, "13 10:00", one, round=3, cause="check", due=early),
            fact("closed", 1, "14 10:00", one, result="answered", round=3, in_time=True, quantity=1),
            opened(2, "02 09:00", None, "tax", late),
            fact("transferred", 2, "02 10:00", one, **{"step": 1, "from": desk, "to": one}),
            fact("transferred", 2, "02 11:00", other, **{"step": 1, "from": one, "to": other}),
            fact("accepted", 2, "02 12:00", other, step=1),
            opened(3, "03 09:00", other, "tax", early),
            fact("returned", 3, "03 10:00", None, **{"step": 1, "from": other}),
        ]
    )
    return Question(
        period=MARCH, by=ask("2026-03", "organisation", now=NOW).by, watermark=sequence(), now=NOW
    )


def acts(measures: dict[str, Any]) -> dict[str, int]:
    return {act.value: measures[act.value]["numerator"] for act in Act}


def test_acts_count_for_the_unit_that_did_them(march: Question, units: dict[str, int]) -> None:
    figures = bulletin_content(march)["figures"]

    found = {unit["key"]: acts(unit["measures"]) for unit in figures["units"]}
    nothing = dict.fromkeys([act.value for act in Act], 0)
    assert found == {
        "sthjj": nothing | {"accepted": 1, "extended": 1, "paused": 1, "reopened": 1, "transferred": 1},
        "zjj": nothing | {"accepted": 1, "returned": 1, "overdue": 1},
        "": nothing | {"overdue": 1},  # given back, and overdue at nobody's
    }
    assert acts(figures["total"]) == {act: sum(row[act] for row in found.values()) for act in nothing}


def test_every_act_opens_down_to_its_entries(march: Question) -> None:
    figures = bulletin_content(march)["figures"]

    for row in [*figures["units"], {"key": None, "measures": figures["total"]}]:
        for act in Act:
            behind = entries_behind(march, act, row["key"])
            assert behind.count() == row["measures"][act.value]["numerator"], (row["key"], act)


def test_topics_take_their_closings_and_what_is_overdue(march: Question) -> None:
    topics = {row["key"]: row["measures"] for row in bulletin_content(march)["figures"]["topics"]}

    two = {key: (row["on_time"]["numerator"], row["on_time"]["denominator"]) for key, row in topics.items()}
    assert two == {"land": (3, 3), "tax": (0, 2)}
    assert bulletin_content(march)["names"]["topics"] == {"land": "土地规划", "tax": "税费"}


def test_reminded_units_come_with_their_cases(march: Question) -> None:
    assert bulletin_content(march)["figures"]["reminded"] == [{"key": "zjj", "overdue": 1, "cases": [2]}]


def test_missing_is_not_nought(march: Question) -> None:
    total = bulletin_content(march)["figures"]["total"]

    assert (total["satisfied_share"]["value"], total["satisfied_share"]["status"]) == (None, "missing")
    assert (total["returned"]["value"], total["rated"]["status"]) == (1, "zero")
    statuses = [row["measures"]["on_time"]["status"] for row in trend(march)]
    assert statuses == ["not-applicable"] * 11 + ["ok"]


@pytest.mark.parametrize(
    ("doubts", "counted"),
    [([], 2), (["voided"], 1), (["flagged"], 1), (["flagged", "upheld"], 2), (["flagged", "voided"], 1)],
)
def test_ratings_in_doubt_do_not_count(
    march: Question, units: dict[str, int], doubts: list[str], counted: int
) -> None:
    given = [rating(1, number, units["sthjj"], satisfied=True) for number in (1, 2)]
    record_all([*given, *(doubt(kind, 2) for kind in doubts)])

    report = reckon(ask("2026-03", "organisation", now=NOW, watermark=sequence()))

    assert report.total[Measure.RATED].value == counted


def test_checks_are_no_ratings(march: Question, units: dict[str, int]) -> None:
    check = Draft(
        kind="judgement.given",
        at=moment("2026-03-20 10:00"),
        actor="person:1",
        subject=("judgement", 9),
        organisation_id=units["sthjj"],
        touches=(Touch("of", "case", 1),),
        definition="judgement:reply-spot-check",
        data={"round": 1, "values": {"grade": "不合格", "points": ["complete"]}},
    )
    record_all([check])
    question = ask("2026-03", "organisation", now=NOW, watermark=sequence())

    assert reckon(question).total[Measure.RATED].value == 0
    assert bulletin_content(question)["figures"]["checks"] == {
        "drawn": None,
        "checked": 1,
        "failed": dict(zip(("complete", "handled", "resolved"), (0, 1, 1), strict=True)),
        "grades": {"优秀": 0, "合格": 0, "不合格": 1},
    }


def test_fewer_than_five_raters_are_withheld(march: Question, units: dict[str, int]) -> None:
    def satisfied() -> tuple[int | None, int | None, str]:
        question = ask("2026-03", "organisation", now=NOW, watermark=sequence())
        share = bulletin_content(question)["figures"]["total"]["satisfied_share"]
        return share["numerator"], share["denominator"], share["status"]

    record_all(rating(1, number, units["sthjj"], satisfied=True) for number in range(1, 5))
    assert satisfied() == (None, None, "withheld")
    record_all([rating(1, 5, units["sthjj"], satisfied=False)])
    assert satisfied() == (4, 5, "ok")


def test_issued_figures_recompute_and_later_entries_change_nothing(march: Question) -> None:
    bulletin = issue_bulletin(MARCH, powers=OVERSEER, actor="person:1", at=NOW)
    before = content_of(bulletin)
    record_all([opened(4, "09 09:00", None, "land", "2026-03-30T18:00:00+08:00")])
    Placement.objects.filter(organisation__code="zjj").update(name="市住建局")
    later = ask("2026-03", "organisation", now=NOW, watermark=sequence())

    kept = Bulletin.objects.get()
    assert (recomputes(kept), content_of(kept)) == (True, before)
    assert before["figures"]["total"]["received"]["numerator"] == 3
    assert bulletin_content(later)["figures"]["total"]["received"]["numerator"] == 4


def test_issuing_is_in_the_ledger(march: Question) -> None:
    bulletin = issue_bulletin(MARCH, powers=OVERSEER, actor="person:1", at=NOW)

    entry = Entry.objects.get(kind="bulletin.issued")
    assert (entry.subject_type, entry.subject_id, entry.actor) == ("bulletin", bulletin.pk, "person:1")
    assert entry.data == {
        "round": 1,
        "hash": bulletin.hash,
        "watermark": bulletin.watermark,
        "values": {
            "received": 3,
            "accepted": 2,
            "closed": 3,
            "overdue": 2,
            "on-time": 3,
            "timed": 5,
        },
    }


@pytest.mark.parametrize(
    ("period", "powers", "at", "code"),
    [
        ("2026-03", Powers(person_id=1), NOW, "may-not-issue"),
        ("2026-Q1", OVERSEER, NOW, "not-a-month"),
        ("2026-04", OVERSEER, NOW, "not-over"),
    ],
)
def test_what_may_not_be_issued(
    march: Question, period: str, powers: Powers, at: dt.datetime, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        issue_bulletin(Period.parse(period), powers=powers, actor="person:1", at=at)

    assert (refused.value.code, Bulletin.objects.count()) == (code, 0)


def test_issued_again_only_when_the_figures_changed(march: Question) -> None:
    issue_bulletin(MARCH, powers=OVERSEER, actor="person:1", at=NOW)
    with pytest.raises(DomainError) as refused:
        issue_bulletin(MARCH, powers=OVERSEER, actor="person:1", at=NOW)
    assert refused.value.code == "issued-before"

    record_all([opened(4, "09 09:00", None, "land", "2026-03-30T18:00:00+08:00")])
    again = issue_bulletin(MARCH, powers=OVERSEER, actor="person:1", at=NOW + dt.timedelta(hours=1))

    assert (again.round, [recomputes(one) for one in Bulletin.objects.order_by("round")]) == (2, [True, True])
