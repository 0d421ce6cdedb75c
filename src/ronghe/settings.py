"""Django settings. Everything an installation may choose is a RONGHE_* variable, read here and nowhere else."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent


def _variable(name: str, default: str = "") -> str:
    return os.environ.get(f"RONGHE_{name}", default)


def _flag(name: str, *, default: bool) -> bool:
    return _variable(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in _variable(name, default).split(",") if word.strip()]


def _providers() -> list[dict[str, str]]:
    """Other systems people may sign in by: `RONGHE_OIDC=city`, then `RONGHE_OIDC_CITY_NAME`, `_ISSUER` and so on."""
    found = []
    for name in _words("OIDC"):
        prefix = f"OIDC_{name.upper().replace('-', '_')}_"
        one = {key: _variable(prefix + key.upper()) for key in ("name", "issuer", "client_id", "secret")}
        one |= {"id": name, "claim": _variable(f"{prefix}CLAIM", "employee_number")}
        if not all(one.values()) or one["claim"] not in {"employee_number", "preferred_username"}:
            message = (
                f"RONGHE_OIDC: {name!r} needs RONGHE_{prefix}NAME, _ISSUER, _CLIENT_ID and _SECRET; "
                "_CLAIM is employee_number or preferred_username"
            )
            raise ValueError(message)
        found.append(one)
    return found


DATA_DIR = Path(_variable("DATA_DIR", "data")).resolve()


def _secret_key() -> str:
    """The given key, or one made once and kept in the data directory (readable by its owner only).

    Of processes that start together one makes it: it takes its name when it is whole, and the others read that one.
    """
    given = _variable("SECRET_KEY")
    if given:
        return given
    path = DATA_DIR / "secret.key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=DATA_DIR, prefix="secret.") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text().strip()


_PLANS_KEPT = {"server_side_binding": True, "prepare_threshold": 3}


def _database(url: str) -> dict[str, object]:
    """Django's connection for `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path.removeprefix("/")) if parts.path.startswith("/") else parts.path
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;",
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        message = (
            f"RONGHE_DATABASE_URL: cannot read {url!r}; write sqlite:///path or postgresql://user@host/name"
        )
        raise ValueError(message)
    return {
        "ENGINE": "ronghe.postgres",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # A test server's threads must not keep the database in use after the tests.
        "CONN_MAX_AGE": 0 if _flag("TESTING", default=False) else 60,
        "CONN_HEALTH_CHECKS": True,  # without a statement: ronghe.postgres
        # Compiling a statement (JIT) costs more than any of ours; planning costs more than most, so plans are kept.
        "OPTIONS": {"options": "-c jit=off", **(_PLANS_KEPT if _flag("PREPARED", default=True) else {})},
    }


SECRET_KEY = _secret_key()
DEBUG = _flag("DEBUG", default=False)
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _words("TRUSTED_ORIGINS")

