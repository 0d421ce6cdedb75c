"""What allauth asks of us: nobody signs up here, nothing is mailed, secrets are sealed, and words are ours."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.organisations.domain import open_text, seal_text
from ronghe.organisations.models import Account
from ronghe.www.account import devices, provider_views, providers
from ronghe.www.account.landing import landing

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Signing in: a second step where one was set up, then the page asked for, and a device that is remembered."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["ronghe.www.account.stages.SecondStep"]

    def is_reauthentication_required(self, *, app: str) -> bool:
        return False  # `www.account.confirm` asks, before the page is shown

    def post_login(
        self, request: HttpRequest, user: Account, *, redirect_url: str | None, **_more: Any
    ) -> HttpResponse:
        devices.begin(request, user, timezone.now())
        return redirect(redirect_url or reverse(landing(user, timezone.localdate())))

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        messages.error(request, gettext("这个账号已经停用。如需恢复，请联系本单位管理员。"))
        return redirect("sign-in")

    def add_message(self, *_args: object, **_kwargs: object) -> None:
        """Our views say what happened."""

    def send_notification_mail(self, *_args: object, **_kwargs: object) -> None:
        """There is no address to send to; the ledger has it."""


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed with the identity vault's keys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("没有验证通过。请重新来一次。"),
    }

    def encrypt(self, text: str) -> str:
        return base64.urlsafe_b64encode(seal_text(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_text(base64.urlsafe_b64decode(encrypted_text))

    def get_totp_issuer(self) -> str:
        return str(settings.CITY)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": host_of(context.request), "name": str(settings.CITY)}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": str(user.person or user)}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """What another system's word about somebody leads to: an account we have already, or none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> Any:
        """Providers stand in the settings; the table for them is never asked."""
        return [
            app
            for app in providers.apps()
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Everything after the provider's answer was verified is ours to decide."""
        raise ImmediateHttpResponse(provider_views.settle(request, sociallogin))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> NoReturn:
        was_cancelled = more.get("error") == AuthError.CANCELLED
        raise ImmediateHttpResponse(
            provider_views.failed(request, provider.name, was_cancelled=was_cancelled)
        )

    def send_notification_mail(self, *_args: object, **_kwargs: object) -> None:
        """As `AccountAdapter`."""


def host_of(request: HttpRequest) -> str:
    """The name this site is asked by, which a passkey is bound to."""
    return split_domain_port(request.get_host())[0]
