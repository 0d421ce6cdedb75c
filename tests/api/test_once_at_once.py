"""The same write at the same moment, from several threads, on both databases."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from django.test import Client

from ronghe.activities.models import Activity
from ronghe.api.models import Given
from ronghe.casework.models import Case
from ronghe.ledger.models import Entry
from tests.api.at_once import all_at_once, on_copy
from tests.api.conftest import Api, api_for, message
from tests.api.test_activities import held
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


def test_two_at_the_same_moment_write_over_nothing_of_each_other(tmp_path: Path) -> None:
    city = build_city()
    activity, api = held(city, "zjj", "住建局长"), api_for(city.accounts["住建局长"])
    changes: list[dict[str, object]] = [{"place": "规划馆"}, {"is_online": True}, {"people": 7}]

    def mend(change: dict[str, object], key: str) -> int:
        path = f"/activities/{activity.pk}/change"
        status: int = Api(api.token, api.secret, Client()).post(path, change, key=key).status_code
        return status

    works = [partial(mend, change, str(number)) for number, change in enumerate(changes)]
    answers = all_at_once(works, tmp_path)

    assert (set(answers) <= {200, 409}, 200 in answers) == (True, True), answers
    done = {
        name: value
        for change, status in zip(changes, answers, strict=True)
        if status == 200
        for name, value in change.items()
    }
    assert on_copy(lambda: Activity.objects.values(*done).get(pk=activity.pk), tmp_path) == done
