"""The enterprises a visitor speaks for: asked, shared with delegates, left."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.organisations.domain import claims, masked, visitors
from ronghe.organisations.models import Claim
from ronghe.organisations.queries.visitors import claims_of, delegates_of, own_claim
from ronghe.www.access import VISITOR, own_visitor, rule
from ronghe.www.visitor.forms import ClaimForm, DelegateForm


@rule(VISITOR)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Those I speak for or asked to, and one more; sent here it is asked."""
    if request.method == "GET":
        return _page(request)
    form, visitor = ClaimForm(request.POST), own_visitor(request)
    if not form.is_valid():
        return _page(request, claim_form=form)
    try:
        claim = claims.ask_claim(visitor, form.cleaned_data["credit_code"], at=timezone.now())
    except RongheError as error:
        form.add_error("credit_code", error.message)
        return _page(request, claim_form=form)
    visitors.learn_name(visitor, form.cleaned_data["name"])
    said = (
        gettext("核实通过，您现在可以代表%(name)s。")
        if claim.state == Claim.State.VERIFIED
        else gettext("已经收到。%(name)s由服务它的工作人员核实，有结果会发消息给您。")
    )
    messages.success(request, said % {"name": claim.enterprise.name})
    return redirect("my-enterprises")


def _page(
    request: HttpRequest, *, claim_form: ClaimForm | None = None, delegating: tuple[int, Any] | None = None
) -> HttpResponse:
    visitor = own_visitor(request)
    granted: dict[int, list[Any]] = {}
    for one in delegates_of(visitor):
        granted.setdefault(one.enterprise_id, []).append((one, masked(one.visitor.identity)))
    rows = []
    for claim in claims_of(visitor):
        is_owner = claim.state == Claim.State.VERIFIED and claim.role == Claim.Role.OWNER
        is_bound = delegating is not None and delegating[0] == claim.pk
        form = delegating[1] if delegating and is_bound else DelegateForm(prefix=f"c{claim.pk}")
        rows.append((claim, granted.get(claim.enterprise_id, []), form if is_owner else None))
    form = claim_form or ClaimForm(initial={"name": visitors.contact_of(visitor).name})
    is_refused = bool(form.errors) or delegating is not None
    return render(
        request,
        "visitor/enterprises.html",
        {"rows": rows, "form": form},
        status=422 if is_refused else 200,
    )


def _claim(request: HttpRequest, pk: int) -> Claim:
    claim = own_claim(own_visitor(request), pk)
    if claim is None:
        raise Http404
    return claim


@rule(VISITOR)
@require_POST
def add_delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a colleague act for the enterprise."""
    claim = _claim(request, pk)
    form = DelegateForm(request.POST, prefix=f"c{claim.pk}")
    if not form.is_valid():
        return _page(request, delegating=(claim.pk, form))
    try:
        claims.add_delegate(claim, **form.cleaned_data, at=timezone.now())
    except RongheError as error:
        form.add_error("phone", error.message)
        return _page(request, delegating=(claim.pk, form))
    messages.success(request, gettext("已经添加。他用自己的手机号登录，就能替企业办事。"))
    return redirect("my-enterprises")


@rule(VISITOR)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """I no longer speak for it, or a delegate of mine no longer does."""
    claim, visitor = _claim(request, pk), own_visitor(request)
    try:
        claims.end_claim(claim, by=visitor, at=timezone.now())
    except RongheError as error:
        messages.error(request, error.message)
    else:
        is_own = claim.visitor_id == visitor.pk
        messages.success(
            request,
            gettext("您不再代表%(name)s。") % {"name": claim.enterprise.name}
            if is_own
            else gettext("已经移除，他现在看不到企业的诉求了。"),
        )
    return redirect("my-enterprises")
