"""A small OpenID provider on 127.0.0.1: real discovery, keys, codes and signed tokens; told to lie where a test wants it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT, SECRET = "ronghe", "a-secret-long-enough-to-sign-with-it"
KEYS = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
}


@dataclass
class Provider:
    """`claims` are told of who signs in; `told` overrides what the id token says; `lie` is what else is wrong with it."""

    url: str = ""
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    lie: str = ""
    named: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.named or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        rows = {
            "RS256": RSAAlgorithm.to_jwk(KEYS["RS256"].public_key(), as_dict=True),
            "ES256": ECAlgorithm.to_jwk(KEYS["ES256"].public_key(), as_dict=True),
        }
        return {"keys": [{**row, "kid": name, "alg": name, "use": "sig"} for name, row in rows.items()]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Whoever comes is signed in there already: straight back with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """A code is good once, for the client and the proof key it was given to."""
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        ).rstrip(b"=")
        known = (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        if asked is None or not known or asked.get("code_challenge", "").encode() != challenge:
            return None
        return {"access_token": "opens-me", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            **self.claims,
            **self.told,
        }
        claims = {key: value for key, value in claims.items() if value is not None}
        headers = {"kid": self.algorithm}
        if self.lie == "unsigned":
            return jwt.encode(claims, "", algorithm="none", headers=headers)
        if self.lie == "secret":
            return jwt.encode(claims, SECRET, algorithm="HS256", headers=headers)
        key: Any = KEYS[self.algorithm]
        if self.lie == "key":
            key = ec.generate_private_key(ec.SECP256R1())
        token = jwt.encode(claims, key, algorithm=self.algorithm, headers=headers)
        return token[:-4] + "AAAA" if self.lie == "signature" else token


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(_flat(parts.query)))
            self.end_headers()
            return
        answers: dict[str, Any] = {
            "/.well-known/openid-configuration": self.provider.discovery,
            "/keys": self.provider.keys,
            "/me": lambda: self.provider.userinfo,
        }
        self._answer(answers[parts.path]() if parts.path in answers else None)

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(self.provider.token(_flat(sent)))

    def _answer(self, told: dict[str, Any] | None) -> None:
        body = json.dumps(told if told is not None else {"error": "invalid_grant"}).encode()
        self.send_response(200 if told is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


def _flat(query: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(query).items()}


class Running:
    """A provider as long as the block lasts."""

    def __enter__(self) -> Provider:
        provider = Provider()
        handler = type("Handler", (_Handler,), {"provider": provider})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        provider.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return provider

    def __exit__(self, *_args: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=5)
