"""督查 → 整改通知单 → 台账 → 验收 → 销号 → 回头看: found by inspectors, put right by the unit, checked by somebody else, twice."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from ronghe.casework.domain import attach
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import sequence
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.packs.runs import by, do, stand
from tests.packs.scenarios.walking import given, held, issued, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]
FOUND = {"detail": "三会一课记录不全", "finish": "2026-05-29"}
NOTICE = {"opening": "督查发现你支部三会一课记录不全。", "content": "一、补齐记录\n二、举一反三"}
MEASURES = {"measures": [{"measure": "补齐一季度会议记录", "unit": "zb1"}]}


@pytest.fixture
def case(party_city: City) -> Case:
    """An inspection of the first branch found one thing."""
    city = party_city
    city.seat("szgw", "inspector", "督查甲")
    city.seat("szgw", "inspector", "督查乙")
    city.seat("szgw", "committee-deputy-secretary", "工委副书记甲")
    inspection = held(
        city, "party-inspection", "督查甲", "2026-03-05 15:00", "szgw",
        values={"result": "总体较好", "findings": [FOUND]}, about=[unit(city, "zb1")],
    )  # fmt: skip
    (found,) = given(city, inspection, "督查甲", "2026-03-06 10:00")
    return found


def reviews(code: str) -> list[Judgement]:
    return list(Judgement.objects.filter(judgement=code).order_by("pk"))


def answer(city: City, at: str, row: Judgement, *, name: str = "", **values: str) -> None:
    """By whoever was asked, or by somebody named."""
    asked = next((one for one, person in city.people.items() if person.pk == row.judge_id), "nobody")
    powers = powers_of(city.accounts[name or asked], moment(at).date())
    judgements.give_review(row.pk, values=values, powers=powers, at=moment(at))


def put_right(city: City, case: Case, day: str) -> Case:
    """What the branch did, with a proof that is its own of this round."""
    at, done = f"2026-{day} 10:00", {"progress": "已补齐"}
    with pytest.raises(DomainError, match="缺少“本环节的佐证附件”"):
        do(city, case, "支书甲", at, "report", values=done)
    attach(case.pk, by(city, "支书甲", at), file=ContentFile(f"记录 {day}".encode(), "会议记录.txt"))
    return do(city, case, "支书甲", at, "report", values=done)


def to_verification(city: City, case: Case) -> Case:
    issued(
        city, "rectification-notice", "督查甲", "2026-03-09 10:00", "督查甲", "工委副书记甲",
        organisation=city.units["szgw"], about=unit(city, "zb1"), case=case, values=NOTICE,
    )  # fmt: skip
    case = do(city, case, "支书甲", "2026-03-12 10:00", values=MEASURES)
    return put_right(city, case, "03-27")


@pytest.mark.mechanism("S-235", "S-237", "S-238")
def test_a_problem_is_closed_only_by_proof_and_by_somebody_else(party_city: City, case: Case) -> None:
    city = party_city
    assert (case.number, case.about.code if case.about else "") == ("整改〔2026〕1号", "zb1")
    assert stand(case)[0] == "issue"
    with pytest.raises(DomainError):
        do(city, case, "督查甲", "2026-03-09 10:00")

    case = to_verification(city, case)
    assert stand(case)[0] == "verify"
    (check,) = reviews("independent-check")
    with pytest.raises(Exception, match="没有请您评判"):
        answer(city, "2026-03-30 10:00", check, name="支书甲", result="pass", finding="已补齐")
    answer(city, "2026-03-30 10:00", check, result="fail", finding="缺签到")
    assert stand(case)[:2] == ("rectify", "zb1")

    case = put_right(city, case, "04-07")
    answer(city, "2026-04-09 10:00", reviews("independent-check")[1], result="pass", finding="记录齐全")
    case = do(city, case, "督查甲", "2026-04-10 10:00")
    assert stand(case)[0] == "solved"


@pytest.mark.mechanism("S-035", "S-238")
def test_half_a_year_later_somebody_looks_back_and_takes_it_up_again(party_city: City, case: Case) -> None:
    city = party_city
    case = to_verification(city, case)
    answer(city, "2026-03-30 10:00", reviews("independent-check")[0], result="pass", finding="齐全")
    case = do(city, case, "督查甲", "2026-04-10 10:00")

    sequence()
    assert judgements.ask_reviews(moment("2026-10-09 10:00"), calendar()) == 0
    assert judgements.ask_reviews(moment("2026-10-12 10:00"), calendar()) == 1
    (back,) = reviews("look-back")
    answer(city, "2026-10-13 10:00", back, kept="有反弹", finding="三季度又缺记录")
    case.refresh_from_db()
    assert (case.state, case.round) == ("open", 2)
