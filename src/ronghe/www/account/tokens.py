"""接口密钥: the keys with which other systems act for me; each is shown once, and ended here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.organisations.domain import TOKEN_SCOPES, issue_token, revoke_token
from ronghe.organisations.domain.tokens import NAME_LENGTH
from ronghe.organisations.models import Account, Token
from ronghe.organisations.queries.tokens import is_live, tokens_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.account.confirm import confirmed
from ronghe.www.forms import PageForm
from ronghe.www.registry.forms import DayField

ELSEWHERE = frozenset({"calendar", "hooks"})  # keys that pages of their own make
ASKED = [(code, words) for code, words in TOKEN_SCOPES.items() if code not in ELSEWHERE]
MOST_SHOWN = 50


class TokenForm(PageForm):
    """What a new key is for, what it may do, and until when."""

    name = forms.CharField(
        label=_("给哪个系统用"),
        max_length=NAME_LENGTH,
        help_text=_("写得认得出来，以后好知道停用哪一个。"),
        error_messages={
            "required": _("请写明给哪个系统用。"),
            "max_length": _("最多 %(limit_value)d 个字，现有 %(show_value)d 个字，请删减。"),
        },
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以做什么"),
        choices=ASKED,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("只选用得着的。能做的永远不超过您本人的权限。"),
        error_messages={"required": _("请至少选一项。")},
    )
    last = DayField(label=_("用到哪天（含当天）"), help_text=_("到期自动失效；不填就一直有效，直到停用。"))

    def clean_last(self) -> dt.datetime | None:
        """The instant from which it is worth nothing: the midnight after the day."""
        day = self.cleaned_data["last"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("这一天已经过了，请选今天或以后的日期。"))
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
        return timezone.make_aware(midnight)


def actor_of(account: Account) -> str:
    """How the ledger names who asks. Refuses accounts of nobody."""
    if account.person_id is None:
        raise PermissionDenied
    return f"person:{account.person_id}"


@rule(STAFF)
@never_cache
@require_GET
def list_tokens(request: HttpRequest) -> HttpResponse:
    """My keys: those that still work, then those that ended."""
    return render(request, "account/tokens.html", _context(account_of(request)))


def _context(account: Account) -> dict[str, Any]:
    now = timezone.now()
    mine = [one for one in tokens_of(account) if set(one.scopes) - ELSEWHERE][:MOST_SHOWN]
    rows = [(one, [_short(scope) for scope in one.scopes]) for one in mine]
    return {
        "live": [row for row in rows if is_live(row[0], now)],
        "ended": [row for row in rows if not is_live(row[0], now)],
    }


def _short(scope: str) -> str:
    """What a scope allows, in a word or two."""
    return str(TOKEN_SCOPES[scope]).split("：", maxsplit=1)[0].split(":", maxsplit=1)[0]


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def add_token(request: HttpRequest) -> HttpResponse:
    """Ask what it is for; then the key, this once."""
    account = account_of(request)
    actor = actor_of(account)
    form = TokenForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            token, secret = issue_token(
                account,
                name=given["name"],
                scopes=given["scopes"],
                actor=actor,
                at=timezone.now(),
                expires_at=given["last"],
            )
        except RongheError as error:
            form.add_error(None, error.message)
        else:
            context = {"token": token, "secret": secret, "address": request.build_absolute_uri("/api/v1/")}
            return render(request, "account/token_made.html", context)
    return render(request, "account/add_token.html", {"form": form}, status=422 if form.errors else 200)


@rule(STAFF)
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of mine, from the next request on."""
    account = account_of(request)
    found = Token.objects.filter(account=account, pk=pk).first()
    if found is None:
        raise Http404
    revoke_token(found, actor=actor_of(account), at=timezone.now())
    messages.success(
        request, gettext("“%(name)s”已经停用，拿着它的系统什么也做不了了。") % {"name": found.name}
    )
    return redirect("tokens")
