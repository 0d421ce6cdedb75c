"""Odd ratings are set aside with a reason in words; the unit may object; somebody else decides; nothing is voided by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ronghe.appraisal.enums import Measure
from ronghe.appraisal.queries import reckon
from ronghe.appraisal.queries.question import ask
from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.judgements import rules
from ronghe.judgements.domain import appeal_rating, draw_due, give_check, settle_rating
from ronghe.judgements.enums import Doubt, Standing
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import doubt_in_words, quarantined_ids
from ronghe.judgements.rules import Circumstances, doubts_about
from ronghe.ledger.domain import sequence
from ronghe.messages.queries import inbox
from ronghe.organisations.domain import Contact, seal_identity
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.judgements.closed import closed, entries, rate

db = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
LATER = moment("2026-11-25 10:00")
WHY = "已当面说明三次，问题当天就解决了，有照片。"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (Circumstances(), []),
        (Circumstances(seconds=5), [Doubt.TOO_QUICK]),
        (Circumstances(seconds=20), []),
        (Circumstances(seconds=-1), []),
        (Circumstances(is_officer=True), [Doubt.OFFICER_PHONE]),
        (Circumstances(same_phone=(1, 2)), []),
        (Circumstances(same_phone=(1, 2, 3)), [Doubt.SAME_PHONE]),
        (Circumstances(tops=tuple(range(8)), usual=Decimal(0)), []),
        (Circumstances(tops=tuple(range(9)), usual=Decimal(0)), [Doubt.BURST]),
        (Circumstances(tops=tuple(range(9)), usual=Decimal(2)), []),
        (Circumstances(tops=tuple(range(9)), usual=Decimal("1.99")), [Doubt.BURST]),
        (Circumstances(seconds=1, is_officer=True), [Doubt.TOO_QUICK, Doubt.OFFICER_PHONE]),
    ],
)
def test_what_is_odd(known: Circumstances, codes: list[Doubt]) -> None:
    assert [odd.code for odd in doubts_about(known)] == codes


def words(rating: Judgement) -> list[str]:
    rating.refresh_from_db()
    return [doubt_in_words(doubt) for doubt in rating.doubts]


class TestDoubted:
    pytestmark = db

    def test_rating_within_seconds_is_set_aside_not_voided(self, city: City) -> None:
        rating = rate(closed(city), "very-satisfied", "2026-11-23 10:03:07")

        assert words(rating) == ["办结后 7 秒就作出了评价，来不及看答复。"]
        assert (rating.standing, rating.score) == (Standing.QUARANTINED, 5)
        assert entries("judgement", rating.pk)[-1] == (
            "judgement.flagged",
            "system:clock",
            {"ground": "too-quick", "round": 1},
        )
        assert quarantined_ids() == {rating.pk}

    def test_telephone_of_an_officer_of_the_unit_is_odd_of_another_unit_not(self, city: City) -> None:
        for name, phone in (("环境经办", "13900000001"), ("住建经办", "13900000002")):
            person = city.people[name]
            person.identity = seal_identity(Contact(name=name, phone=phone), actor="system:test", at=LATER)
            person.save()

        own = rate(closed(city, phone="139-0000-0001"), "very-satisfied", "2026-11-23 11:00")
        other = rate(closed(city, phone="13900000002"), "very-satisfied", "2026-11-23 11:00")

        assert words(own) == ["评价人留的电话，与承办单位一名工作人员登记的电话相同。"]
        assert words(other) == []

    def test_fourth_same_grade_of_one_telephone_sets_all_four_aside(self, city: City) -> None:
        ratings = [rate(closed(city), "very-satisfied", f"2026-11-23 1{hour}:00") for hour in range(1, 5)]
        other = rate(closed(city, phone="13600000000"), "very-satisfied", "2026-11-23 15:00")
        next_week = rate(closed(city, day="2026-11-30"), "very-satisfied", "2026-11-30 15:00")

        assert [words(rating) for rating in ratings] == [
            ["同一个电话 24 小时内给这个单位作了 4 次同样的评价。"]
        ] * 4
        assert words(other) == words(next_week) == []
        assert quarantined_ids() == {rating.pk for rating in ratings}

    def test_sudden_flood_of_the_highest_grade_is_set_aside(self, city: City) -> None:
        ratings = [
            rate(closed(city, phone=f"1360000{number:04}"), "very-satisfied", f"2026-11-23 11:{number:02}")
            for number in range(10)
        ]

        assert {tuple(words(rating)) for rating in ratings} == {
            ("24 小时内这个单位收到 10 个最高评价，平时一天约 0.0 个，明显不寻常。",)
        }

    def test_bad_rating_set_aside_has_the_case_done_again_all_the_same(self, city: City) -> None:
        case = closed(city)
        rating = rate(case, "dissatisfied", "2026-11-23 10:03:05")

        assert words(rating)
        assert Case.objects.get(pk=case.pk).round == 2

    def test_what_is_set_aside_is_not_counted_until_somebody_upheld_it(self, city: City) -> None:
        rate(closed(city, phone="13600000000"), "fair", "2026-11-23 11:00")
        rating = rate(closed(city), "very-satisfied", "2026-11-23 10:03:05")

        assert counted() == 1
        settle_rating(rating.pk, ground="genuine", note=WHY, powers=powers(city, "工委甲"), at=LATER)
        assert counted() == 2

    def test_spot_checks_are_no_ratings(self, city: City) -> None:
        closed(city)
        draw_due(moment("2026-11-24 09:00"), calendar())
        check = Judgement.objects.get(draw__isnull=False)
        values = {"grade": "优秀", "points": ["complete", "handled", "resolved"]}
        give_check(check.pk, values=values, powers=powers(city, "工委甲"), at=LATER)

        assert counted() == 0


def counted() -> int:
    """How many ratings of November the figures count."""
    sequence()
    total = reckon(ask("2026-11", "organisation", now=moment("2026-11-30 10:00"))).total
    return int(total[Measure.RATED].value or 0)


def powers(city: City, name: str):
    return powers_of(city.accounts[name], LATER.date())


def refusal(city: City, name: str, rating: Judgement, **more: str) -> str:
    said = {"ground": "genuine", "note": WHY, **more}
    with pytest.raises(DomainError) as refused:
        settle_rating(rating.pk, **said, powers=powers(city, name), at=LATER)
    return refused.value.code


class TestSettled:
    pytestmark = db

    def test_unit_objects_once_and_the_rating_counts_on(self, city: City) -> None:
        case = closed(city)
        rating = rate(case, "dissatisfied", "2026-11-24 09:00")
        appealed = appeal_rating(rating.pk, reason=WHY, powers=powers(city, "环境经办"), at=LATER)

        person = f"person:{city.people['环境经办'].pk}"
        assert entries("judgement", rating.pk)[-1] == ("judgement.appealed", person, {"round": 1})
        assert (appealed.appeal, appealed.standing) == (WHY, Standing.COUNTED)
        assert quarantined_ids() == set()
        assert Case.objects.get(pk=case.pk).state == "open"
        with pytest.raises(DomainError) as refused:
            appeal_rating(rating.pk, reason=WHY, powers=powers(city, "环境局长"), at=LATER)
        assert refused.value.code == "not-yours"

    @pytest.mark.parametrize(
        ("name", "grade", "reason", "code"),
        [
            ("住建经办", "dissatisfied", WHY, "not-yours"),
            ("工委甲", "dissatisfied", WHY, "not-yours"),
            ("环境经办", "satisfied", WHY, "not-yours"),
            ("环境局长", "dissatisfied", "不服", "reason-missing"),
        ],
    )
    def test_who_may_object_to_what(self, city: City, name: str, grade: str, reason: str, code: str) -> None:
        rating = rate(closed(city), grade, "2026-11-24 09:00")

        with pytest.raises(DomainError) as refused:
            appeal_rating(rating.pk, reason=reason, powers=powers(city, name), at=LATER)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        ("ground", "kind", "standing"),
        [
            ("fair", "judgement.upheld", Standing.COUNTED),
            ("malicious", "judgement.voided", Standing.VOIDED),
        ],
    )
    def test_somebody_else_decides_and_the_appellant_is_told(
        self, city: City, ground: str, kind: str, standing: Standing
    ) -> None:
        case = closed(city)
        rating = rate(case, "dissatisfied", "2026-11-24 09:00")
        appeal_rating(rating.pk, reason=WHY, powers=powers(city, "环境经办"), at=LATER)
        told = len(inbox(city.people["环境经办"].pk))
        after = LATER + dt.timedelta(hours=1)
        settled = settle_rating(rating.pk, ground=ground, note=WHY, powers=powers(city, "工委甲"), at=after)

        assert settled.standing == standing
        assert entries("judgement", rating.pk)[-1] == (
            kind,
            f"person:{city.people['工委甲'].pk}",
            {"round": 1, "ground": ground},
        )
        assert len(inbox(city.people["环境经办"].pk)) == told + 1
        assert Case.objects.get(pk=case.pk).round == 2
        assert refusal(city, "工委甲", rating) == "not-yours"

    def test_doubted_rating_counts_again_once_upheld(self, city: City) -> None:
        rating = rate(closed(city), "very-satisfied", "2026-11-23 10:03:05")
        settle_rating(rating.pk, ground="genuine", note=WHY, powers=powers(city, "工委甲"), at=LATER)

        assert quarantined_ids() == set()
        rating.refresh_from_db()
        assert rating.standing == Standing.COUNTED

    def test_who_may_decide(self, city: City) -> None:
        """An overseer of another unit, not who objected, with a ground and words, when something is to be decided."""
        doubted = rate(closed(city), "very-satisfied", "2026-11-23 10:03:05")
        plain = rate(closed(city, phone="13600000000"), "satisfied", "2026-11-23 11:00")

        assert {
            name: refusal(city, name, doubted) for name in ("环境局长", "住建局长", "分办甲", "管家甲")
        } == (dict.fromkeys(("环境局长", "住建局长", "分办甲", "管家甲"), "not-yours"))
        assert refusal(city, "工委甲", plain) == "not-yours"
        assert refusal(city, "工委甲", doubted, ground="tired") == "ground-missing"
        assert refusal(city, "工委甲", doubted, note="看过") == "reason-missing"
        assert refusal(city, "工委甲", Judgement(pk=10**9)) == "no-such-rating"
        doubted.organisation = city.units["szgw"]
        doubted.save()
        assert refusal(city, "工委甲", doubted) == "not-yours"
        doubted.organisation, doubted.appealed_by = city.units["sthjj"], f"person:{city.people['工委甲'].pk}"
        assert not rules.may_settle(powers(city, "工委甲"), doubted)
