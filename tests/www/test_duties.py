"""支部本月, the coverage of duties, one duty, excuses and confirmations, as their people see them."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from ronghe.core.periods import Every, Period
from ronghe.definitions.queries import calendar
from ronghe.duties.domain import check_all
from ronghe.duties.models import Confirmation, Excuse, Owed
from ronghe.duties.queries.coverage import Counted, UnitRow
from ronghe.organisations.models import Organisation
from ronghe.www.duties.grid import grouped
from tests.city import City
from tests.duties.duty_city import build_branches, held

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(scope="module")
def branches(city: City, django_db_blocker: Any) -> Iterator[City]:
    with django_db_blocker.unblock():
        build_branches(city)
        yield city


@pytest.fixture
def checked(branches: City) -> City:
    """第一党支部 held its members' meeting this quarter, the second did not; the check has run."""
    held(branches.units["zb1"], "members-meeting", str(timezone.localdate()), number=1)
    check_all(timezone.now(), calendar())
    return branches


def ask(client: Client, city: City, who: str, path: str, **query: Any) -> Any:
    client.force_login(city.accounts[who])
    return client.get(path, query)


def quarter(day: dt.date | None = None) -> str:
    return str(Period.holding(day or timezone.localdate(), Every.QUARTER))


def test_a_branch_sees_what_it_owes_and_records_it_in_one_tap(client: Client, checked: City) -> None:
    page = ask(client, checked, "二支部书记", "/desk/month/").content.decode()

    assert "第二党支部" in page
    assert "三会一课：党员大会" in page
    to = "/desk/activities/new/members-meeting/?organiser=zb2"
    assert to in page
    form = client.get(to).content.decode()
    assert 'name="organiser" value="zb2"' in form or re.search(r'value="zb2"[^>]*(selected|checked)', form)
    assert "仅供参考" in page  # 党课


def test_what_is_done_is_on_the_list_of_those_done(client: Client, checked: City) -> None:
    answer = ask(client, checked, "一支部书记", "/desk/month/")

    assert [row.stand.line.code for row in answer.context["done"]] == ["members"]
    assert "members" not in [row.stand.line.code for row in answer.context["to_do"]]


def test_the_month_is_reckoned_in_a_fixed_number_of_statements(
    client: Client, branches: City, django_assert_max_num_queries: Any
) -> None:
    unit = branches.units["zb1"]
    held(unit, "members-meeting", str(timezone.localdate()), number=1)
    ask(client, branches, "一支部书记", "/desk/month/")
    with django_assert_max_num_queries(60) as one:
        client.get("/desk/month/")
    for number in (2, 3, 4):
        held(unit, "committee-meeting", str(timezone.localdate()), number=number)

    with django_assert_max_num_queries(len(one)):
        client.get("/desk/month/")


@pytest.mark.parametrize(
    ("who", "unit", "sees"),
    [
        ("一支部书记", "zb1", True),
        ("一支部书记", "zb2", False),
        ("党委书记", "zb1", True),
        ("工委甲", "zb2", True),
        ("环境局长", "zb1", False),
    ],
)
def test_who_sees_whose_month(client: Client, checked: City, who: str, unit: str, sees: bool) -> None:
    answer = ask(client, checked, who, "/desk/month/", unit=checked.units[unit].pk)

    assert answer.status_code == 200
    assert (answer.context["unit"] == checked.units[unit]) is sees


@pytest.mark.parametrize(
    ("who", "owed"), [("工委甲", 2), ("党委书记", 2), ("二支部书记", 1), ("环境局长", 0)]
)
def test_numbers_and_what_stands_behind_them_are_cut_alike(
    client: Client, checked: City, who: str, owed: int
) -> None:
    lines = ask(client, checked, who, "/desk/duties/")
    counted = {line.key: one for line, _often, one, _cells in lines.context["rows"]}
    behind = client.get("/desk/duties/holders/", {"duty": "three-meetings", "line": "members"})
    sheet = client.get(
        "/desk/duties/holders/", {"duty": "three-meetings", "line": "members", "format": "xlsx"}
    )
    rows = list(load_workbook(BytesIO(b"".join(sheet.streaming_content))).active.values)[5:]

    found = counted.get(("three-meetings", "members"))
    assert (found.owed if found else 0) == owed
    assert (behind.context["page"].paginator.count, len(rows)) == (owed, owed)


def test_a_branch_that_has_not_done_it_is_an_open_one_and_not_a_nought(client: Client, checked: City) -> None:
    page = ask(client, checked, "工委甲", "/desk/duties/units/", duty="three-meetings")
    below = client.get("/desk/duties/units/", {"duty": "three-meetings", "below": checked.units["jgdw"].pk})

    assert ">1/2</a>" in page.content.decode()  # members' meetings: one of two branches
    [(row, _cells, _total)] = page.context["rows"]
    assert (row.name, row.holds) == ("市生态环境局机关党委", True)
    assert {row.name: total.owed for row, _cells, total in below.context["rows"]}.keys() == {
        "第一党支部",
        "第二党支部",
    }
    assert "不要求" in below.content.decode()  # the second branch has no committee


