"""Codes of an app, recovery codes and passkeys as the domain keeps them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from ronghe.organisations.domain import factors
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.queries.factors import factors_of, has_factor
from tests.accounts.helping import HALF_MINUTE, SECRET, code_at, entries, with_totp
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
AT = moment("2026-03-02 10:00")
NOBODYS = {"id": "x"}


def test_the_first_factor_brings_recovery_codes(city: City):
    account = city.accounts["住建经办"]
    with_totp(account, AT)

    assert [one.type for one in factors_of(account)] == ["totp", "recovery_codes"]
    assert entries(account) == [("factor.added", "totp"), ("factor.added", "recovery")]


def test_the_secret_is_kept_sealed(city: City):
    factor = with_totp(city.accounts["住建经办"], AT)

    assert SECRET not in str(factor.data)


@pytest.mark.parametrize("code", ["000000", "", "12345678", "abcdef"])
def test_a_wrong_first_code_sets_up_nothing(city: City, code: str):
    account = city.accounts["住建经办"]
    with pytest.raises(OrganisationError, match="动态码不对") as refused:
        factors.add_totp(account, secret=SECRET, code=code, actor=ACTOR, at=AT)

    assert refused.value.code == "wrong-code"
    assert (has_factor(account), entries(account)) == (False, [])


def test_a_code_counts_once_and_those_before_it_no_more(city: City):
    account = city.accounts["住建经办"]
    with_totp(account, AT)
    later = AT + 2 * HALF_MINUTE

    assert factors.use_code(account, code_at(AT), at=AT) is None
    assert factors.use_code(account, f" {code_at(later)[:3]} {code_at(later)[3:]}", at=later) is not None
    assert factors.use_code(account, code_at(later), at=later) is None
    assert factors.use_code(account, code_at(later - HALF_MINUTE), at=later) is None
    assert factors.use_code(account, code_at(later + HALF_MINUTE), at=later) is not None


@pytest.mark.parametrize("off", [-3, -2, 2, 3])
def test_a_clock_may_be_off_by_half_a_minute_and_no_more(city: City, off: int):
    account, now = city.accounts["住建经办"], AT + dt.timedelta(hours=1)
    with_totp(account, AT)

    assert factors.use_code(account, code_at(now + off * HALF_MINUTE), at=now) is None
    assert factors.use_code(account, code_at(now + HALF_MINUTE), at=now) is not None


def test_a_recovery_code_works_once(city: City):
    account = city.accounts["住建经办"]
    with_totp(account, AT)
    codes = RecoveryCodes(factors_of(account)[1]).get_unused_codes()
    used = factors.use_code(account, codes[3], at=AT)
    again = factors.use_code(account, codes[3], at=AT)

    assert len(codes) == 10
    assert (used and used.type, again) == ("recovery_codes", None)
    assert RecoveryCodes(factors_of(account)[1]).get_unused_codes() == codes[:3] + codes[4:]


def test_one_persons_code_is_nobody_elses(city: City):
    with_totp(city.accounts["住建经办"], AT)

    assert factors.use_code(city.accounts["环境经办"], code_at(AT + HALF_MINUTE), at=AT) is None


def test_new_recovery_codes_end_the_old_ones(city: City):
    account = city.accounts["住建经办"]
    with_totp(account, AT)
    old = RecoveryCodes(factors_of(account)[1]).get_unused_codes()
    factors.renew_recovery(account, actor=ACTOR, at=AT)

    assert factors.use_code(account, old[0], at=AT) is None
    assert entries(account)[2:] == [("factor.removed", "recovery"), ("factor.added", "recovery")]


def test_without_a_factor_there_is_nothing_to_recover(city: City):
    with pytest.raises(OrganisationError) as refused:
        factors.renew_recovery(city.accounts["住建经办"], actor=ACTOR, at=AT)

    assert refused.value.code == "no-factor"


def test_the_last_factor_takes_the_recovery_codes_along(city: City):
    account = city.accounts["住建经办"]
    totp = with_totp(account, AT)
    passkey = factors.add_passkey(account, name=" ", credential=NOBODYS, actor=ACTOR, at=AT)
    factors.remove_factor(account, totp, actor=ACTOR, at=AT)
    between = [one.type for one in factors_of(account)]
    for _ in range(2):
        factors.remove_factor(account, passkey, actor=ACTOR, at=AT)

    assert passkey.data["name"] == "通行密钥 1"
    assert between == ["recovery_codes", "webauthn"]
    assert factors_of(account) == []
    assert [code for kind, code in entries(account) if kind == "factor.removed"] == [
        "totp",
        "recovery",
        "passkey",
    ]


def test_an_administrator_takes_away_what_was_lost(city: City):
    account = city.accounts["住建经办"]
    with_totp(account, AT)

    assert factors.remove_all_factors(account, actor=ACTOR, at=AT) == 2
    assert not has_factor(account)


def test_nobody_keeps_more_than_ten_passkeys(city: City):
    account = city.accounts["住建经办"]
    for number in range(10):
        factors.add_passkey(account, name=f"第{number}个", credential=NOBODYS, actor=ACTOR, at=AT)
    with pytest.raises(OrganisationError) as refused:
        factors.add_passkey(account, name="再一个", credential=NOBODYS, actor=ACTOR, at=AT)

    assert refused.value.code == "too-many-passkeys"


def test_a_passkey_is_renamed_but_never_to_nothing(city: City):
    account = city.accounts["住建经办"]
    passkey = factors.add_passkey(account, name="手机", credential=NOBODYS, actor=ACTOR, at=AT)

    names = [factors.rename_passkey(passkey, name=name).data["name"] for name in ("办公室电脑", "  ")]

    assert names == ["办公室电脑"] * 2
    assert Authenticator.objects.get(pk=passkey.pk).data["credential"] == NOBODYS


def test_secrets_are_sealed_anew_under_a_new_key(city: City, settings: Any):
    account, old = city.accounts["住建经办"], settings.IDENTITY_KEYS
    with_totp(account, AT)
    codes = RecoveryCodes(factors_of(account)[1]).get_unused_codes()
    settings.IDENTITY_KEYS = ["a-new-key", *old]
    done = factors.reseal_factors()
    settings.IDENTITY_KEYS = ["a-new-key"]
    later = AT + 2 * HALF_MINUTE

    assert done == 2
    assert factors.use_code(account, code_at(later), at=later) is not None
    assert factors.use_code(account, codes[0], at=later) is not None
