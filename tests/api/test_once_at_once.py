"""The same write at the same moment, from several threads, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from ronghe.api.models import Given
from ronghe.casework.models import Case
from ronghe.ledger.models import Entry
from tests.api.at_once import all_at_once, on_copy
from tests.api.conftest import Api, api_for, message
from tests.city import build_city
from tests.www.desk_cases import file_message

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_two_at_the_same_moment_file_one_case(tmp_path: Path) -> None:
    api = api_for(build_city().accounts["分办甲"])

    def file() -> tuple[int, bytes]:
        answer = Api(api.token, api.secret, Client()).post("/cases", message(), key="one")
        return answer.status_code, answer.content

    answers = all_at_once([file, file, file], tmp_path)

    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 201
    assert on_copy(lambda: (Case.objects.count(), Given.objects.count()), tmp_path) == (1, 1)


def test_two_at_the_same_moment_act_once(tmp_path: Path) -> None:
    city = build_city()
    case, api = file_message(city), api_for(city.accounts["分办甲"])
    body = {"outcome": "transfer", "to": "zjj", "revision": case.revision}

    def hand_on() -> tuple[int, bytes]:
        answer = Api(api.token, api.secret, Client()).post(f"/cases/{case.number}/steps/1", body, key="one")
        return answer.status_code, answer.content

    answers = all_at_once([hand_on, hand_on], tmp_path)

    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 200
    assert on_copy(lambda: Entry.objects.filter(kind="case.transferred").count(), tmp_path) == 1
