"""Cases through the API: filed, listed, read."""

from __future__ import annotations

from typing import Any

import pytest

from ronghe.casework.models import Case
from tests.api.conftest import DETAIL, Api, api_for, message
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def test_a_case_is_filed_read_and_listed(city: City) -> None:
    api = api_for(city.accounts["分办甲"])

    filed = api.post("/cases", message(channel="hotline", contact={"name": "张三", "phone": "13800001111"}))

    assert filed.status_code == 201, filed.content.decode()
    receipt = filed.json()
    assert filed["Location"] == receipt["url"] == f"/api/v1/cases/{receipt['number']}"
    assert len(receipt["follow_code"]) == 8
    case = Case.objects.get(number=receipt["number"])
    assert (case.opener, case.channel, case.values) == (
        f"person:{city.people['分办甲'].pk}",
        "hotline",
        {"detail": DETAIL},
    )
    shown = api.get(f"/cases/{case.number}")
    assert shown.status_code == 200
    assert shown["ETag"] == f'"{case.revision}"'
    assert shown.json()["due"] == receipt["due"]
    listed = api.get("/cases").json()
    assert [row["number"] for row in listed["items"]] == [case.number]
    assert listed["after"] is None


def test_pages_neither_skip_nor_repeat_while_cases_arrive(city: City) -> None:
    api = api_for(city.accounts["分办甲"])
    filed = [api.post("/cases", message()).json()["number"] for _ in range(5)]

    def page(after: str) -> Any:
        return api.get("/cases", query={"limit": "2", "after": after}).json()

    met, after = [], ""
    for _ in range(3):
        found = page(after)
        met += [row["number"] for row in found["items"]]
        after = found["after"]
        api.post("/cases", message())

    assert met == filed[::-1]
    assert after is None


def test_another_unit_meets_nothing(city: City, steward: Api) -> None:
    number = api_for(city.accounts["分办甲"]).post("/cases", message()).json()["number"]

    assert steward.get("/cases").json() == {"items": [], "after": None}
    for part in ("", "/timeline", "/replies"):
        assert steward.get(f"/cases/{number}{part}").status_code == 404
