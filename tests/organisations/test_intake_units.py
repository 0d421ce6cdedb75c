"""Organisations, people and enterprises from tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.core.creditcode import make
from ronghe.core.memory import remembering
from ronghe.organisations.domain.intake import EnterpriseIntake, Intake, OrganisationIntake, PeopleIntake
from ronghe.organisations.models import Account, Appointment, Organisation, Person
from ronghe.organisations.queries import live_relationships, parent_on, powers_of
from tests.city import City, moment
from tests.tables import rows_of, told

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-06-01 12:00")
FIRM = make("91440300MA5F0A1B3")


def take(intake: Intake, *rows: dict[str, Any], size: int = 500) -> list[tuple[int, str, dict[str, str]]]:
    with remembering():
        given = rows_of(rows, intake.columns)
        verdicts = [
            one for start in range(0, len(given), size) for one in intake.take(given[start : start + size])
        ]
        return told(verdicts + list(intake.finish()))


@pytest.mark.parametrize("size", [1, 500])
def test_organisations_come_in_any_order(city: City, size: int) -> None:
    rows = [
        {"编号": "k1", "名称": "办公室", "类别": "内设处室", "上级": "市园林局"},
        {"编号": "k2", "名称": "执法科", "类别": "office", "上级": "bgs"},
        {"编号": "bgs", "名称": "综合处", "类别": "office", "上级": "市园林局"},
        {
            "编号": "yl",
            "名称": "市园林局",
            "类别": "市直部门",
            "上级": "",
            "简称": "园林局",
            "设立日期": "2020-01-01",
        },
        {
            "编号": "old",
            "名称": "旧局",
            "类别": "department",
            "设立日期": "2001-01-01",
            "撤销日期": "2019-01-01",
        },
    ]
    kinds = {"内设处室": "office"}
    rows = [row | {"类别": kinds.get(str(row["类别"]), row["类别"])} for row in rows]

    verdicts = take(OrganisationIntake("b1", NOW), *rows, size=size)

    assert sorted((number, status) for number, status, _ in verdicts) == [
        (number, "accepted") for number in range(2, 7)
    ]
    units = {
        unit.code: unit for unit in Organisation.objects.filter(code__in=["k1", "k2", "bgs", "yl", "old"])
    }
    assert [parent_on(units[code], NOW.date(), "government") for code in ("k1", "k2", "yl")] == [
        units["yl"],
        units["bgs"],
        None,
    ]
    assert (units["yl"].begins, units["yl"].short_name, units["old"].ends) == (
        dt.date(2020, 1, 1),
        "园林局",
        dt.date(2019, 1, 1),
    )
    assert {status for _, status, _ in take(OrganisationIntake("b2", NOW), *rows)} == {"already"}


@pytest.mark.parametrize(
    ("wrong", "reasons"),
    [
        ({"名称": ""}, {"name": "没有名称"}),
        ({"类别": "局"}, {"kind": "没有“局”这个类别"}),
        ({"上级": "不存在的局"}, {"parent": "没有叫“不存在的局”的单位"}),
        ({"体系": "天上"}, {"tree": "没有“天上”这个体系"}),
        ({"统一代码": "123"}, {"credit_code": "应为 18 位"}),
        ({"设立日期": "2030-01-01"}, {"begins": "在将来"}),
        ({"设立日期": "2020-01-01", "撤销日期": "2019-01-01"}, {"ends": "不晚于设立日期"}),
        ({"上级": "市住房和建设局", "设立日期": "2001-01-01"}, {"parent": "不在运行"}),
    ],
)
def test_a_wrong_organisation_says_where(city: City, wrong: dict[str, Any], reasons: dict[str, str]) -> None:
    row = {"编号": "x1", "名称": "新局", "类别": "department"} | wrong

    [(_, status, said)] = take(OrganisationIntake("b1", NOW), row)

    assert (status, said.keys()) == ("refused", reasons.keys())
    assert all(part in said[code] for code, part in reasons.items()), said
    assert not Organisation.objects.filter(code="x1").exists()


def test_a_parent_of_which_there_are_two_is_not_guessed(city: City) -> None:
    for code in ("g1", "g2"):
        city.unit(code, "office", "综合处")

    [(_, status, reasons)] = take(
        OrganisationIntake("b1", NOW), {"名称": "一组", "类别": "office", "上级": "综合处"}
    )

    assert (status, list(reasons)) == ("refused", ["parent"])
    assert "有 2 个单位都叫“综合处”" in reasons["parent"]


def test_people_need_a_unit_and_accounts_a_password(city: City) -> None:
    row = {"姓名": "赵某", "单位": "", "岗位": "handler", "账号": ""}

    verdicts = take(PeopleIntake("b1", NOW), row, row | {"单位": "zjj", "账号": "zhao"})

    assert [list(reasons) for _, _, reasons in verdicts] == [["unit"], ["username"]]
    assert not Person.objects.filter(name="赵某").exists()


def test_a_unit_without_code_is_known_by_name_and_parent(city: City) -> None:
    row = {"名称": "综合科", "类别": "office", "上级": "市住房和建设局"}

    statuses = [take(OrganisationIntake("b1", NOW), row)[0][1] for _ in range(2)]

    assert (statuses, Organisation.objects.filter(name="综合科").count()) == (["accepted", "already"], 1)


def test_enterprises_come_with_their_service_group(city: City) -> None:
    row = {
        "企业名称": "甲精密有限公司",
        "统一社会信用代码": FIRM,
        "所在区": "南山区",
        "行业": "制造",
        "四上": "规模以上工业",
        "服务小组": "第1服务小组",
    }
    other = make("91440300MA5F0A1B4")

    verdicts = take(
        EnterpriseIntake("b1", NOW),
        row,
        row | {"统一社会信用代码": other, "四上": "否", "服务小组": ""},
        row | {"统一社会信用代码": make("91440300MA5F0A1B5"), "服务小组": "市住房和建设局"},
        row | {"统一社会信用代码": "91440300MA5F0A1B5X", "四上": "也许", "服务小组": "第九小组"},
    )

    assert [status for _, status, _ in verdicts] == ["accepted", "accepted", "refused", "refused"]
    assert list(verdicts[2][2]) == ["group"]
    assert verdicts[3][2].keys() == {"credit_code", "four_above", "group"}
    firm = Organisation.objects.get(credit_code=FIRM)
    assert firm.values == {
        "district": "南山区",
        "industry": "制造",
        "four-above": True,
        "scale-class": "industry",
    }
    group = ("organisation", city.units["fwz1"].pk)
    edges = live_relationships("assigned-service", NOW.date(), from_=group, to=("organisation", firm.pk))
    assert len(list(edges)) == 1
    assert Organisation.objects.get(credit_code=other).values["four-above"] is False
    assert take(EnterpriseIntake("b2", NOW), row)[0][1] == "already"


def test_people_take_their_posts_and_accounts(city: City) -> None:
    row = {
        "姓名": "赵某",
        "工号": 1001.0,
        "单位": "市住房和建设局",
        "岗位": "经办人",
        "任职日期": "2026-02-01",
        "手机号": "13800138000",
        "账号": "zhaomou",
    }
    intake = PeopleIntake("b1", NOW, first_password=lambda: "a-first-password")

    verdicts = take(
        intake,
        row,
        row | {"岗位": "handler", "单位": "市生态环境局", "账号": ""},
        row | {"姓名": "钱某"},
        row | {"姓名": "孙某", "工号": "", "手机号": "", "账号": ""},
        row | {"姓名": "李某", "工号": "", "账号": "ZhaoMou"},
        row
        | {"姓名": "周某", "工号": "", "账号": "", "岗位": "船长", "单位": "船队", "任职日期": "2027-01-01"},
        row | {"姓名": "吴某", "工号": "", "账号": "", "岗位": "分办员"},
    )

    assert [status for _, status, _ in verdicts] == [
        "accepted",
        "accepted",
        "refused",
        "accepted",
        *["refused"] * 3,
    ]
    assert [list(said) for _, _, said in verdicts if said] == [
        ["number"],
        ["username"],
        ["begins", "post", "unit"],
        ["post"],
    ]
    person = Person.objects.get(employee_number="1001")
    assert intake.accounts == [("赵某", "zhaomou", "a-first-password")]
    account = Account.objects.get(person=person)
    assert account.check_password("a-first-password")
    assert powers_of(account, NOW.date()).of("handle") == {city.units["zjj"].pk, city.units["sthjj"].pk}
    assert not Person.objects.filter(name__in=["李某", "周某", "吴某"]).exists()
    again = take(PeopleIntake("b2", NOW), row, row | {"姓名": "孙某", "工号": "", "手机号": "", "账号": ""})
    assert [status for _, status, _ in again] == ["already", "already"]
    assert Appointment.objects.filter(person__name="孙某").count() == 1


@pytest.mark.parametrize("heading", ["编号", "编码", "单位编码", "ID"])
def test_code_of_a_unit_is_found_under_its_usual_names(city: City, heading: str) -> None:
    row = {heading: "yl", "名称": "市园林局", "类别": "department"}

    assert take(OrganisationIntake("b1", NOW), row) == [(2, "accepted", {})]
    assert Organisation.objects.filter(code="yl").exists()


def test_the_day_of_a_table_is_the_offices() -> None:
    night = moment("2026-06-01 00:30").astimezone(dt.UTC)  # at Greenwich still the 31st of May

    assert OrganisationIntake("r1", night).today == dt.date(2026, 6, 1)
