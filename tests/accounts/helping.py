"""What tests of signing in share: codes of an app, signing in by pages, what the ledger says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone

from ronghe.ledger.models import Entry
from ronghe.organisations.domain import factors
from ronghe.organisations.models import Account
from tests.city import ACTOR, PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_MINUTE = dt.timedelta(seconds=30)


def code_at(at: dt.datetime, secret: str = SECRET) -> str:
    """What an app with the secret shows at an instant."""
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def with_totp(account: Account, at: dt.datetime | None = None) -> Authenticator:
    """Set up with the code of a minute ago, so that the code of now is still to be used."""
    at = at or timezone.now() - 2 * HALF_MINUTE
    return factors.add_totp(account, secret=SECRET, code=code_at(at), actor=ACTOR, at=at)


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def is_in(client: Client) -> bool:
    """Whether a page for staff answers this browser."""
    return client.get("/account/devices/").status_code == 200


def entries(account: Account) -> list[tuple[str, str]]:
    """What the ledger says of an account since it was opened: (kind, code)."""
    rows = Entry.objects.filter(subject_type="account", subject_id=account.pk).exclude(kind="account.opened")
    return [(row.kind, row.code) for row in rows.order_by("seq")]
