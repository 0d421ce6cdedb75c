"""What an operation costs the database: bounded, and the same for one case and for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from tests.api.conftest import Api, api_for, message
from tests.city import City
from tests.www.desk_cases import file_message

pytestmark = [pytest.mark.page, pytest.mark.django_db]

LIST, CASE, STATUS, CREATE = 6, 30, 12, 16


def statements(ask: Callable[[], Any]) -> list[str]:
    """The statements of a request, asked a second time: what a process keeps is then known."""
    ask()
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    assert answer.status_code < 300, answer.content.decode()
    return [one["sql"] for one in asked]


@pytest.fixture
def triage(city: City) -> Api:
    return api_for(city.accounts["分办甲"])


def test_a_list_costs_the_same_for_one_and_for_three(city: City, triage: Api) -> None:
    file_message(city)
    one = statements(lambda: triage.get("/cases"))
    file_message(city)
    file_message(city)
    three = statements(lambda: triage.get("/cases"))

    assert len(one) == len(three) <= LIST, three


def test_a_case_and_its_status(city: City, triage: Api) -> None:
    case = file_message(city)
    assert case.submission is not None
    code = {"Follow-Code": follow_code_of(case.submission)}

    assert len(read := statements(lambda: triage.get(f"/cases/{case.number}"))) <= CASE, read
    status = statements(lambda: triage.get(f"/requests/{case.number}", headers=code))
    assert len(status) <= STATUS, status


@pytest.mark.parametrize("path", ["/cases", "/requests"])
def test_filing(triage: Api, path: str) -> None:
    contact = {"name": "赵秀兰", "phone": "13911112222"}

    made = statements(lambda: triage.post(path, message(contact=contact)))

    assert len(made) <= CREATE, "\n".join(one[:160] for one in made)
    assert Case.objects.count() == 2
