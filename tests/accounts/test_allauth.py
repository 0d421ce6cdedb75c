"""What allauth may not do here: nobody signs up, no address is asked for, none of its own pages is reached."""

from __future__ import annotations

import pytest
from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.socialaccount.adapter import get_adapter as get_provider_adapter
from django.core import checks
from django.test import RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse

from ronghe.organisations.models import Account

pytestmark = pytest.mark.unit


def test_nobody_signs_up():
    request = RequestFactory().get("/")

    assert not get_adapter().is_open_for_signup(request)
    assert not get_provider_adapter().is_open_for_signup(request, None)


@pytest.mark.parametrize(
    "name", ["account_signup", "account_login", "account_email", "account_reset_password", "mfa_index"]
)
def test_none_of_its_pages_has_an_address(name: str):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_no_view_of_its_own_is_routed():
    modules = {pattern.callback.__module__ for pattern in _patterns(get_resolver().url_patterns)}

    assert not {one for one in modules if one.startswith("allauth")}


def test_accounts_have_no_address_and_none_is_asked_for():
    assert "email" not in {field.name for field in Account._meta.get_fields()}
    assert app_settings.USER_MODEL_EMAIL_FIELD is None
    assert list(app_settings.SIGNUP_FIELDS) == ["username", "password1"]
    assert {"username"} == app_settings.LOGIN_METHODS


def test_its_checks_find_nothing():
    assert checks.run_checks() == []


def _patterns(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern
