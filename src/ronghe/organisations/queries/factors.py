"""The second steps of a sign-in: which an account has."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from ronghe.organisations.models import Account

PRIMARY = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factors_of(account: Account) -> list[Authenticator]:
    """Its codes, passkeys and recovery codes, in the order they were added."""
    return list(Authenticator.objects.filter(user=account).order_by("pk"))


def has_factor(account: Account) -> bool:
    """Whether a second step is asked at sign-in; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=account, type__in=PRIMARY).exists())
