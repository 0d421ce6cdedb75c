"""The second steps of a sign-in: codes of an app, passkeys, recovery codes. Added, used once each, removed.

The rows are allauth's; each change and its ledger entry are written here, together.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Mapping

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.accounts import end_sessions
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account

TOTP, PASSKEY, RECOVERY = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.RECOVERY_CODES,
)
CODES = {TOTP: "totp", PASSKEY: "passkey", RECOVERY: "recovery"}
MOST_PASSKEYS = 10
DRIFT = 1  # steps of half a minute a phone's clock may be off


def step_of(secret: str, code: str, *, at: dt.datetime) -> int | None:
    """The half minute whose code this is, of those about now; None: of none."""
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    written = "".join(code.split())
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), written.encode()):
            return step
    return None


def add_totp(account: Account, *, secret: str, code: str, actor: str, at: dt.datetime) -> Authenticator:
    """From now on a code of the app that shares `secret` is asked at sign-in; `code` proves that it does.

    Raises OrganisationError `wrong-code`, `has-totp`. The first factor brings recovery codes with it.
    """
    step = step_of(secret, code, at=at)
    if step is None:
        message = "这个动态码不对，没有开通。请看手机上最新的一组数字再填；手机时间要设为自动。"
        raise OrganisationError("wrong-code", message)
    with transaction.atomic():
        row = _locked(account)
        if Authenticator.objects.filter(user=row, type=TOTP).exists():
            raise OrganisationError("has-totp", "已经设置过动态码，没有重复设置。要换手机，请先停用原来的。")
        return _add(row, TOTP, {"secret": encrypt(secret), "step": step}, actor, at)


def add_passkey(
    account: Account, *, name: str, credential: Mapping[str, object], actor: str, at: dt.datetime
) -> Authenticator:
    """Keep a passkey the browser made and we verified. The first factor brings recovery codes with it."""
    with transaction.atomic():
        row = _locked(account)
        held = Authenticator.objects.filter(user=row, type=PASSKEY).count()
        if held >= MOST_PASSKEYS:
            message = f"最多留 {MOST_PASSKEYS} 个通行密钥，没有添加。请先移除不用的。"
            raise OrganisationError("too-many-passkeys", message)
        data = {"name": name.strip() or f"通行密钥 {held + 1}", "credential": dict(credential)}
        return _add(row, PASSKEY, data, actor, at)


def rename_passkey(factor: Authenticator, *, name: str) -> Authenticator:
    """Call a passkey otherwise; who holds it and what it opens stay."""
    with transaction.atomic():
        row: Authenticator = Authenticator.objects.select_for_update().get(pk=factor.pk, type=PASSKEY)
        row.data["name"] = name.strip() or row.data["name"]
        row.save(update_fields=["data"])
    return row


def remove_factor(account: Account, factor: Authenticator, *, actor: str, at: dt.datetime) -> None:
    """Ask for it no more. With the last one the recovery codes go too. Nothing happens when it is gone already."""
    with transaction.atomic():
        row = _locked(account)
        held = list(Authenticator.objects.select_for_update().filter(user=row))
        gone = [one for one in held if one.pk == factor.pk]
        if gone and not [one for one in held if one.type != RECOVERY and one.pk != factor.pk]:
            gone = held
        _remove(row, gone, actor, at)


def remove_all_factors(account: Account, *, actor: str, at: dt.datetime) -> int:
    """An administrator takes away everything somebody lost with their phone, and signs them out everywhere; give how many.

    From then on the password alone is asked.
    """
    with transaction.atomic():
        row = _locked(account)
        held = list(Authenticator.objects.select_for_update().filter(user=row))
        _remove(row, held, actor, at)
        end_sessions(row, actor=actor, at=at)
    return len(held)


def reseal_factors() -> int:
    """Seal the secrets anew under the vault's newest key (as `rotate_identities`); give how many. Safe to stop and repeat."""
    done = 0
    for pk in Authenticator.objects.exclude(type=PASSKEY).values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor is not None:
                sealed = {
                    key: encrypt(decrypt(factor.data[key]))
                    for key in ("secret", "seed")
                    if key in factor.data
                }
                factor.data = {**factor.data, **sealed}
                factor.save(update_fields=["data"])
                done += 1
    return done


def renew_recovery(account: Account, *, actor: str, at: dt.datetime) -> Authenticator:
    """New recovery codes; the old ones work no more. Raises OrganisationError `no-factor` where there is nothing to recover."""
    with transaction.atomic():
        row = _locked(account)
        held = list(Authenticator.objects.select_for_update().filter(user=row))
        if not [one for one in held if one.type != RECOVERY]:
            message = "还没有设置动态码或通行密钥，用不上备用码，没有生成。"
            raise OrganisationError("no-factor", message)
        _remove(row, [one for one in held if one.type == RECOVERY], actor, at)
        return _add_recovery(row, actor, at)


def use_code(account: Account, code: str, *, at: dt.datetime) -> Authenticator | None:
    """The factor a code is right for; None: for none. A code of the app counts once, and so does a recovery code."""
    with transaction.atomic():
        held = list(Authenticator.objects.select_for_update().filter(user=account).exclude(type=PASSKEY))
        for factor in held:
            if factor.type == TOTP:
                step = step_of(decrypt(factor.data["secret"]), code, at=at)
                if step is None or step <= factor.data.get("step", 0):
                    continue
                factor.data["step"] = step
            elif not RecoveryCodes(factor).validate_code("".join(code.split())):
                continue
            else:
                factor.refresh_from_db()
            factor.last_used_at = at
            factor.save(update_fields=["data", "last_used_at"])
            return factor
    return None


def _locked(account: Account) -> Account:
    found: Account = Account.objects.select_for_update().get(pk=account.pk)
    return found


def _add(
    account: Account, kind: Authenticator.Type, data: Mapping[str, object], actor: str, at: dt.datetime
) -> Authenticator:
    factor = Authenticator.objects.create(user=account, type=kind, data=dict(data), created_at=at)
    _record("factor.added", account, kind, actor, at)
    if kind != RECOVERY and not Authenticator.objects.filter(user=account, type=RECOVERY).exists():
        _add_recovery(account, actor, at)
    return factor


def _add_recovery(account: Account, actor: str, at: dt.datetime) -> Authenticator:
    data = {"seed": encrypt(RecoveryCodes.generate_seed()), "used_mask": 0}
    return _add(account, RECOVERY, data, actor, at)


def _remove(account: Account, factors: list[Authenticator], actor: str, at: dt.datetime) -> None:
    for factor in factors:
        factor.delete()
        _record("factor.removed", account, Authenticator.Type(factor.type), actor, at)


def _record(kind: str, account: Account, what: Authenticator.Type, actor: str, at: dt.datetime) -> None:
    ledger.record(
        kind,
        subject=("account", account.pk),
        actor=actor,
        at=at,
        code=CODES[what],
        data={"account": account.pk},
    )
