"""What is owed again and again: lists the city fills, first agenda items, three meetings, walks, inspections; talks after gaps."""

from __future__ import annotations

import pytest

from ronghe.casework.models import Case
from ronghe.definitions.domain import add_line
from ronghe.definitions.queries import calendar
from ronghe.duties import domain
from ronghe.duties.queries.reckoning import stands_of
from tests.city import ACTOR, FOUNDED, City, moment
from tests.packs.runs import do, stand
from tests.packs.scenarios.walking import given, held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def told(city: City, code: str, on: str, duty: str, line: str = "") -> list[tuple[str, str]]:
    """How a duty stands for a unit on a day: period and standing."""
    stands = stands_of([city.units[code].pk], moment(f"{on} 09:00").date(), calendar())
    return [(one.window.name, one.stood.standing) for one in stands if one.line.key == (duty, line)]


@pytest.mark.mechanism("S-030", "S-031", "S-240")
def test_an_empty_list_owes_nothing_until_the_city_fills_it(party_city: City) -> None:
    city = party_city
    duty = "four-levels-five-posts"
    assert told(city, "zb1", "2026-03-02", duty, "1") == []

    line = add_line(duty, title="研究支部工作", facts={"every": "每月"}, actor=ACTOR, at=FOUNDED)
    assert told(city, "zb1", "2026-02-27", duty, line.code) == [("2026-01", "gap"), ("2026-02", "open")]
    held(city, "post-duty-done", "支书甲", "2026-02-27 10:00", "zb1", values={"line": line.code})
    assert told(city, "zb1", "2026-03-02", duty, line.code) == [
        ("2026-01", "gap"),
        ("2026-02", "met"),
        ("2026-03", "open"),
    ]
    assert told(city, "zb2", "2026-03-02", duty, line.code)[:2] == [("2026-01", "gap"), ("2026-02", "gap")]


@pytest.mark.mechanism("S-240")
def test_two_gaps_in_a_row_lead_to_a_talk_of_which_only_the_day_is_kept(party_city: City) -> None:
    city = party_city
    add_line("four-levels-five-posts", title="研究支部工作", facts={"every": "每月"}, actor=ACTOR, at=FOUNDED)
    domain.check_all(moment("2026-03-02 02:00"), calendar())
    domain.remind_due(moment("2026-03-02 10:00"), calendar())
    talks = {case.about.code: case for case in Case.objects.filter(procedure="duty-talk") if case.about}
    assert {"zb1", "zb2"} <= set(talks)

    talk = do(city, talks["zb1"], "党委书记", "2026-03-09 10:00", values={"day": "2026-03-09"})
    assert (stand(talk)[0], talk.values) == ("talked", {"day": "2026-03-09"})


@pytest.mark.mechanism("S-034", "S-049")
def test_the_first_agenda_item_is_studied_and_carried_out(party_city: City) -> None:
    city = party_city
    row = {"detail": "出台服务企业措施", "unit": "sthjj", "finish": "2026-05-29"}
    meeting = held(
        city,
        "first-agenda",
        "党组书记",
        "2026-03-05 09:00",
        "hjdz",
        values={"topic": "学习重要讲话", "actions": [row]},
    )
    (case,) = given(city, meeting, "党组书记", "2026-03-05 11:00")
    assert (case.procedure, stand(case)) == ("agenda-follow-up", ("carry-out", "sthjj", "05-29 18:00"))
    case = do(city, case, "环境局长", "2026-04-20 10:00", values={"progress": "已印发"})
    case = do(city, case, "党组书记", "2026-04-22 10:00", "pass")
    assert stand(case)[0] == "done"
    assert told(city, "hjdz", "2026-03-31", "first-agenda-item")[-1] == ("2026-03", "met")


@pytest.mark.mechanism("S-038", "S-005")
def test_three_meetings_and_one_class_are_four_lines_of_one_duty(party_city: City) -> None:
    city = party_city
    held(city, "members-meeting", "支书甲", "2026-02-05 15:00", "zb1", values={"topic": "通报"}, people=6)
    held(
        city,
        "committee-meeting",
        "支书甲",
        "2026-02-06 15:00",
        "zb1",
        values={"topic": "研究发展党员"},
        people=2,
    )
    held(city, "group-meeting", "组长甲", "2026-02-10 15:00", "xz1", values={"topic": "学习"}, people=4)

    duty = "three-meetings"
    assert told(city, "zb1", "2026-02-27", duty, "members") == [("2026-Q1", "met")]
    assert told(city, "zb1", "2026-02-27", duty, "committee") == [("2026-01", "gap"), ("2026-02", "met")]
    assert told(city, "xz1", "2026-02-27", duty, "group") == [("2026-01", "gap"), ("2026-02", "met")]
    assert told(city, "zb1", "2026-02-27", duty, "class") == [("2026-Q1", "open")]


@pytest.mark.mechanism("S-181", "S-310")
def test_only_a_walk_with_representatives_meets_the_half_year(party_city: City) -> None:
    city = party_city
    city.seat("enterprise", "service-representative", "代表甲")
    walked = {"way": "citizen", "item": "排污许可", "findings": []}
    alone = {city.people["环境局长"].pk: ""}
    held(city, "walk-through", "环境局长", "2026-03-10 09:30", "sthjj", values=walked, persons=alone)
    assert told(city, "sthjj", "2026-06-30", "walk-through-half-year") == [("2026-H1", "open")]

    both = {**alone, city.people["代表甲"].pk: ""}
    held(city, "walk-through", "环境局长", "2026-04-10 09:30", "sthjj", values=walked, persons=both)
    assert told(city, "sthjj", "2026-07-01", "walk-through-half-year")[0] == ("2026-H1", "met")
    assert told(city, "zjj", "2026-07-01", "walk-through-half-year")[0] == ("2026-H1", "gap")


@pytest.mark.mechanism("S-235", "S-236")
def test_an_inspection_covers_the_units_it_was_about(party_city: City) -> None:
    city = party_city
    held(
        city, "party-inspection", "工委甲", "2026-03-05 15:00", "szgw",
        values={"result": "良好"}, about=[unit(city, "hjdw")],
    )  # fmt: skip
    assert told(city, "hjdw", "2027-01-04", "inspect-every-unit")[0] == ("2026", "met")
    assert told(city, "hjdz", "2027-01-04", "inspect-every-unit")[0] == ("2026", "gap")
