"""Signing in by another system's word, and connecting it to one's account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from ronghe.organisations.domain.accounts import link_provider, unlink_provider
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account
from ronghe.www.access import PUBLIC, STAFF, account_of, rule
from ronghe.www.account.confirm import to_confirm
from ronghe.www.account.overview import actor_of
from ronghe.www.account.providers import Exchange, Provider, app_of

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialApp


@rule(PUBLIC)
@require_POST
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """On the way to the other system."""
    return _go(request, _app(provider), AuthProcess.LOGIN)


@rule(STAFF)
@require_POST
def link(request: HttpRequest, provider: str) -> HttpResponse:
    """The same, to connect it to the account that is signed in."""
    app = _app(provider)
    return to_confirm(request) or _go(request, app, AuthProcess.CONNECT)


@rule(STAFF)
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Its word counts no more for me."""
    account = account_of(request)
    found = SocialAccount.objects.filter(user=account, pk=pk).first()
    if found is None:
        raise Http404
    if asked := to_confirm(request):
        return asked
    unlink_provider(account, found, actor=actor_of(account), at=timezone.now())
    messages.success(request, gettext("已解除连接。"))
    return redirect("account")


@rule(PUBLIC)
@never_cache
@require_GET
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the other system with its answer."""
    app = _app(provider)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(Exchange(request, app))(request)
    except (RequestException, OAuth2Error, LookupError, ValueError):
        return failed(request, app.name, was_cancelled=False)
    return response


def settle(request: HttpRequest, login: Any) -> HttpResponse:
    """The answer is genuine: whose account is it?"""
    app, uid = login.provider.app, login.account.uid
    if login.state.get("process") == AuthProcess.CONNECT:
        return _connect(request, app, uid)
    known = SocialAccount.objects.filter(provider=app.provider_id, uid=uid).select_related("user").first()
    account = known.user if known else _account_of(app.settings["claim"], login.claim)
    if account is None:
        return _refuse(request, app.name, "unknown")
    if not account.is_active:
        return _refuse(request, app.name, "closed")
    try:
        link_provider(account, provider=app.provider_id, uid=uid, actor="system:sign-in", at=timezone.now())
    except OrganisationError:
        return _refuse(request, app.name, "other")
    record_authentication(request, account, "socialaccount", provider=app.provider_id)
    answer: HttpResponse = perform_login(request, Login(user=account, redirect_url=login.state.get("next")))
    return answer


def failed(request: HttpRequest, name: str, *, was_cancelled: bool) -> HttpResponse:
    """The other system said no, or what it said cannot be trusted: nobody is signed in."""
    if was_cancelled:
        messages.info(request, gettext("您取消了用%(name)s登录。") % {"name": name})
        return redirect("sign-in")
    return _refuse(request, name, "failed")


def _account_of(claim: str, value: str) -> Account | None:
    """The account a claim names; nobody is guessed, and nobody made."""
    if not value:
        return None
    by = "person__employee_number" if claim == "employee_number" else "username__iexact"
    return Account.objects.filter(**{by: value}).select_related("person").first()


def _connect(request: HttpRequest, app: SocialApp, uid: str) -> HttpResponse:
    if not isinstance(request.user, Account):
        return redirect("sign-in")
    try:
        link_provider(
            request.user,
            provider=app.provider_id,
            uid=uid,
            actor=actor_of(request.user),
            at=timezone.now(),
        )
    except OrganisationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("已连接。以后可以用%(name)s登录。") % {"name": app.name})
    return redirect("account")


def _go(request: HttpRequest, app: SocialApp, process: str) -> HttpResponse:
    """A page that goes on by itself: a form of ours may not lead to another site (the content policy), a page may."""
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    try:
        way = Provider(request, app=app).redirect(request, process, next_url=to if is_ours else None)
    except (RequestException, OAuth2Error, LookupError, ValueError):
        return _refuse(request, app.name, "away")
    if not way.headers.get("Location", "").startswith(("https://", "http://")):
        return _refuse(request, app.name, "away")
    page = render(request, "account/going.html", {"name": app.name, "to": way["Location"]})
    page["Refresh"] = f"0; url={way['Location']}"
    return page


def _refuse(request: HttpRequest, name: str, why: str) -> HttpResponse:
    status = 503 if why == "away" else 403
    return render(request, "account/provider_refused.html", {"name": name, "why": why}, status=status)


def _app(provider: str) -> SocialApp:
    app = app_of(provider)
    if app is None:
        raise Http404
    return app
