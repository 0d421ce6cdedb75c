"""How the API says no: always problem+json, in Chinese, never a page."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.organisations.domain import close_account, issue_token, revoke_token
from ronghe.organisations.models import Token
from tests.api.conftest import Api, api_for, message
from tests.city import ACTOR, FOUNDED, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem an answer is, of that status and code."""
    assert answer["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code), said
    assert said["type"] == f"urn:ronghe:problem:{code}"
    assert said["title"]
    assert said["detail"].endswith("。")
    return said


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "no-token"),
        ({"Authorization": "Bearer rh_wrong"}, "token-unknown"),
        ({"Authorization": "Basic YTpi"}, "token-unknown"),
        ({"Authorization": "Bearer"}, "token-unknown"),
    ],
)
def test_without_a_good_token(city: City, header: dict[str, str], code: str) -> None:
    answer = Client().get("/api/v1/cases", headers=header)

    problem(answer, 401, code)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_by_date_by_revoking_and_with_its_account(city: City) -> None:
    now = timezone.now()
    over = api_for(city.accounts["管家甲"])
    Token.objects.filter(pk=over.token.pk).update(expires_at=now - dt.timedelta(seconds=1))
    revoked = api_for(city.accounts["管家甲"])
    revoke_token(revoked.token, actor=ACTOR, at=now)
    closed = api_for(city.accounts["住建局长"])
    assert closed.get("/cases").status_code == 200
    close_account(city.accounts["住建局长"], actor=ACTOR, at=now)

    for api in (over, revoked, closed):
        problem(api.get("/cases"), 401, "token-unknown")


def test_a_session_is_no_token(city: City) -> None:
    client = Client()
    client.force_login(city.accounts["管家甲"])

    problem(client.get("/api/v1/cases"), 401, "no-token")
    problem(client.post("/api/v1/cases", {}, content_type="application/json"), 401, "no-token")


def test_a_request_without_cookies_leaves_sessions_alone(city: City, steward: Api) -> None:
    steward.get("/cases")
    with CaptureQueriesContext(connection) as asked:
        answer = steward.get("/cases")

    assert not [one for one in asked if "session" in one["sql"]]
    assert not answer.cookies
    assert not Session.objects.exists()


def test_a_lacking_scope_is_named(city: City) -> None:
    api = api_for(city.accounts["管家甲"], "calendar")

    said = problem(api.get("/cases"), 403, "scope-missing")

    assert said["scopes"] == ["cases.read"]
    assert "查看办件" in said["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "not-json"),
        ('{"procedure": "\\u0000"}', "application/json", 400, "not-json"),
        ('{"procedure": "\\ud800"}', "application/json", 400, "not-json"),
        ('{"values": {"n": NaN}}', "application/json", 400, "not-json"),
        ("[" * 100_000, "application/json", 400, "not-json"),
        ("procedure=x", "application/x-www-form-urlencoded", 415, "wrong-content-type"),
        ("<a/>", "application/xml", 415, "wrong-content-type"),
        ("{}", "text/plain", 415, "wrong-content-type"),
        ("[]", "application/json", 422, "invalid"),
        ('"text"', "application/json", 422, "invalid"),
        (json.dumps({"values": "x" * 6_000_000}), "application/json", 413, "too-large"),
    ],
)
def test_what_cannot_be_read(steward: Api, body: str, kind: str, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {steward.secret}", "Idempotency-Key": "one"}

    answer = steward.client.post("/api/v1/cases", body, content_type=kind, headers=headers)

    problem(answer, status, code)


def test_each_wrong_field_is_named_in_chinese(steward: Api) -> None:
    body = {
        "procedure": "x" * 65,
        "values": [],
        "contact": {"phone": 5, "mail": "a@b"},
        "surprise": 1,
    }

    said = problem(steward.post("/cases", body), 422, "invalid")

    assert said["errors"] == {
        "procedure": "最多 64 个字。",
        "values": "应为对象。",
        "contact.phone": "应为文字。",
        "contact.mail": "没有这个字段，请对照接口说明核对写法。",
        "surprise": "没有这个字段，请对照接口说明核对写法。",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"state": "lost"}, "state"),
        ({"opened_since": "2026-01-01"}, "opened_since"),
        ({"overdue": "perhaps"}, "overdue"),
        ({"after": "abc"}, "after"),
        ({"after": "WyIyMDI2IiwgMV0"}, "after"),
    ],
)
def test_a_wrong_filter_is_named(steward: Api, query: dict[str, str], field: str) -> None:
    answer = steward.get("/cases", query=query)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_nothing_is_answered_with_a_page(steward: Api) -> None:
    client = steward.client
    for path in ("/api/", "/api/v1", "/api/v1/", "/api/v2/cases", "/api/v1/cases/", "/api/v1/cases/%00"):
        answer = client.get(path)
        assert answer["Content-Type"] == "application/problem+json", path
        assert answer.status_code in {400, 404}, path
    wrong = client.delete("/api/v1/cases")
    problem(wrong, 405, "method-not-allowed")
    assert set(wrong["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}
    problem(client.get("/api/v1/cases", headers={"Host": "elsewhere.example"}), 400, "bad-request")


def test_a_failure_says_nothing_of_its_cause(city: City, settings: Any) -> None:
    """A table that is gone is nothing anybody foresaw."""
    api = api_for(city.accounts["分办甲"])
    api.client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE api_given RENAME TO api_gone")
    try:
        said = problem(
            api.post("/cases", message()),
            503 if connection.vendor == "sqlite" else 500,
            "busy" if connection.vendor == "sqlite" else "server-error",
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE api_gone RENAME TO api_given")
    assert "api_given" not in json.dumps(said)


def test_too_often_is_slowed_and_told_until_when(city: City, settings: Any) -> None:
    settings.API_RATE = 3
    api = api_for(city.accounts["管家甲"])

    answers = [api.get("/cases") for _ in range(5)]

    met = [answer.status_code for answer in answers]
    assert met[-1] == 429 or 429 in met
    refused = next(answer for answer in answers if answer.status_code == 429)
    problem(refused, 429, "too-many")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert api_for(city.accounts["管家甲"]).get("/cases").status_code == 200


def test_use_is_noted_once_an_hour(city: City) -> None:
    api = api_for(city.accounts["管家甲"])
    api.get("/cases")
    used = Token.objects.get(pk=api.token.pk).used_at
    with CaptureQueriesContext(connection) as asked:
        api.get("/cases")

    assert used is not None
    assert not [one for one in asked if one["sql"].startswith("UPDATE")]
    Token.objects.filter(pk=api.token.pk).update(used_at=used - dt.timedelta(hours=1))
    api.get("/cases")
    renewed = Token.objects.get(pk=api.token.pk).used_at
    assert renewed is not None
    assert renewed >= used


def test_a_secret_is_kept_as_a_hash_only(city: City) -> None:
    token, secret = issue_token(
        city.accounts["管家甲"], name="手机", scopes=["cases.read"], actor=ACTOR, at=FOUNDED
    )

    kept = {str(value) for value in Token.objects.filter(pk=token.pk).values().get().values()}
    assert not [value for value in kept if secret in value]
