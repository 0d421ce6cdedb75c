"""Who asks in `served`: a token, sessions of a desk and of the public, and what they ask for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.casework.queries.finding import follow_code_of
from ronghe.organisations.domain import TOKEN_SCOPES, issue_token
from ronghe.organisations.models import Account, Organisation, Token

if TYPE_CHECKING:
    from django.http import HttpResponse

MOST = 200
HOST = "127.0.0.1"


class Asked:
    """Everything the requests are made of."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False, headers={"host": HOST})
        self.window = {"Authorization": f"Bearer {_token('demo-window')}"}
        self.bearer = {"Authorization": f"Bearer {_token('demo-committee')}"}
        self.desk, self.unit = _session("demo-committee"), _session("demo-handler")
        firms = Organisation.objects.filter(kind="enterprise").order_by("pk")
        self.firms = [str(firm.credit_code) for firm in firms[:MOST]]
        self.numbers = list(Case.objects.order_by("code_hash").values_list("number", flat=True)[:MOST])
        lived = Case.objects.filter(pk__lt=1_000_000, submission__isnull=False).order_by("-opened_at")[:MOST]
        self.codes = [(case.number, follow_code_of(case.submission)) for case in lived if case.submission]
        self.public = _following([case.number for case in lived[:50]])

    def warm(self, ask: Callable[[], HttpResponse]) -> None:
        """Ask until nothing is done for the first time; what is refused ends it all."""
        for _ in range(3):
            response = ask()
            if response.status_code >= 400:
                raise SystemExit(f"{response.status_code}: {response.content[:500].decode()}")

    @staticmethod
    def submission_of(number: str) -> uuid.UUID:
        found = Case.objects.get(number=number).submission
        assert found is not None
        return found


def _token(username: str) -> str:
    """A new token that may do everything this account may."""
    account = Account.objects.get(username=username)
    Token.objects.filter(account=account, revoked_at=None).update(revoked_at=timezone.now())
    now = timezone.now()
    return issue_token(account, name="bench", scopes=list(TOKEN_SCOPES), actor="system:bench", at=now)[1]


def _session(username: str) -> dict[str, str]:
    client = Client(headers={"host": HOST})
    client.force_login(Account.objects.get(username=username))
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}


def _following(numbers: list[str]) -> dict[str, str]:
    """A browser that opened these cases by their codes."""
    client = Client(headers={"host": HOST})
    session = client.session
    session["followed"] = dict(Case.objects.filter(number__in=numbers).values_list("number", "pk"))
    session.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}
