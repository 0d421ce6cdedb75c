"""Other systems that vouch for somebody (OpenID Connect): where they are asked, and how their answer is checked.

allauth asks and exchanges; what it leaves open is done here: every id token's signature, a nonce, the issuer by name.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY = 60  # seconds two clocks may differ
KIND = "openid_connect"


def apps() -> list[SocialApp]:
    """The providers of the settings, in their order."""
    return [
        SocialApp(
            provider=KIND,
            provider_id=one["id"],
            name=one["name"],
            client_id=one["client_id"],
            secret=one["secret"],
            settings={"server_url": one["issuer"], "claim": one["claim"]},
        )
        for one in settings.OIDC_PROVIDERS
    ]


def app_of(provider_id: str) -> SocialApp | None:
    """One of them by its name in the settings."""
    return next((app for app in apps() if app.provider_id == provider_id), None)


class Exchange(OpenIDConnectOAuth2Adapter):
    """One sign-in at one provider, from the way there to the checked answer."""

    nonce = ""

    def __init__(self, request: HttpRequest, app: SocialApp) -> None:
        super().__init__(request, app.provider_id)
        self.app = app

    def get_provider(self) -> Provider:
        return Provider(self.request, app=self.app)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; it must call itself what the settings call it."""
        told: dict[str, Any] = super().openid_config
        if str(told.get("issuer", "")).rstrip("/") != self.app.settings["server_url"].rstrip("/"):
            raise OAuth2Error("the provider calls itself by another name")
        return told

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(request.build_absolute_uri(reverse("provider-back", args=[app.provider_id])))

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        if not pkce_code_verifier:
            raise OAuth2Error("a sign-in that was not begun here")
        self.nonce = nonce_of(pkce_code_verifier)
        answer: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        return answer

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Who the provider says it is. Of what it tells nothing is kept but the claim we match by, for this one request."""
        try:
            claims = self.read(kwargs["response"]["id_token"])
            wanted = app.settings["claim"]
            if wanted not in claims and self.openid_config.get("userinfo_endpoint"):
                told = self._fetch_user_info(token.token)
                if told.get("sub") == claims["sub"]:
                    claims[wanted] = told.get(wanted)
        except (jwt.PyJWTError, LookupError, TypeError, ValueError) as error:
            raise OAuth2Error("an answer that cannot be trusted") from error
        login = SocialLogin(
            provider=self.get_provider(),
            account=SocialAccount(provider=app.provider_id, uid=str(claims["sub"])),
        )
        login.claim = str(claims.get(wanted) or "").strip()
        return login

    def read(self, id_token: str) -> dict[str, Any]:
        """The claims of an id token that this provider signed for us, in this sign-in, just now."""
        algorithm, key = self._key(id_token)
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=key,
            algorithms=[algorithm],
            issuer=self.openid_config["issuer"],
            audience=self.app.client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.app.client_id) != self.app.client_id:
            raise ValueError("issued to somebody else")
        if not self.nonce or claims.get("nonce") != self.nonce:
            raise ValueError("not of this sign-in")
        if not claims["sub"]:
            raise ValueError("names nobody")
        return claims

    def _key(self, id_token: str) -> tuple[str, Any]:
        header = jwt.get_unverified_header(id_token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise ValueError("unsigned, or signed in a way we do not take")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [one for one in answer.json()["keys"] if one.get("use", "sig") == "sig"]
        named = [one for one in keys if one.get("kid") == header.get("kid")]
        if "kid" not in header and len(keys) == 1:
            named = keys
        if len(named) != 1 or named[0].get("alg", algorithm) != algorithm:
            raise ValueError("signed with a key the provider does not show")
        return algorithm, jwt.PyJWK(named[0], algorithm=algorithm).key


class Provider(OpenIDConnectProvider):
    """Asks for no more than who it is; every sign-in has a proof key and a nonce of its own."""

    oauth2_adapter_class = Exchange

    def get_oauth2_adapter(self, request: HttpRequest) -> Exchange:
        return Exchange(request, self.app)

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile"]

    def get_pkce_params(self) -> dict[str, Any]:
        params = generate_code_challenge()
        return {**params, "nonce": nonce_of(params["code_verifier"])}


def nonce_of(verifier: str) -> str:
    """The nonce of a sign-in follows from its secret proof key, so whoever holds the one can check the other."""
    return hashlib.sha256(f"nonce:{verifier}".encode()).hexdigest()
