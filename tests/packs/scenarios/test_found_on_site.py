"""What is found when people go out — a party day at a site, a walk through a process, a round table, an audit — becomes cases."""

from __future__ import annotations

import pytest

from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from tests.city import City, moment
from tests.packs.runs import do, stand
from tests.packs.scenarios.walking import cases_told, counts, given, held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]
FIXED = {"measures": "两个窗口合并收件"}


def cases(rows: list[Case]) -> list[tuple[str, str, str, str]]:
    return [(one.procedure, *stand(one)) for one in rows]


@pytest.mark.mechanism("S-040", "S-041")
def test_a_party_day_at_a_site_counts_for_both_and_opens_what_was_found(party_city: City) -> None:
    city = party_city
    day = held(
        city, "theme-day", "支书甲", "2026-03-05 15:00", "zb1",
        values={"theme": "项目现场踏勘", "findings": [{"detail": "临时用电未接通", "unit": "zjj"}]},
        about=[unit(city, "enterprise")], people=12, quantities={"answered": "8", "opinions": "3"},
    )  # fmt: skip
    found = given(city, day, "支书甲", "2026-03-05 17:00")

    assert cases(found) == [("site-finding", "handle", "zjj", "03-19 18:00")]
    assert counts("activity.held", "theme-day") == [("zb1", 12)]
    assert [counts("quantity.recorded", code) for code in ("answered", "opinions")] == [
        [("zb1", 8)],
        [("zb1", 3)],
    ]
    case = do(city, found[0], "住建经办", "2026-03-09 10:00", values={"measures": "已接通"})
    assert stand(case)[:2] == ("confirm", "zb1")
    case = do(city, case, "支书甲", "2026-03-10 10:00", "pass")
    assert stand(case)[0] == "solved"


@pytest.mark.mechanism("S-181", "S-182", "S-183", "S-310")
def test_a_walk_finds_a_blockage_that_is_walked_again(party_city: City) -> None:
    city = party_city
    city.seat("enterprise", "service-representative", "代表甲")
    walk = held(
        city, "walk-through", "环境局长", "2026-04-10 09:30", "sthjj",
        values={
            "way": "citizen",
            "item": "排污许可证核发",
            "aspects": ["conditions", "simplified"],
            "findings": [{"detail": "同一份材料交两次", "unit": "sthjj"}, {"detail": "窗口指引不清", "unit": "zjj"}],
        },
        persons={city.people["环境局长"].pk: "", city.people["代表甲"].pk: ""},
    )  # fmt: skip
    found = given(city, walk, "环境局长", "2026-04-10 11:00")
    assert [one[:3] for one in cases(found)] == [
        ("walk-finding", "redesign", "sthjj"),
        ("walk-finding", "redesign", "zjj"),
    ]
    assert given(city, walk, "环境局长", "2026-04-10 12:00") == []

    case = do(city, found[0], "环境经办", "2026-04-20 10:00", values={**FIXED, "version": "2.0"})
    case = do(city, case, "环境局长", "2026-04-27 10:00", "redo", note="还要交纸质件")
    case = do(city, case, "环境经办", "2026-05-06 10:00", values={**FIXED, "version": "2.1"})
    case = do(city, case, "环境局长", "2026-05-08 10:00", "pass")
    assert stand(case)[0] == "solved"


@pytest.mark.mechanism("S-137")
def test_a_round_table_lists_its_problems_and_they_are_closed_one_by_one(party_city: City) -> None:
    city = party_city
    rows = [
        {"detail": "用工缺口", "kind-of-problem": "共性", "unit": "zjj"},
        {"detail": "厂区门前道路破损", "kind-of-problem": "个性", "unit": "sthjj"},
    ]
    table = held(
        city, "roundtable", "环境经办", "2026-03-05 15:00", "sthjj",
        values={"topic": "制造业企业圆桌会", "problems": rows}, about=[unit(city, "enterprise")], people=20,
    )  # fmt: skip
    found = given(city, table, "环境经办", "2026-03-05 17:00")
    assert [(stand(one)[:2], one.values["kind-of-problem"]) for one in found] == [
        (("handle", "zjj"), "共性"),
        (("handle", "sthjj"), "个性"),
    ]

    closed = do(city, found[0], "住建经办", "2026-03-20 10:00", values=FIXED)
    closed = do(city, closed, "环境经办", "2026-03-23 10:00", "pass")
    assert stand(closed)[0] == "solved"
    told = [cases_told(kind, "roundtable-problem") for kind in ("case.opened", "case.closed")]
    assert told == [["zjj", "sthjj"], ["zjj"]]


@pytest.mark.mechanism("S-252")
def test_an_audit_s_advice_ends_only_when_acted_on_and_says_when_it_became_a_rule(party_city: City) -> None:
    city = party_city
    row = {"detail": "政策兑现重复", "advice": "建立查重机制", "unit": "zjj", "finish": "2026-06-30"}
    audit = held(
        city, "audit-investigation", "环境经办", "2026-03-05 15:00", "sthjj",
        values={"topic": "产业发展专项审计调查", "findings": [row]}, about=[unit(city, "zjj")],
    )  # fmt: skip
    (case,) = given(city, audit, "环境经办", "2026-03-06 10:00")
    assert stand(case) == ("act", "zjj", "06-30 18:00")

    case = do(city, case, "住建经办", "2026-05-06 10:00", values={"progress": "已清退"})
    with pytest.raises(DomainError, match="制度"):
        do(city, case, "环境经办", "2026-05-08 10:00", "ruled")
    case = do(city, case, "环境经办", "2026-05-08 10:00", "redo", note="请形成制度")
    acted = {"progress": "已清退", "rule-adopted": "奖补政策查重办法"}
    case = do(city, case, "住建经办", "2026-06-01 10:00", values=acted)
    case = do(city, case, "环境经办", "2026-06-02 10:00", "ruled")
    assert (stand(case), case.closed_at) == (("ruled", "zjj", "06-02 10:00"), moment("2026-06-02 10:00"))
