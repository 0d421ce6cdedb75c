"""The ceremonies of passkeys: what the browser is asked, and whether its answer is right."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from ronghe.organisations.models import Account

WRONG = (ValidationError, ValueError, TypeError, LookupError, AttributeError)


def _ceremonies() -> Any:
    """What allauth knows of passkeys: some megabytes that a worker needs only when somebody uses one."""
    from allauth.mfa.webauthn.internal import auth  # noqa: PLC0415

    return auth


def making_options(account: Account) -> str:
    """What the browser is asked to make: a passkey it keeps itself, unlocked by its owner. JSON for the page."""
    return json.dumps(_ceremonies().begin_registration(account, passwordless=True))


def asking_options(account: Account | None) -> str:
    """What the browser is asked to prove; None: by any passkey it has for this site. JSON for the page."""
    return json.dumps(_ceremonies().begin_authentication(account))


def has_passkey(account: Account) -> bool:
    """Whether it has any."""
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists()


def made(answer: str) -> dict[str, Any] | None:
    """The passkey the browser made, once its answer was verified; None: it is not right."""
    try:
        credential: dict[str, Any] = json.loads(answer)
        _ceremonies().parse_registration_response(credential)
        is_verified = _ceremonies().complete_registration(credential).is_user_verified()
    except WRONG:
        return None
    return credential if is_verified else None


def proved(answer: str, account: Account | None) -> Authenticator | None:
    """The passkey that answered, of this account or (None) of whichever it names; None: the answer is not right."""
    try:
        response = json.loads(answer)
        _ceremonies().parse_authentication_response(response)
        user = account or _ceremonies().extract_user_from_response(response)
        factor: Authenticator = _ceremonies().complete_authentication(user, response)
    except WRONG:
        return None
    factor.record_usage()
    return factor
