"""我们要求基层填什么: asked by definition, spent by record, each number with what is behind it; why, beside every field."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ronghe.core.periods import Every, Period
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.grammar import Cadence
from ronghe.definitions.queries import get
from ronghe.definitions.queries.asking import cost_of, times_a_year
from ronghe.duties.queries.burden import Asked, Burden, burden_of, spent_by_unit
from ronghe.ledger import domain as ledger
from ronghe.www.burden import views
from ronghe.www.forms import asked_by, form_class
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
MEETING = "activity:members-meeting"


def record(city: City, unit: str, count: int = 1, actor: str = "person:1") -> None:
    now = timezone.localtime()
    edition = get("activity", "members-meeting", now.date()).edition
    for number in range(count):
        ledger.record(
            "activity.held",
            subject=("activity", 9000 + city.units[unit].pk * 100 + number),
            actor=actor,
            at=now - dt.timedelta(minutes=1),
            code="members-meeting",
            organisation_id=city.units[unit].pk,
            definition=edition.reference,
            edition=edition.edition,
            data={},
        )


def this_month() -> Period:
    return Period.holding(timezone.localdate(), Every.MONTH)


def row_of(burden: Burden, reference: str) -> Asked:
    return next(row for row in burden.rows if row.edition.reference == reference)


@pytest.mark.parametrize(
    ("written", "times"),
    [
        ("month", 12),
        ("quarter", 4),
        ("half-year", 2),
        ("6 月", 2),
        ("3 年", Fraction(1, 3)),
        ("holder.term", 0),
    ],
)
def test_how_often_in_a_year(written: str, times: Fraction) -> None:
    assert times_a_year(Cadence.parse(written)) == times


def test_a_branch_owes_its_meetings_and_spends_what_it_records(party_city: City) -> None:
    record(party_city, "zb1", 2)
    record(party_city, "zb2", 1, actor="requester:1")
    today, unit = timezone.localdate(), party_city.units["zb1"].pk
    seconds = cost_of(get("activity", "members-meeting", today).body).seconds

    row = row_of(burden_of([unit], this_month(), today), MEETING)

    assert (row.holders, row.a_year, row.records) == (1, Fraction(4), 2)
    assert (row.minutes, row.spent) == (round(4 * seconds / 12 / 60, 1), round(2 * seconds / 60, 1))


def test_the_city_is_the_sum_of_its_branches_and_units_are_counted_not_persons(party_city: City) -> None:
    record(party_city, "zb1", 2)
    record(party_city, "zb2", 1)
    today, units = timezone.localdate(), party_city.units

    whole = row_of(burden_of(None, this_month(), today), MEETING)
    parts = [row_of(burden_of([units[code].pk], this_month(), today), MEETING) for code in ("zb1", "zb2")]

    assert whole.a_year == sum(part.a_year for part in parts)
    assert whole.records == 3
    assert [(unit, records) for unit, records, _minutes in spent_by_unit(this_month(), 5)] == [
        (units["zb1"].pk, 2),
        (units["zb2"].pk, 1),
    ]


def test_own_people_and_who_oversees_see_it_others_do_not(party_city: City, client: Client) -> None:
    record(party_city, "zb1")
    first = reverse("burden-unit", args=[party_city.units["zb1"].pk])
    answers = {}
    for name in ("支书甲", "党委书记", "工委甲", "支书乙", "环境经办"):
        client.force_login(party_city.accounts[name])
        answers[name] = (client.get(first).status_code, client.get(reverse("burden")).status_code)

    assert answers == {
        "支书甲": (200, 302),
        "党委书记": (200, 302),
        "工委甲": (200, 200),
        "支书乙": (404, 302),
        "环境经办": (404, 302),
    }


def test_a_number_opens_to_its_records_and_its_definition(party_city: City, client: Client) -> None:
    record(party_city, "zb1", 2)
    client.force_login(party_city.accounts["支书甲"])
    unit = party_city.units["zb1"].pk

    page = client.get(reverse("burden-unit", args=[unit])).content.decode()
    records = client.get(reverse("burden-records", args=[unit]) + f"?of={MEETING}")
    what = client.get(reverse("burden-definition", args=["activity", "members-meeting"])).content.decode()

    assert f"of={MEETING}" in page.replace("%3A", ":")
    assert records.context["page"].paginator.count == 2
    assert "三会一课：党员大会" in what
    assert "每季度一次" in what
    assert client.get(reverse("burden-definition", args=["post", "steward"])).status_code == 404
    assert client.get(reverse("burden-definition", args=["activity", "nothing"])).status_code == 404


def test_the_first_are_shown_and_the_others_folded_away(
    party_city: City, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FIRST", 3)
    client.force_login(party_city.accounts["工委甲"])

    page = client.get(reverse("burden"))

    shown, more = page.context["rows"], page.context["more"]
    assert len(shown) == 3
    assert f"其余 {len(more)} 张表" in page.content.decode()
    assert [row.edition.reference for row, _owner, _often in [*shown, *more]] == [
        row.edition.reference for row in page.context["burden"].rows
    ]
    assert min(row.minutes for row, *_ in shown) >= max((row.minutes for row, *_ in more), default=0)


def test_more_records_ask_no_more_of_the_database(party_city: City, client: Client) -> None:
    client.force_login(party_city.accounts["工委甲"])
    counts = []
    for more in (1, 2):
        record(party_city, "zb1" if more == 1 else "zb2", more)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("burden")).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("activity/visit", ("activity", "visit")),
        ("judgement:rating", ("judgement", "rating")),
        ("post-steward", (Kind.POST, "steward")),
        ("petition/answer", (Kind.PROCEDURE, "petition")),
        ("petition", (Kind.PROCEDURE, "petition")),
    ],
)
def test_a_form_knows_whose_it_is(name: str, by: tuple[str, str]) -> None:
    assert asked_by(name) == by


def test_beside_every_field_stands_why_it_is_asked(city: City) -> None:
    loaded = get("activity", "members-meeting", timezone.localdate())
    form = form_class("activity/members-meeting", loaded.edition.edition, loaded.body.form)()
    rendered = [str(field.as_field_group()) for field in form]

    assert len(rendered) == len(loaded.body.form.fields)
    for text in rendered:
        for word in (
            "为什么要我填",
            "全国通用的规定“党员大会”",
            "每季度一次（三会一课：党员大会）",
            "《中国共产党支部工作条例（试行）》",
            "大约",
        ):
            assert word in text
