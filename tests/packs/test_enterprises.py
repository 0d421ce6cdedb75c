"""What is done for enterprises: links, filings, technical upgrades; and needs that lead to a new edition."""

from __future__ import annotations

import pytest

from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.organisations import domain as organisations
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Post
from tests.city import ACTOR, FOUNDED, City
from tests.packs.runs import do, file, stand

pytestmark = [
    pytest.mark.db,
    pytest.mark.django_db,
    pytest.mark.mechanism("S-105", "S-120", "S-126", "S-135", "S-140", "S-311"),
]
LINK = {"kind-of-link": "market", "programme": "cadres-help-enterprises", "detail": "想找整车厂配套"}
MATCHED = {"counterpart": "某整车厂", "progress": "已安排对接会"}
GOODS = {
    "detail": "精密轴承 2 吨",
    "route": "光明区公明街道至东莞",
    "handover-day": "2026-03-03",
    "disinfection": "装卸区全面消杀",
}
UPGRADE = {"detail": "产线自动化改造", "planned": "800", "finish": "2026-12-31", "unit": "zjj"}
BUILT = {"invested-so-far": "350", "progress": "设备已进场"}
NEED = {
    "origin": "meeting",
    "pain": "again",
    "detail": "同一份材料在两个窗口各交一次",
    "unit": "sthjj",
}


def link(city: City, name: str = "住建经办") -> Case:
    return file(city, "link-service", name, "2026-03-02 10:00", LINK, about=city.units["enterprise"])


def commissioner(city: City) -> None:
    """A commissioner of the environment bureau for the enterprise."""
    city.seat("sthjj", "commissioner", "特派员甲")
    seat = Post.objects.get(kind="commissioner")
    ends = {"from_": ("post", seat.pk), "to": ("organisation", city.units["enterprise"].pk)}
    organisations.relate("commissioner-of", **ends, actor=ACTOR, at=FOUNDED)


def test_a_link_goes_to_the_group_that_serves_the_enterprise(city: City) -> None:
    case = link(city)
    assert stand(case) == ("match", "fwz1", "03-30 18:00")

    case = do(city, case, "管家甲", "2026-03-05 10:00", values=MATCHED)
    case = do(city, case, "管家甲", "2026-03-10 10:00", "again")
    assert stand(case) == ("match", "fwz1", "03-30 18:00")
    case = do(city, case, "管家甲", "2026-03-12 10:00", values=MATCHED)
    case = do(city, case, "管家甲", "2026-03-20 10:00", "linked")
    assert stand(case) == ("linked", "fwz1", "03-20 10:00")


def test_a_link_goes_to_the_unit_of_its_commissioner_first(city: City) -> None:
    commissioner(city)
    case = link(city)
    assert stand(case) == ("match", "sthjj", "03-30 18:00")

    case = do(city, case, "特派员甲", "2026-03-05 10:00", values=MATCHED)
    with pytest.raises(DomainError, match="理由"):
        do(city, case, "特派员甲", "2026-03-10 10:00", "unlinked")
    case = do(city, case, "特派员甲", "2026-03-10 10:00", "unlinked", note="对方已有供应商")
    assert stand(case) == ("unlinked", "sthjj", "03-10 10:00")


def test_an_enterprise_has_one_commissioner(city: City) -> None:
    commissioner(city)
    second = organisations.create_post(city.units["zjj"], kind="commissioner", actor=ACTOR, at=FOUNDED)

    with pytest.raises(OrganisationError, match="企业特派"):
        organisations.relate(
            "commissioner-of",
            from_=("post", second.pk),
            to=("organisation", city.units["enterprise"].pk),
            actor=ACTOR,
            at=FOUNDED,
        )


def test_a_filing_is_examined_by_the_unit_it_is_given_to(city: City) -> None:
    case = file(city, "goods-filing", "管家甲", "2026-03-02 10:00", GOODS, about=city.units["enterprise"])
    assert stand(case) == ("receive", "fbzx", "03-02 12:00")

    case = do(city, case, "分办甲", "2026-03-02 11:00", "transfer", to=city.units["sthjj"])
    case = do(city, case, "环境经办", "2026-03-02 14:15", "accept")
    assert stand(case) == ("examine", "sthjj", "03-03 18:00")
    case = do(city, case, "环境经办", "2026-03-02 16:00", "pass")
    assert stand(case) == ("filed", "sthjj", "03-02 16:00")


