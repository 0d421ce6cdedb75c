"""保存和清除: how long personal data is kept; what is due or asked for is erased by somebody who signs for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe.casework.domain.erasing import erase_expired, erase_requester
from ronghe.casework.queries.keeping import Held, due_identities, held_by, terms
from ronghe.core.errors import RongheError
from ronghe.erasure import Erasure
from ronghe.www.access import account_of, rule
from ronghe.www.administration.erasable import GROUNDS, things_called
from ronghe.www.administration.sections import ADMINISTERS
from ronghe.www.forms import PageForm


class FindForm(PageForm):
    """Whose data: the number of one of their cases, the phone they left, or what an entry or activity is called."""

    who = forms.CharField(label=_("办件编号、手机号，或者台账、活动的名称"), max_length=200, required=True)


class EraseForm(PageForm):
    """Why it is erased, and that it was looked at."""

    who = forms.CharField(widget=forms.HiddenInput())
    identity = forms.IntegerField(widget=forms.HiddenInput())
    ground = forms.ChoiceField(label=_("原因"), choices=GROUNDS, widget=forms.RadioSelect())


@rule(ADMINISTERS)
@require_GET
@never_cache
def show_retention(request: HttpRequest) -> HttpResponse:
    """The terms; how many are due; and whom was asked for."""
    return _page(request)


@rule(ADMINISTERS)
@require_POST
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Look somebody up; by POST, so that no phone stands in an address."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    return _found(request, form.cleaned_data["who"])


@rule(ADMINISTERS)
@require_POST
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Erase one identity for the reason given."""
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _found(request, request.POST.get("who", ""), sent=form)
    held = {one.identity.pk: one for one in held_by(form.cleaned_data["who"])}
    chosen = held.get(form.cleaned_data["identity"])
    if chosen is None:
        raise Http404
    try:
        cases = erase_requester(
            chosen.identity, ground=form.cleaned_data["ground"], actor=_actor(request), at=timezone.now()
        )
    except RongheError as error:
        form.add_error(None, error.message)
        return _found(request, form.cleaned_data["who"], sent=form)
    messages.success(request, gettext("已清除，涉及 %(n)d 件。办件的编号和办理记录还在。") % {"n": cases})
    return redirect("admin-retention")


@rule(ADMINISTERS)
@require_POST
@never_cache
def erase_thing(request: HttpRequest) -> HttpResponse:
    """Erase what an entry, or the reviews of a thing, tell of persons."""
    who = request.POST.get("who", "")
    chosen = next((one for one in things_called(who) if one.code == request.POST.get("thing")), None)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST, who)
    if not form.is_valid():
        return _found(request, who, is_refused=True)
    ground, at = form.cleaned_data["ground"], timezone.now()
    files = chosen.erase(Erasure(ground, _actor(request), at, form.known))
    messages.success(request, gettext("已清除，删去 %(n)d 个文件。这一条和它的记录还在。") % {"n": files})
    return redirect("admin-retention")


@rule(ADMINISTERS)
@require_POST
@never_cache
def erase_due(request: HttpRequest) -> HttpResponse:
    """Erase what is past its term; whoever presses the button signs for it."""
    done = erase_expired(actor=_actor(request), at=timezone.now())
    left = due_identities(timezone.now()).count()
    said = gettext("已清除 %(n)d 份到期的身份信息。") % {"n": done}
    messages.success(request, said + (gettext("还有 %(n)d 份，请再按一次。") % {"n": left} if left else ""))
    return redirect("admin-retention")


def _actor(request: HttpRequest) -> str:
    return f"person:{account_of(request).person_id}"


def _found(
    request: HttpRequest, who: str, sent: EraseForm | None = None, *, is_refused: bool = False
) -> HttpResponse:
    held, things = held_by(who), things_called(who)
    form = FindForm({"who": who})
    if not held and not things:
        said = gettext(
            "没有找到还保存着的身份信息、台账或评判材料。请核对编号、手机号或名称；也可能已经清除过了。"
        )
        form.add_error("who", said)
    chosen = sent.data.get("identity") if sent else None
    rows = [(one, sent if str(one.identity.pk) == chosen else _blank(one, who)) for one in held]
    asked = [(one, one.form(request.POST if is_refused else None, who)) for one in things]
    is_wrong = sent is not None or is_refused or not (held or things)
    return _page(request, form=form, rows=rows, things=asked, status=422 if is_wrong else 200)


def _blank(held: Held, who: str) -> EraseForm:
    return EraseForm(initial={"who": who, "identity": held.identity.pk}, prefix=None)


def _page(
    request: HttpRequest, *, form: FindForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    context = {
        "form": form or FindForm(),
        "terms": terms(timezone.localdate()),
        "due": due_identities(now).count(),
        **more,
    }
    return render(request, "administration/retention.html", context, status=status)
