"""A city whose accounts have tokens, and a client that speaks JSON."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from ronghe.organisations.domain import TOKEN_SCOPES, issue_token
from ronghe.organisations.models import Account, Token
from tests.city import ACTOR, FOUNDED, City

_keys = itertools.count(1)
DETAIL = "小区门口的路灯坏了三天，晚上看不清路，请派人来修。"


@dataclass
class Api:
    """Asks the API with one token."""

    token: Token
    secret: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._headers(more), data=more.pop("query", None))

    def post(self, path: str, body: object = None, **more: Any) -> Any:
        headers = {"Idempotency-Key": more.pop("key", None) or f"key-{next(_keys)}", **self._headers(more)}
        content = json.dumps({} if body is None else body)
        return self.client.post(f"/api/v1{path}", content, content_type="application/json", headers=headers)

    def send(self, path: str, files: dict[str, Any], **more: Any) -> Any:
        headers = {"Idempotency-Key": more.pop("key", None) or f"key-{next(_keys)}", **self._headers(more)}
        return self.client.post(f"/api/v1{path}", files, headers=headers)

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **more.pop("headers", {})}


def api_for(account: Account, *scopes: str) -> Api:
    """A token of an account, good for these scopes or all."""
    token, secret = issue_token(
        account, name="测试", scopes=scopes or list(TOKEN_SCOPES), actor=ACTOR, at=FOUNDED
    )
    return Api(token, secret)


@pytest.fixture
def steward(city: City, db: None) -> Api:
    return api_for(city.accounts["管家甲"])


def message(**more: Any) -> dict[str, Any]:
    """What a resident's message is filed with."""
    return {"procedure": "resident-message", "values": {"detail": DETAIL}, **more}
