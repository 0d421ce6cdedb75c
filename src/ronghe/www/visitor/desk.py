"""企业账号核实: whoever serves an enterprise says who speaks for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.core.errors import RongheError
from ronghe.organisations.domain import claims, masked, visitors
from ronghe.organisations.models import Claim
from ronghe.organisations.queries import Powers, powers_of
from ronghe.organisations.queries.visitors import may_settle_any, to_settle
from ronghe.www.access import account_of, rule
from ronghe.www.sheets import Column, Kind, Sheet, as_sheet, by_parts
from ronghe.www.visitor.forms import RefuseForm

ON_A_PAGE = 30


def may_settle_claims(user: Any) -> bool:
    """Whether somebody serves an enterprise, or sits at a triage desk, today."""
    return may_settle_any(powers_of(user, timezone.localdate()))


def _powers(request: HttpRequest) -> Powers:
    return powers_of(account_of(request), timezone.localdate())


def _sheet(request: HttpRequest) -> Sheet:
    """The claims listed; the phone is covered as on the page."""
    found = _listed(request)
    columns = [
        Column(_("企业"), width=40),
        Column(_("申请人"), width=12),
        Column(_("电话"), width=16),
        Column(_("状态"), width=12),
        Column(_("申请时间"), Kind.MOMENT),
    ]
    told = by_parts(found, lambda part: [_claim_line(claim, _who(claim)) for claim in part])
    return Sheet(_("企业账号核实"), columns, told, "", found.count())


def _claim_line(claim: Claim, who: dict[str, str]) -> list[Any]:
    return [claim.enterprise.name, who["name"], who["phone"], claim.get_state_display(), claim.asked_at]


def _listed(request: HttpRequest) -> Any:
    is_done = request.GET.get("state") == Claim.State.VERIFIED
    state = Claim.State.VERIFIED if is_done else Claim.State.ASKED
    return to_settle(_powers(request)).filter(state=state).order_by("asked_at", "pk")


@rule(may_settle_claims)
@require_GET
@as_sheet(_sheet)
def list_claims(request: HttpRequest) -> HttpResponse:
    """Those waiting, the oldest first; or those in force."""
    is_done = request.GET.get("state") == Claim.State.VERIFIED
    page = Paginator(_listed(request), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(claim, _who(claim)) for claim in page.object_list]
    return render(request, "visitor/claims.html", {"page": page, "rows": rows, "is_done": is_done})


def _who(claim: Claim) -> dict[str, str]:
    """The name, to be asked about at the enterprise, and the end of the phone."""
    identity = claim.visitor.identity
    return {"name": visitors.contact_of(claim.visitor).name, "phone": masked(identity).phone}


@rule(may_settle_claims)
@require_http_methods(["GET", "POST"])
def show_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim: confirm, refuse with a ground, or end it."""
    powers = _powers(request)
    claim = to_settle(powers).filter(pk=pk).first()
    if claim is None:
        raise Http404
    act = request.POST.get("act", "")
    form = RefuseForm(request.POST if act == "refuse" else None)
    if act == "refuse" and not form.is_valid():
        return _show(request, claim, form, status=422)
    if not act:
        return _show(request, claim, form)
    try:
        _do(act, claim, powers, form)
    except RongheError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("已经办好，申请人会收到消息。"))
    return redirect("claims")


def _do(act: str, claim: Claim, powers: Powers, form: RefuseForm) -> None:
    at = timezone.now()
    if act == "end":
        claims.end_claim(claim, powers=powers, at=at)
        return
    ground = {"ground": form.cleaned_data["ground"]} if act == "refuse" else {}
    claims.settle_claim(claim, powers=powers, approve=act == "approve", at=at, **ground)


def _show(request: HttpRequest, claim: Claim, form: RefuseForm, status: int = 200) -> HttpResponse:
    context = {
        "claim": claim,
        "who": _who(claim),
        "form": form,
        "is_asked": claim.state == Claim.State.ASKED,
        "is_verified": claim.state == Claim.State.VERIFIED,
    }
    return render(request, "visitor/claim.html", context, status=status)
