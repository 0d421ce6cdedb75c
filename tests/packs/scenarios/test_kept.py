"""What registers keep: plots of four classes, confirmed by a second person; risks; the library; talks of which only the day stays."""

from __future__ import annotations

from typing import Any

import pytest

from ronghe.casework.exceptions import DomainError
from ronghe.ledger.models import Entry
from ronghe.registers import domain as registers
from ronghe.registers.exceptions import LooksAlike
from ronghe.registers.models import Entry as Row
from tests.city import ACTOR, City, moment
from tests.packs.runs import do, file, stand
from tests.packs.scenarios.walking import counts, held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def kept(
    city: City, register: str, title: str, unit: str = "sthjj", *, alike: bool = False, **values: Any
) -> Row:
    return registers.begin_entry(
        register,
        title=title,
        values={code.replace("_", "-"): value for code, value in values.items()},
        organisation=city.units[unit],
        actor=ACTOR,
        at=moment("2026-03-02 09:00"),
        may_be_alike=alike,
    ).entry


@pytest.mark.mechanism("S-172")
def test_a_plot_s_class_is_what_a_second_person_confirmed(party_city: City) -> None:
    city = party_city
    plot = kept(city, "plot", "南侧地块", number="D-001", place="科技四路", soil_class="survey")
    found = {"reason-for-class": "采样达标", "class-found": "ready"}
    case = file(city, "plot-classification", "环境经办", "2026-03-09 10:00", found, thing=("entry", plot.pk))
    case = do(city, case, "环境经办", "2026-03-16 10:00")
    with pytest.raises(DomainError):
        do(city, case, "环境经办", "2026-03-17 10:00", "confirm")
    case = do(city, case, "环境局长", "2026-03-17 10:00", "confirm")
    plot.refresh_from_db()
    assert (stand(case)[0], plot.values["soil-class"]) == ("confirmed", "ready")
    assert [row.kind for row in Entry.objects.filter(subject_type="entry", subject_id=plot.pk)] == [
        "entry.began",
        "entry.changed",
    ]


@pytest.mark.mechanism("S-320", "S-321")
def test_the_library_keeps_versions_of_charts_and_lessons(party_city: City) -> None:
    city = party_city
    chart = {"shelf": "流程图表"}
    kept(city, "library-item", "发展党员流程图", "szgw", version="2023", **chart)
    with pytest.raises(LooksAlike):
        kept(city, "library-item", "发展党员流程图", "szgw", version="2026", **chart)
    kept(city, "library-item", "发展党员流程图", "szgw", alike=True, version="2026", **chart)
    kept(city, "library-item", "换届沙盘教案", "szgw", shelf="教学资源", version="2026")
    rows = Row.objects.filter(register="library-item").order_by("pk")
    assert [(row.title, row.values["shelf"], row.values["version"]) for row in rows] == [
        ("发展党员流程图", "流程图表", "2023"),
        ("发展党员流程图", "流程图表", "2026"),
        ("换届沙盘教案", "教学资源", "2026"),
    ]


@pytest.mark.mechanism("S-247")
def test_a_risk_has_its_control_and_is_looked_through_each_year(party_city: City) -> None:
    city = party_city
    risk = kept(
        city, "integrity-risk", "自由裁量过大", where_found="行政处罚裁量", risk="同案不同罚", level="高",
        control="裁量基准公开", controlled_by="sthjj",
    )  # fmt: skip
    again = registers.confirm_entry(risk.pk, actor=ACTOR, at=moment("2027-03-01 09:00"))
    assert (risk.confirmed_on.year, again.confirmed_on.year) == (2026, 2027)


@pytest.mark.mechanism("S-248", "S-021")
def test_a_talk_before_taking_a_post_is_a_day_and_nothing_else(party_city: City) -> None:
    city = party_city
    talk = held(
        city, "integrity-talk", "党组书记", "2026-03-05 09:00", "hjdz", about=[unit(city, "sthjj")], people=3
    )
    assert (talk.values, counts("activity.held", "integrity-talk")) == ({}, [("hjdz", 3)])
