"""Counted on every side and once for the city: trees, shifts, training, visits, matches; posts and areas that are alive."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import calendar
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.organisations import domain as organisations
from ronghe.organisations.queries import powers_of
from ronghe.registers import domain as registers
from tests.city import ACTOR, FOUNDED, City, moment
from tests.packs.scenarios.walking import counts, held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.mechanism("S-067")
def test_trees_of_two_branches_are_each_its_own_and_the_plot_s_together(party_city: City) -> None:
    city = party_city
    plot = registers.begin_entry(
        "forest-plot", title="市直机关党员先锋林", values={"place": {"address": "西区湿地"}},
        organisation=city.units["szgw"], actor=ACTOR, at=moment("2026-03-02 09:00"),
    ).entry  # fmt: skip
    one, two = (city.units[code].pk for code in ("zb1", "zb2"))
    held(
        city, "tree-planting", "支书甲", "2026-03-12 09:00", "zb1", "zb2", about=[("entry", plot.pk)],
        quantities={"trees": {one: "40", two: "25"}, "planters": {one: "8", two: "5"}}, people=13,
    )  # fmt: skip

    assert counts("quantity.recorded", "trees") == [("zb1", 40), ("zb2", 25)]
    assert counts("quantity.recorded", "planters") == [("zb1", 8), ("zb2", 5)]
    (entry,) = Entry.objects.filter(kind="activity.held", code="tree-planting")
    assert (entry.quantity, set(entry.touches.values_list("role", "type", "ref"))) == (
        13,
        {("organiser", "organisation", one), ("organiser", "organisation", two), ("about", "entry", plot.pk)},
    )


@pytest.mark.mechanism("S-099", "S-084")
def test_a_shift_counts_and_the_side_served_confirms_it(party_city: City) -> None:
    city = party_city
    city.unit("sq1", "village", "东风社区")
    city.seat("sq1", "handler", "社区甲")
    judgements.ask_reviews(moment("2026-03-06 09:00"), calendar())
    held(
        city, "volunteer-shift", "支书甲", "2026-03-07 09:00", "zb1", about=[unit(city, "sq1")],
        quantities={"hours": "3.5", "items": "12"}, people=1,
    )  # fmt: skip
    assert counts("quantity.recorded", "hours") == [("zb1", 35)]
    assert counts("quantity.recorded", "items") == [("zb1", 12)]

    sequence()
    assert judgements.ask_reviews(moment("2026-03-07 12:00"), calendar()) == 1
    (row,) = Judgement.objects.filter(judgement="shift-confirmed")
    assert row.judge_id == city.people["社区甲"].pk
    powers = powers_of(city.accounts["社区甲"], dt.date(2026, 3, 9))
    judgements.give_review(row.pk, values={"confirmed": True}, powers=powers, at=moment("2026-03-09 10:00"))
    assert Entry.objects.filter(kind="judgement.given", code="shift-confirmed").count() == 1


@pytest.mark.mechanism("S-096", "S-097", "S-098", "S-100", "S-101")
def test_a_post_shows_duty_and_promise_and_an_area_what_it_covers(party_city: City) -> None:
    city = party_city
    window = city.unit("ck1", "window", "政务服务大厅 1 号窗口")
    post = organisations.create_post(window, kind="pioneer-post", actor=ACTOR, at=FOUNDED)
    told = {"duties": "企业开办", "promise": "一次办结"}
    assert organisations.describe_post(post, values=told, actor=ACTOR, at=FOUNDED).values == told
    area = organisations.create_post(city.units["zb1"], kind="responsibility-area", actor=ACTOR, at=FOUNDED)
    firm = unit(city, "enterprise")
    edge = organisations.relate("covers", from_=("post", area.pk), to=firm, actor=ACTOR, at=FOUNDED)
    assert (edge.from_type, edge.to_id) == ("post", firm[1])
    shown = definitions.get("post", "pioneer-post", dt.date(2026, 3, 2)).body.seen_by["public"]
    assert shown.only == ("title", "duties", "promise")


@pytest.mark.mechanism("S-118", "S-138")
def test_a_visit_counts_for_group_and_enterprise(party_city: City) -> None:
    city = party_city
    held(
        city, "visit", "管家甲", "2026-03-05 15:00", "fwz1", about=[unit(city, "enterprise")],
        values={"result": "生产正常"}, quantities={"solved": "2"}, people=2,
    )  # fmt: skip
    assert counts("activity.held", "visit") == [("fwz1", 2)]
    assert counts("quantity.recorded", "solved") == [("fwz1", 2)]


@pytest.mark.mechanism("S-313", "S-314")
def test_training_counts_people_and_hours_by_its_form(party_city: City) -> None:
    city = party_city
    activity = held(
        city, "training", "工委甲", "2026-03-05 09:00", "szgw",
        values={"topic": "支部书记任职培训", "training-form": ["sand-table", "on-site"]},
        quantities={"hours": "16.5"}, people=45,
    )  # fmt: skip
    assert activity.values["training-form"] == ["sand-table", "on-site"]
    assert counts("activity.held", "training") == [("szgw", 45)]
    assert counts("quantity.recorded", "hours") == [("szgw", 165)]


@pytest.mark.mechanism("S-150")
def test_a_job_fair_counts_posts_seekers_and_matches(party_city: City) -> None:
    city = party_city
    held(
        city, "job-fair", "环境经办", "2026-03-05 09:00", "sthjj", about=[unit(city, "enterprise")],
        quantities={"jobs": "120", "applicants": "300", "matched": "46"},
    )  # fmt: skip
    found = [counts("quantity.recorded", code) for code in ("jobs", "applicants", "matched")]
    assert found == [[("sthjj", 120)], [("sthjj", 300)], [("sthjj", 46)]]


@pytest.mark.mechanism("S-137")
@pytest.mark.usefixtures("city")
def test_the_closing_rate_of_round_tables_is_that_of_the_source() -> None:
    body = definitions.get("indicator", "roundtable-closure", dt.date(2026, 3, 2)).body
    assert [(one.given, str(one.expect.value)) for one in body.examples] == [
        ({"raised": 615, "closed": 598}, "97.24")
    ]
