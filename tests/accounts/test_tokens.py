"""The page of one's own keys for other systems."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.ledger.models import Entry
from ronghe.organisations.domain import issue_token
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Token
from tests.city import ACTOR, FOUNDED, PASSWORD, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PAGE, ADD = "/desk/me/tokens/", "/desk/me/tokens/new/"


@pytest.fixture
def desk(city: City) -> Client:
    """住建经办, signed in just now by password."""
    client = Client()
    client.post("/sign-in/", {"username": "住建经办", "password": PASSWORD})
    return client


def issue(client: Client, **more: Any) -> Any:
    return client.post(ADD, {"name": "热线工单系统", "scopes": ["cases.read", "desk"], **more})


def secret_in(page: str) -> str:
    found = re.search(r"rh_[\w-]{40,}", page)
    assert found is not None
    return found[0]


def test_issued_shown_once_used_and_ended(city: City, desk: Client) -> None:
    assert "这里会列出您签发的密钥" in desk.get(PAGE).content.decode()

    made = issue(desk)

    assert made.status_code == 200, made.content.decode()
    assert "no-store" in made["Cache-Control"]
    secret = secret_in(made.content.decode())
    token = Token.objects.get(account=city.accounts["住建经办"])
    assert (token.name, token.scopes, token.expires_at) == ("热线工单系统", ["cases.read", "desk"], None)
    assert secret not in desk.get(PAGE).content.decode()
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/cases", headers=headers).status_code == 200

    ended = desk.post(f"{PAGE}{token.pk}/end/", follow=True).content.decode()

    assert "已经停用" in ended
    assert Client().get("/api/v1/cases", headers=headers).status_code == 401
    kinds = Entry.objects.filter(subject_type="token", subject_id=token.pk).values_list("kind", flat=True)
    assert list(kinds.order_by("seq")) == ["token.issued", "token.revoked"]


def test_good_to_the_end_of_its_last_day(city: City, desk: Client) -> None:
    today = timezone.localdate()

    issue(desk, last=today.isoformat())

    expires = Token.objects.get(account=city.accounts["住建经办"]).expires_at
    assert expires is not None
    assert timezone.localtime(expires) == timezone.make_aware(
        dt.datetime.combine(today + dt.timedelta(days=1), dt.time())
    )


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": ""}, "请写明给哪个系统用。"),
        ({"scopes": []}, "请至少选一项。"),
        ({"scopes": ["calendar"]}, "calendar"),
        ({"last": "2020-01-01"}, "这一天已经过了"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    city: City, desk: Client, sent: dict[str, Any], says: str
) -> None:
    answer = issue(desk, **sent)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Token.objects.filter(account=city.accounts["住建经办"]).exists()


def test_asks_who_it_is_when_the_sign_in_is_old(desk: Client) -> None:
    session = desk.session
    for method in session["account_authentication_methods"]:
        method["at"] = time.time() - 3600
    session["account_authentication_methods"] = session["account_authentication_methods"]
    session.save()

    assert desk.get(ADD)["Location"].startswith("/account/confirm/")
    assert desk.get(PAGE).status_code == 200


def test_what_is_not_ones_own_is_not_there(city: City, desk: Client) -> None:
    token, _secret = issue_token(
        city.accounts["管家甲"], name="别人的", scopes=["desk"], actor=ACTOR, at=FOUNDED
    )

    assert "别人的" not in desk.get(PAGE).content.decode()
    assert desk.post(f"{PAGE}{token.pk}/end/").status_code == 404
    assert Token.objects.get(pk=token.pk).revoked_at is None
    assert Client().get(PAGE).status_code == 302


def test_one_list_costs_the_same_for_one_and_for_three(city: City, desk: Client) -> None:
    counts = []
    for number in (1, 3):
        for _ in range(number):
            issue_token(city.accounts["住建经办"], name="一个", scopes=["desk"], actor=ACTOR, at=FOUNDED)

        with CaptureQueriesContext(connection) as asked:
            desk.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "token-name"),
        ({"name": "x" * 61}, "token-name"),
        ({"scopes": []}, "token-scopes"),
        ({"scopes": ["desk", "everything"]}, "token-scopes"),
        ({"expires_at": FOUNDED}, "token-over"),
    ],
)
def test_the_domain_refuses(city: City, wrong: dict[str, Any], code: str) -> None:
    given = {"name": "系统", "scopes": ["desk"], "actor": ACTOR, "at": FOUNDED, **wrong}

    with pytest.raises(OrganisationError) as refused:
        issue_token(city.accounts["管家甲"], **given)

    assert refused.value.code == code


def test_no_more_than_thirty_at_a_time(city: City) -> None:
    for _ in range(30):
        issue_token(city.accounts["管家甲"], name="系统", scopes=["desk"], actor=ACTOR, at=FOUNDED)

    with pytest.raises(OrganisationError, match="30"):
        issue_token(city.accounts["管家甲"], name="系统", scopes=["desk"], actor=ACTOR, at=FOUNDED)