def test_units_that_miss_something_come_first_and_those_that_are_through_are_folded() -> None:
    def unit(name: str, **by: int) -> Any:
        row = UnitRow(1, name, {("d", "l"): Counted(defaultdict(int, by))}, holds=False)
        return row, [], row.total

    rows = [unit("缺", gap=1, met=1), unit("做完", met=2, excused=1), unit("没到期", open=1, late=1)]

    assert [(str(title), [row.name for row, *_ in told]) for title, told in grouped(rows)] == [
        ("有缺的", ["缺"]),
        ("没到期、还没做完的", ["没到期"]),
        ("都做完的", ["做完"]),
    ]


def test_the_worst_unit_stands_first_and_what_is_not_asked_is_left_out_on_a_phone(
    client: Client, checked: City
) -> None:
    below = {"duty": "three-meetings", "below": str(checked.units["jgdw"].pk)}
    page = ask(client, checked, "工委甲", "/desk/duties/units/", **below)
    gaps = [total.gap for _row, _cells, total in page.context["rows"]]
    main = page.content.decode().partition("<main")[2]

    assert gaps == sorted(gaps, reverse=True)
    assert main.count('<table class="list stacks stats">') == len(page.context["groups"])
    assert set(re.findall(r'class="(num[^"]*)" data-label="[^"]+"><span class="muted">不要求', main)) == {
        "num secondary"
    }


def test_no_person_is_named_anywhere(client: Client, checked: City) -> None:
    client.force_login(checked.accounts["工委甲"])

    for path in (
        "/desk/duties/",
        "/desk/duties/units/",
        "/desk/duties/holders/",
        "/desk/duties/three-meetings/",
    ):
        main = client.get(path).content.decode().partition("<main")[2]
        assert [name for name in ("一支部书记", "二支部书记", "一支部委员") if name in main] == []


def test_grids_take_as_many_statements_for_one_unit_as_for_three(
    client: Client, checked: City, django_assert_max_num_queries: Any
) -> None:
    ask(client, checked, "工委甲", "/desk/duties/units/")
    paths = ("/desk/duties/", "/desk/duties/units/", "/desk/duties/holders/", "/desk/duties/three-meetings/")
    counts = {}
    for path in paths:
        with django_assert_max_num_queries(60) as asked:
            client.get(path)
        counts[path] = len(asked)
    for number in range(3):
        checked.unit(f"zb1{number}", "branch", f"第{number}新支部", parent=checked.units["jgdw"])
    Organisation.objects.filter(code__startswith="zb1").update(begins="2026-01-05")
    check_all(timezone.now(), calendar())

    for path in paths:
        with django_assert_max_num_queries(counts[path]):
            client.get(path)


def test_an_excuse_from_above(client: Client, checked: City) -> None:
    owed = Owed.objects.get(organisation=checked.units["zb2"], line="members", period=quarter())
    path = f"/desk/duties/excuse/?owed={owed.pk}"
    given = {"begins": str(owed.begins), "ends": str(owed.ends), "reason": "", "document": ""}

    assert ask(client, checked, "一支部书记", path).status_code == 404
    client.force_login(checked.accounts["二支部书记"])
    assert client.get(path).status_code == 403
    client.force_login(checked.accounts["工委甲"])
    refused = client.post(path, given)
    taken = client.post(path, {**given, "reason": "整建制参加防汛"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "请写明为什么" in refused.content.decode()
    owed.refresh_from_db()
    assert owed.standing == "excused"
    client.post(f"/desk/duties/excuses/{Excuse.objects.get().pk}/end/")
    owed.refresh_from_db()
    assert owed.standing == "open"


def test_advice_is_confirmed_on_its_page(client: Client, checked: City) -> None:
    path = "/desk/duties/three-meetings/"
    client.force_login(checked.accounts["一支部书记"])
    assert "已查到出处" not in client.get(path).content.decode()
    assert client.post(f"{path}confirm/", {"line": "class", "document": "x"}).status_code == 403
    client.force_login(checked.accounts["工委甲"])

    refused = client.post(f"{path}confirm/", {"line": "class", "document": " "})
    client.post(f"{path}confirm/", {"line": "class", "document": "市委组织部〔2026〕3号第五条"})

    assert refused.status_code == 422
    assert "市委组织部〔2026〕3号第五条" in client.get(path).content.decode()
    counted = {line.key for line, *_rest in client.get("/desk/duties/").context["rows"]}
    assert ("three-meetings", "class") in counted
    client.post(f"{path}confirm/", {"line": "class", "act": "withdraw"})
    assert not Confirmation.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize(
    "path", ["/desk/duties/no-such-duty/", "/desk/duties/?below=999999", "/desk/duties/excuse/?owed=999999"]
)
def test_what_is_not_there_is_not_found(client: Client, checked: City, path: str) -> None:
    client.force_login(checked.accounts["工委甲"])

    assert client.get(path).status_code == 404