DATABASES = {"default": _database(_variable("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'ronghe.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CITY = _variable("CITY", "示范市")
PHONES = _words("PHONES", "政务服务便民热线 12345")  # printed on receipt slips
PORT = int(_variable("PORT", "8000"))
WORKERS = int(_variable("WORKERS", "2"))
LIVE_PORT = int(
    _variable("LIVE_PORT") or PORT + 1
)  # of the process of live events; 0: there is none, pages ask again
LIVE_URL = _variable("LIVE_URL").rstrip("/")  # how browsers reach it when a proxy stands before it
LIVE_ORIGIN = _variable("LIVE_ORIGIN") or next(iter(CSRF_TRUSTED_ORIGINS), "")  # the only pages it answers
PACKS = _words("PACKS", "common,shenzhen")
PACKS_DIR = Path(_variable("PACKS_DIR") or PACKAGE / "packs")
DEMO = _flag("DEMO", default=(DATA_DIR / "demo").exists())  # `ronghe demo` leaves this mark
DEMO_PASSWORD = "ronghe-demo"  # noqa: S105 – shown on the sign-in page of a demonstration
DEMO_PHONES = {  # with which the public of a demonstration signs in; nothing is ever sent to them
    "resident": "13800000001",
    "neighbour": "13800000002",
    "owner": "13800000003",
    "delegate": "13800000004",
    "claimant": "13800000005",
}
TRANSPORT = _variable("TRANSPORT", "test")  # channels in force; `test`: nothing leaves this machine
# By what somebody is told who chose nothing, by group of messages; the staff read everything on their page as well.
MESSAGE_DEFAULTS = {
    **dict.fromkeys(("work", "result", "check"), "wecom mail"),
    "duty": "wecom sms mail",
    "news": "mail",
    **dict.fromkeys(("ask", "answer", "progress", "claim", "code"), "sms"),
}
SITE_URL = _variable("SITE_URL") or f"http://127.0.0.1:{PORT}"  # before the links in messages
MAIL_HOST, MAIL_FROM = _variable("MAIL_HOST"), _variable("MAIL_FROM")
MAIL_PORT = int(_variable("MAIL_PORT", "587"))
MAIL_USER, MAIL_PASSWORD = _variable("MAIL_USER"), _variable("MAIL_PASSWORD")
MAIL_SECURITY = _variable("MAIL_SECURITY", "starttls")  # starttls, tls or none
SMS_URL, SMS_KEY, SMS_SIGN = _variable("SMS_URL"), _variable("SMS_KEY"), _variable("SMS_SIGN", CITY)
SMS_BODY = _variable("SMS_BODY", '{"phone": "$phone", "text": "$text", "key": "$key"}')
SMS_MOST = int(_variable("SMS_MOST", "200"))  # characters of one text message, signature and link included
WECOM_URL = _variable("WECOM_URL", "https://qyapi.weixin.qq.com")
WECOM_CORP, WECOM_SECRET = _variable("WECOM_CORP"), _variable("WECOM_SECRET")
WECOM_AGENT = _variable("WECOM_AGENT")
HOOK_NETWORKS = _words("HOOK_NETWORKS")  # inner networks that may be pushed to, e.g. 10.1.2.0/24
LOOPBACK_HOOKS = DEMO or _flag("TESTING", default=False)  # http://127.0.0.1 for trying out
MEDIA_ROOT = DATA_DIR / "files"
MAX_UPLOAD = int(_variable("MAX_UPLOAD_MB", "20")) * 1024 * 1024
API_RATE = int(_variable("API_RATE", "30000"))  # requests a minute by one token
MAX_IMPORT = 100 * 1024 * 1024  # of a table to be imported
# Keys of the identity vault, newest first; older ones still read. Without any, one is derived from SECRET_KEY.
IDENTITY_KEYS = _words("IDENTITY_KEYS") or [
    base64.urlsafe_b64encode(hashlib.sha256(b"ronghe.identity:" + SECRET_KEY.encode()).digest()).decode()
]

INSTALLED_APPS = [
    "ronghe",
    "ronghe.definitions",
    "ronghe.ledger",
    "ronghe.organisations",
    "ronghe.casework",
    "ronghe.activities",
    "ronghe.registers",
    "ronghe.duties",
    "ronghe.bulletins",
    "ronghe.judgements",
    "ronghe.appraisal",
    "ronghe.messages",
    "ronghe.jobs",
    "ronghe.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ronghe.www.middleware.ContentPolicyMiddleware",
    "ronghe.api.middleware.ProblemsOnly",
    "ronghe.www.pages_only.Sessions",
    "ronghe.www.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "ronghe.www.pages_only.Forms",
    "ronghe.www.pages_only.Users",
    "ronghe.www.pages_only.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ronghe.www.visitor.session.VisitorMiddleware",
    "ronghe.www.errors.ReadableRefusals",
    "ronghe.www.middleware.AccessMiddleware",
    "ronghe.www.account.middleware.SignedInMiddleware",
]

ROOT_URLCONF = "ronghe.www.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ronghe.www.context.shared",
            ],
            "builtins": ["ronghe.www.templatetags.ronghe"],
        },
    }
]

AUTH_USER_MODEL = "organisations.Account"
AUTHENTICATION_BACKENDS = ["ronghe.www.account.sessions.AccountBackend"]
SESSION_ENGINE = "ronghe.www.account.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username",)},
    },
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"  # tests and nothing else: signing in thousands of times
    if _flag("TESTING", default=False)
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Signing in (docs/accounts.md). Accounts have no e-mail address, and none is asked for or sent to.
ACCOUNT_ADAPTER = "ronghe.www.account.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # counted on the database instead: organisations.domain.lockout
MFA_RATE_LIMITS = False
MFA_ADAPTER = "ronghe.www.account.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
SOCIALACCOUNT_ADAPTER = "ronghe.www.account.adapters.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_PROVIDERS = _providers()
MFA_WEBAUTHN_USER_VERIFICATION = "required"
SECOND_FACTOR_FOR = _words("SECOND_FACTOR_FOR")  # powers of posts: administer,reveal,oversee
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "desk"
SESSION_COOKIE_AGE = int(_variable("SESSION_HOURS", "12")) * 3600
SESSION_IDLE_MINUTES = int(_variable("SESSION_IDLE_MINUTES", "120"))  # of the staff; 0: no such limit
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
PROXIES = int(_variable("PROXIES", "0"))  # how many of our own stand before us and add to X-Forwarded-For
HTTPS = _flag("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["ronghe.www.uploads.CappedUploadHandler"]
CSRF_FAILURE_VIEW = "ronghe.www.errors.csrf_failed"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": _variable("LOG_LEVEL", "WARNING")},
}
