"""推送: other systems that are told what happens to the cases an account sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.ledger.entries import kind_of
from ronghe.messages.domain import hooks as domain
from ronghe.messages.enums import Channel
from ronghe.messages.models import Hook, Message
from ronghe.messages.queries import attempts_of, words_of
from ronghe.messages.queries.hooks import deliveries_of, hooks_of, waiting_by_hook
from ronghe.messages.transports import in_force
from ronghe.organisations.queries import powers_of
from ronghe.www.access import account_of, rule
from ronghe.www.inbox.forms import PUSHED, HookForm
from ronghe.www.inbox.log import Sent, sent_of

MOST_SHOWN = 20


def MAY_SUBSCRIBE(user: object) -> bool:  # noqa: N802 - a rule, named as the others
    """Whoever answers for a unit or for the whole, by posts of their own: a subscription outlasts acting for another."""
    powers = powers_of(user, timezone.localdate())
    powers = powers.own or powers
    return any(powers.has(power) for power in ("oversee", "administer", "lead"))


@dataclass(frozen=True)
class Delivery:
    """One delivery as its owner reads it."""

    title: str
    at: dt.datetime
    state: object
    sent: list[Sent]


@rule(MAY_SUBSCRIBE)
@never_cache
@require_http_methods(["GET", "POST"])
def list_hooks(request: HttpRequest) -> HttpResponse:
    """My subscriptions; a new one shows its secret once, on the page that answers."""
    account = account_of(request)
    form = HookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given, now = form.cleaned_data, timezone.localtime()
        try:
            hook, secret = domain.make_hook(account, **given, actor=f"person:{account.person_id}", at=now)
        except RongheError as error:
            form.add_error(error.code if error.code in form.fields else None, error.message)
        else:
            return _show(request, hook, secret=secret)
    hooks = list(hooks_of(account))
    context = {"hooks": hooks, "waiting": waiting_by_hook(hooks), "form": form, **_in_words()}
    return render(request, "inbox/hooks.html", context, status=422 if form.errors else 200)


@rule(MAY_SUBSCRIBE)
@never_cache
@require_GET
def show_hook(request: HttpRequest, pk: int) -> HttpResponse:
    """One of mine and its last deliveries; not mine is not found."""
    return _show(request, _mine(request, pk))


@rule(MAY_SUBSCRIBE)
@never_cache
@require_POST
def change_hook(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, a pause, going on, a trial delivery, or the end of one of mine."""
    hook, now = _mine(request, pk), timezone.localtime()
    act = request.POST.get("act", "")
    if act not in ACTS and act != "rotate":
        raise Http404
    try:
        if act == "rotate":
            secret = domain.rotate_secret(hook, at=now)
            return _show(request, _mine(request, pk), secret=secret)
        do, said = ACTS[act]
        do(hook, now, f"person:{account_of(request).person_id}")
    except RongheError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(said))
    return redirect("hook", pk=pk)


Act = Callable[[Hook, dt.datetime, str], Any]
ACTS: dict[str, tuple[Act, object]] = {
    "pause": (lambda hook, _now, _actor: domain.pause_hook(hook), _("已暂停，这期间的事会在恢复以后补推。")),
    "resume": (lambda hook, now, _actor: domain.resume_hook(hook, at=now), _("已恢复，接着上次的往下推。")),
    "try": (
        lambda hook, now, _actor: domain.try_hook(hook, at=now),
        _("试推一条已排入，几秒后刷新本页看结果。"),
    ),
    "drop": (
        lambda hook, _now, _actor: domain.drop_former(hook),
        _("先前的密钥已经作废，现在只用新的签名。"),
    ),
    "end": (
        lambda hook, now, actor: domain.end_hook(hook, actor=actor, at=now),
        _("已结束，没有推完的不再推。"),
    ),
}


def _mine(request: HttpRequest, pk: int) -> Hook:
    found = hooks_of(account_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, hook: Hook, *, secret: str = "") -> HttpResponse:
    context = {
        "hook": hook,
        "secret": secret,
        "former_until": hook.former_until
        if hook.former_until and hook.former_until > timezone.now()
        else None,
        "kinds": [kind_of(code).sentence for code in PUSHED if code in hook.kinds],
        "deliveries": _deliveries(hook),
        **_in_words(),
    }
    return render(request, "inbox/hook.html", context)


def _deliveries(hook: Hook) -> list[Delivery]:
    rows: list[Message] = list(deliveries_of(hook)[:MOST_SHOWN])
    tried = attempts_of(rows)
    found = []
    for row in rows:
        title = words_of(row)[0]
        word = gettext("试推") if row.kind == "hook-trial" else str(kind_of(title).sentence) if title else ""
        found.append(Delivery(word, row.at, row.get_state_display(), sent_of(tried.get(row.pk, []))))
    return found


def _in_words() -> dict[str, bool]:
    """Whether anything leaves at all, for a sentence above."""
    names = in_force()
    return {"is_pushed": Channel.WEBHOOK in names, "is_test": Channel.TEST in names}
