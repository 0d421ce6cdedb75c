"""Every write is done once: the same key gives the same answer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ronghe.api.models import Given
from ronghe.api.once import forget_given
from ronghe.casework.models import Case, Note
from ronghe.ledger.models import Entry
from tests.api.conftest import api_for, message
from tests.city import City
from tests.www.desk_cases import file_message

pytestmark = [pytest.mark.page, pytest.mark.both]


@pytest.mark.django_db
def test_the_same_request_again_gets_the_same_answer(city: City) -> None:
    api = api_for(city.accounts["分办甲"])

    first, again = (api.post("/cases", message(), key="one") for _ in range(2))

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert [one.headers.get("Idempotency-Replayed") for one in (first, again)] == [None, "true"]
    assert {name: first[name] for name in ("ETag", "Location")} == {
        name: again[name] for name in ("ETag", "Location")
    }
    assert Case.objects.count() == Entry.objects.filter(kind="case.opened").count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_request_is_refused(city: City) -> None:
    api = api_for(city.accounts["分办甲"])
    number = api.post("/cases", message(), key="one").json()["number"]

    other = api.post("/cases", message(values={"detail": "另一件事。"}), key="one")
    elsewhere = api.post(f"/cases/{number}/notes", {"text": "备注"}, key="one")

    assert [(one.status_code, one.json()["code"]) for one in (other, elsewhere)] == [
        (422, "idempotency-key-reused")
    ] * 2
    assert Case.objects.count() == 1
    assert not Note.objects.exists()


@pytest.mark.django_db
def test_another_token_has_keys_of_its_own(city: City) -> None:
    apis = [api_for(city.accounts["分办甲"]) for _ in range(2)]

    numbers = {api.post("/cases", message(), key="one").json()["number"] for api in apis}

    assert len(numbers) == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "with space", "键"])
@pytest.mark.django_db
def test_without_a_key_nothing_is_done(city: City, key: str) -> None:
    api = api_for(city.accounts["分办甲"])

    answer = api.client.post(
        "/api/v1/cases",
        message(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.secret}", "Idempotency-Key": key},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_an_act_after_which_the_case_is_hidden_is_answered_again(city: City) -> None:
    case, api = file_message(city), api_for(city.accounts["分办甲"])
    body = {"outcome": "transfer", "to": "zjj", "revision": case.revision}

    first, again = (api.post(f"/cases/{case.number}/steps/1", body, key="one") for _ in range(2))

    assert api.get(f"/cases/{case.number}").status_code in {200, 404}
    assert first.content == again.content
    assert Entry.objects.filter(kind="case.transferred").count() == 1


@pytest.mark.django_db
def test_a_refused_act_leaves_its_key_free(city: City) -> None:
    api = api_for(city.accounts["分办甲"])

    refused = api.post("/cases", {"procedure": "resident-message", "values": {}}, key="one")
    mended = api.post("/cases", message(), key="one")

    assert (refused.status_code, refused.json()["errors"]) == (422, {"values.detail": "请填写“具体情况”。"})
    assert mended.status_code == 201


@pytest.mark.django_db
def test_answers_are_sealed_and_forgotten_after_a_week(city: City) -> None:
    api = api_for(city.accounts["分办甲"])
    code = api.post("/cases", message(), key="old").json()["follow_code"]
    api.post("/cases", message(), key="new")
    assert code.encode() not in bytes(Given.objects.get(key="old").sealed)
    Given.objects.filter(key="old").update(at=timezone.now() - dt.timedelta(days=7, seconds=1))

    assert forget_given(timezone.now()) == 1
    assert list(Given.objects.values_list("key", flat=True)) == ["new"]
