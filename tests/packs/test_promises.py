"""Promises and practical deeds: due on the day that was named, confirmed by a second person."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework.domain import Promise
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from tests.city import City
from tests.packs.runs import do, file, stand

pytestmark = [
    pytest.mark.db,
    pytest.mark.django_db,
    pytest.mark.mechanism("S-113", "S-131", "S-141", "S-142", "S-143"),
]
PROGRESS = {"progress": "护栏已加装，见现场照片。"}
OUTCOME = {"outcome": "已建成并移交。"}


def promise(city: City, within: str = "2026-03-20") -> Case:
    return file(
        city, "promise-follow-up", "环境经办", "2026-03-02 10:00", {"promise": "加装护栏", "within": within}
    )


def deed(city: City) -> Case:
    return file(
        city,
        "deed",
        "住建经办",
        "2026-03-02 10:00",
        {
            "kind-of-deed": "livelihood",
            "detail": "老旧小区加装电梯 3 部",
            "served": "幸福小区居民",
            "promised-day": "2026-05-29",
        },
    )


def test_a_promise_is_carried_out_by_its_unit_and_kept_when_another_person_says_so(city: City) -> None:
    case = promise(city)
    assert stand(case) == ("carry-out", "sthjj", "03-20 18:00")

    case = do(city, case, "环境经办", "2026-03-10 10:00", values=PROGRESS)
    assert stand(case) == ("verify", "sthjj", "03-20 18:00")

    case = do(city, case, "环境局长", "2026-03-11 10:00", "pass")
    assert stand(case) == ("kept", "sthjj", "03-11 10:00")


def test_a_promise_is_sent_back_with_a_reason_and_may_end_broken(city: City) -> None:
    case = do(city, promise(city), "环境经办", "2026-03-10 10:00", values=PROGRESS)

    with pytest.raises(DomainError, match="理由"):
        do(city, case, "环境局长", "2026-03-11 10:00", "fail")
    case = do(city, case, "环境局长", "2026-03-11 10:00", "fail", note="照片不是现场")
    assert stand(case) == ("carry-out", "sthjj", "03-20 18:00")

    case = do(city, case, "环境经办", "2026-03-23 10:00", values=PROGRESS)
    case = do(city, case, "环境局长", "2026-03-24 10:00", "break", note="选址变更，另行商定")
    assert stand(case) == ("broken", "sthjj", "03-24 10:00")


def test_whoever_carried_it_out_does_not_verify_it(city: City) -> None:
    case = do(city, promise(city), "环境经办", "2026-03-10 10:00", values=PROGRESS)

    with pytest.raises(DomainError):
        do(city, case, "环境经办", "2026-03-11 10:00", "pass")


def test_a_promise_of_a_reply_is_followed_up_by_the_unit_that_answered(city: City) -> None:
    request = file(
        city,
        "enterprise-request",
        "管家甲",
        "2026-03-02 10:00",
        {"topic": "environment", "detail": "门前道路施工，货车无法进出"},
        about=city.units["enterprise"],
    )
    request = do(city, request, "管家甲", "2026-03-02 11:00", "accept")
    request = do(city, request, "管家甲", "2026-03-03 10:00", "ready")
    promised = [Promise("恢复货车通行", dt.date(2026, 3, 20))]
    do(city, request, "管家甲", "2026-03-03 11:00", "send", reply="已协调。", promises=promised)

    case = Case.objects.get(procedure="promise-follow-up")
    assert (case.title, case.related) == ("恢复货车通行", request)
    assert stand(case) == ("carry-out", "fwz1", "03-20 18:00")


@pytest.mark.parametrize(
    ("within", "due"),
    [
        ("2026-03-02", "03-02 18:00"),  # the same day
        ("2026-02-27", "03-02 18:00"),  # a day gone by is today
        ("2026-03-21", "03-23 18:00"),  # a Saturday: the next working day
        ("2026-04-06", "04-07 18:00"),  # 清明 off: the next working day
    ],
)
def test_a_promise_is_due_at_the_end_of_its_day(city: City, within: str, due: str) -> None:
    assert stand(promise(city, within)) == ("carry-out", "sthjj", due)


def test_a_deed_is_delivered_and_its_result_confirmed_for_the_public(city: City) -> None:
    case = deed(city)
    assert stand(case) == ("deliver", "zjj", "05-29 18:00")

    case = do(city, case, "住建经办", "2026-05-20 10:00", values=OUTCOME)
    case = do(city, case, "住建局长", "2026-05-21 10:00", "publish")
    assert stand(case) == ("delivered", "zjj", "05-21 10:00")


def test_a_deed_not_done_ends_with_a_reason_and_never_in_silence(city: City) -> None:
    case = do(
        city, deed(city), "住建经办", "2026-05-29 10:00", values={"outcome": "两部已建成，一部未开工。"}
    )

    with pytest.raises(DomainError, match="理由"):
        do(city, case, "住建局长", "2026-05-29 15:00", "miss")
    case = do(city, case, "住建局长", "2026-05-29 15:00", "redo", note="请补一部的进展")
    case = do(city, case, "住建经办", "2026-05-29 16:00", values=OUTCOME)
    case = do(city, case, "住建局长", "2026-05-29 17:00", "miss", note="一部未取得业主同意")
    assert stand(case) == ("missed", "zjj", "05-29 17:00")