def test_a_filing_refused_says_why(city: City) -> None:
    case = file(city, "goods-filing", "管家甲", "2026-03-02 10:00", GOODS, about=city.units["enterprise"])
    case = do(city, case, "分办甲", "2026-03-02 11:00", "transfer", to=city.units["sthjj"])
    case = do(city, case, "环境经办", "2026-03-02 14:15", "accept")

    with pytest.raises(DomainError, match="理由"):
        do(city, case, "环境经办", "2026-03-02 16:00", "fail")
    case = do(city, case, "环境经办", "2026-03-02 16:00", "fail", note="缺消杀记录")
    assert stand(case) == ("refused", "sthjj", "03-02 16:00")


def test_an_upgrade_is_served_by_the_unit_named_and_checked_by_a_second_person(city: City) -> None:
    enterprise = city.units["enterprise"]
    case = file(city, "technical-upgrade", "管家甲", "2026-03-02 10:00", UPGRADE, about=enterprise)
    assert stand(case) == ("prepare", "zjj", "12-31 18:00")

    case = do(city, case, "住建经办", "2026-04-01 10:00", "start")
    case = do(city, case, "住建经办", "2026-07-01 10:00", "report", values=BUILT)
    case = do(
        city, case, "住建经办", "2026-11-02 10:00", "complete", values={**BUILT, "invested-so-far": "805"}
    )
    case = do(city, case, "住建局长", "2026-11-03 10:00", "fail", note="缺验收单")
    case = do(
        city, case, "住建经办", "2026-11-04 10:00", "complete", values={**BUILT, "invested-so-far": "805"}
    )
    case = do(city, case, "住建局长", "2026-11-05 10:00", "pass")
    assert stand(case) == ("upgraded", "zjj", "11-05 10:00")
    assert case.values["invested-so-far"] == "805"


def test_an_upgrade_stops_with_a_reason(city: City) -> None:
    enterprise = city.units["enterprise"]
    case = file(city, "technical-upgrade", "管家甲", "2026-03-02 10:00", UPGRADE, about=enterprise)

    with pytest.raises(DomainError, match="理由"):
        do(city, case, "住建经办", "2026-04-01 10:00", "stop")
    case = do(city, case, "住建经办", "2026-04-01 10:00", "stop", note="企业调整投资计划")
    assert stand(case) == ("stopped", "zjj", "04-01 10:00")


def test_a_need_is_studied_proposed_adopted_and_becomes_a_new_edition(city: City) -> None:
    case = file(city, "need", "管家甲", "2026-03-02 10:00", NEED)
    assert stand(case) == ("study", "sthjj", "04-14 18:00")

    case = do(city, case, "环境经办", "2026-03-09 10:00", "propose", values={"finding": "可以合并收件"})
    case = do(city, case, "环境经办", "2026-03-10 10:00", values={"proposal-text": "两窗口共用一次收件"})
    with pytest.raises(DomainError):
        do(city, case, "环境经办", "2026-03-11 10:00", "pass")
    case = do(city, case, "环境局长", "2026-03-11 10:00", "redo", note="请写明系统改造")
    case = do(city, case, "环境经办", "2026-03-12 10:00", values={"proposal-text": "两窗口共用收件系统"})
    case = do(city, case, "环境局长", "2026-03-13 10:00", "pass")
    assert stand(case) == ("renew", "sthjj", "04-14 18:00")
    case = do(city, case, "环境经办", "2026-04-01 10:00", values={"version": "排污许可 3.0"})
    assert stand(case) == ("renewed", "sthjj", "04-01 10:00")


def test_a_need_set_aside_says_why(city: City) -> None:
    case = file(city, "need", "管家甲", "2026-03-02 10:00", NEED)

    with pytest.raises(DomainError, match="理由"):
        do(city, case, "环境经办", "2026-03-09 10:00", "set-aside", values={"finding": "上级系统尚未开放"})
    case = do(
        city,
        case,
        "环境经办",
        "2026-03-09 10:00",
        "set-aside",
        values={"finding": "上级系统尚未开放"},
        note="待省系统开放接口",
    )
    assert stand(case) == ("set-aside", "sthjj", "03-09 10:00")
