"""What an account still owes before it may go on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings

from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from ronghe.organisations.queries.factors import has_factor

if TYPE_CHECKING:
    from django.http import HttpRequest

FACTOR = "has-second-factor"


def owed(request: HttpRequest, account: Account, on: dt.date) -> str | None:
    """The name of the page where it is done; None: nothing is owed. No statement is asked where the setting is empty."""
    if account.must_change:
        return "password"
    if not settings.SECOND_FACTOR_FOR or request.session.get(FACTOR):
        return None
    if not needs_factor(account, on):
        return None
    if has_factor(account):
        request.session[FACTOR] = True
        return None
    return "account"


def needs_factor(account: Account, on: dt.date) -> bool:
    """Whether a post of theirs is one that may not be used with a password alone."""
    powers = powers_of(account, on)
    return any(powers.has(power) for power in settings.SECOND_FACTOR_FOR)
