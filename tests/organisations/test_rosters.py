"""Rosters: what a table of members may say, and what becomes of rows that contradict each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ronghe.core.idnumber import check_character
from ronghe.organisations.domain.identity import find_by_id_number, open_contact
from ronghe.organisations.domain.rosters import RosterIntake
from ronghe.organisations.models import Appointment, Person
from tests.city import City
from tests.organisations.test_intake_units import NOW, take

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def number(order: int) -> str:
    first = f"44030119800101{order:03}"
    return first + check_character(first)


def line(name: str, order: int = 0, branch: str = "zb1", **more: str) -> dict[str, Any]:
    return {
        "姓名": name,
        "身份证号": number(order) if order else "",
        "党支部": branch,
        "起始日期": "2026-02-01",
        **more,
    }


@pytest.fixture
def rolls(party_city: City, db: None) -> City:
    """The Party organisations, with a third branch in which nobody sits yet."""
    city = City(dict(party_city.units))
    city.unit("zb3", "branch", "市生态环境局第三党支部", parent=city.units["hjdw"])
    return city


def seats(city: City, name: str) -> list[tuple[str, str, str, str]]:
    rows = (
        Appointment.objects.filter(person__name=name)
        .order_by("begins", "pk")
        .select_related("post__organisation")
    )
    return [
        (
            one.post.organisation.code,
            one.post.kind,
            one.begins.isoformat(),
            one.ends.isoformat() if one.ends else "",
        )
        for one in rows
    ]


def test_members_and_committee_come_in_and_the_same_table_again_changes_nothing(rolls: City) -> None:
    rows = [
        line("甲一", 1),
        line("甲二", 2, 党内职务="支部委员"),
        line("甲三", 3, 截止日期="2026-05-01"),
        line("甲三", 3, branch="zb2", 起始日期="2026-05-01"),
    ]

    assert [one[1:] for one in take(RosterIntake("r1", NOW), *rows)] == [("accepted", {})] * 4
    assert seats(rolls, "甲二") == [
        ("zb1", "branch-committee-member", "2026-02-01", ""),
        ("zb1", "party-member", "2026-02-01", ""),
    ]
    assert seats(rolls, "甲三") == [
        ("zb1", "party-member", "2026-02-01", "2026-05-01"),
        ("zb2", "party-member", "2026-05-01", ""),
    ]
    count = Appointment.objects.count()
    assert [one[1] for one in take(RosterIntake("r2", NOW), *rows)] == ["already"] * 4
    assert Appointment.objects.count() == count


def test_the_number_is_sealed_and_found_by_a_blind_index(rolls: City) -> None:
    take(RosterIntake("r1", NOW), line("甲一", 1))
    identity = Person.objects.get(name="甲一").identity
    assert identity is not None

    assert find_by_id_number(number(1).lower()) == [identity]
    assert number(1).encode() not in bytes(identity.sealed or b"")
    assert open_contact(identity).id_number == number(1)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        pytest.param(
            [line("甲一", 1), line("甲一", 1)],
            {3: {"name": "与第 2 行重复，请删去其中一行。"}},
            id="twice",
        ),
        pytest.param(
            [line("甲一", 1), line("甲二", 1)],
            {
                2: {"id_number": "第 3 行的身份证号相同而姓名不同。请对照证件核对。"},
                3: {"id_number": "第 2 行的身份证号相同而姓名不同。请对照证件核对。"},
            },
            id="one-number-two-names",
        ),
        pytest.param(
            [line("甲一", 身份证号=number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1"))],
            {2: {"id_number": "身份证号的校验位不对，多半有一位写错了。请对照证件核对。"}},
            id="bad-number",
        ),
        pytest.param(
            [
                line("甲一", 1, branch="zb3", 党内职务="书记"),
                line("甲二", 2, branch="zb3", 党内职务="支部书记"),
            ],
            {
                row: {
                    "post": f"第 {other} 行也任这个职务，日期重叠，而这个职务同时只能一人任。"
                    "请写上前任的截止日期，或改正职务。"
                }
                for row, other in ((2, 3), (3, 2))
            },
            id="two-secretaries",
        ),
        pytest.param(
            [
                line("甲一", 1, branch="zb3", 党内职务="书记", 截止日期="2026-03-01"),
                line("甲二", 2, branch="zb3", 党内职务="书记", 起始日期="2026-04-01"),
            ],
            {
                3: {
                    "begins": "与前任（第 2 行）之间空了 31 天。请补上这段时间任职的人，或在“说明”里写明空缺原因。"
                }
            },
            id="gap",
        ),
        pytest.param(
            [
                line("甲一", 1, branch="zb3", 党内职务="书记", 截止日期="2026-03-01"),
                line("甲二", 2, branch="zb3", 党内职务="书记", 起始日期="2026-04-01", 说明="上级批准空缺"),
            ],
            {},
            id="gap-explained",
        ),
        pytest.param(
            [line("甲一", 1), line("甲一", 1, branch="zb2")],
            {
                row: {
                    "branch": f"第 {other} 行也有这个人，所在支部不同而日期重叠。请写上转出日期，只留一个支部。"
                }
                for row, other in ((2, 3), (3, 2))
            },
            id="two-branches",
        ),
        pytest.param(
            [line("甲一", 1, 截止日期="2026-04-01"), line("甲一", 1, 起始日期="2026-03-01")],
            {
                row: {"begins": f"第 {other} 行是同一人同一职务，起止日期重叠。请核对日期，或并成一行。"}
                for row, other in ((2, 3), (3, 2))
            },
            id="overlap",
        ),
        pytest.param(
            [
                line("甲一", 1, 截止日期="2026-01-01"),
                line("", 2),
                line("甲三", 3, branch="sthjj"),
                line("甲四", 4, 党内职务="队长"),
            ],
            {
                2: {"ends": "不晚于起始日期，请核对两处日期。"},
                3: {"name": "没有姓名，请补上。"},
                4: {"branch": "“sthjj”不是党支部一级的组织，请写到支部。"},
                5: {
                    "post": "支部没有“队长”这个职务，请写其中一种：党员、党员责任区、支部书记、支部副书记、支部委员。普通党员可以空着。"
                },
            },
            id="cells",
        ),
    ],
)
def test_rows_that_cannot_be_true_are_refused_with_the_cure_and_the_others_come_in(
    rolls: City, rows: list[dict[str, Any]], refused: dict[int, dict[str, str]]
) -> None:
    people = Person.objects.count()

    verdicts = {row: (status, reasons) for row, status, reasons in take(RosterIntake("r1", NOW), *rows)}

    assert {row: reasons for row, (status, reasons) in verdicts.items() if status == "refused"} == refused
    assert len(verdicts) == len(rows)
    accepted = [row for row, (status, _) in verdicts.items() if status == "accepted"]
    assert len(accepted) == len(rows) - len(refused)
    assert Person.objects.count() == people + len(accepted)


def test_who_is_in_a_branch_already_is_not_put_into_another(rolls: City) -> None:
    take(RosterIntake("r1", NOW), line("甲一", 1))

    verdicts = take(RosterIntake("r2", NOW), line("甲一", 1, branch="zb2", 起始日期="2026-03-01"))

    assert verdicts == [
        (
            2,
            "refused",
            {
                "branch": "这段时间已在“市生态环境局第一党支部”的名册里（2026年2月1日起）。请先办转出，或核对起止日期。"
            },
        )
    ]


def test_a_keeper_of_rolls_brings_in_no_other_branch(rolls: City) -> None:
    own = frozenset({rolls.units["zb1"].pk})

    verdicts = take(RosterIntake("r1", NOW, within=own), line("甲一", 1), line("甲二", 2, branch="zb2"))

    assert sorted((row, status) for row, status, _ in verdicts) == [(2, "accepted"), (3, "refused")]


CLUB = """organisation: study-branch
title: 学习型党支部
source: [S-004]
effective: 2026-01-01
tree: party
on_loan: true
---
post: study-member
title: 学习成员
source: [S-004]
effective: 2026-01-01
in: [study-branch]
roll: true
"""


def test_which_post_members_hold_and_whether_they_are_on_loan_is_what_the_definitions_say(
    rolls: City, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "club.yaml").write_text(CLUB, encoding="utf-8")
    settings.PACKS = [*settings.PACKS, str(tmp_path)]
    call_command("packs", "load")
    rolls.unit("xxzb", "study-branch", "学习型党支部", parent=rolls.units["hjdw"])

    verdicts = take(RosterIntake("r1", NOW), line("甲一", 1), line("甲一", 1, branch="xxzb"))

    assert verdicts == [(2, "accepted", {}), (3, "accepted", {})]
    assert seats(rolls, "甲一") == [
        ("zb1", "party-member", "2026-02-01", ""),
        ("xxzb", "study-member", "2026-02-01", ""),
    ]
