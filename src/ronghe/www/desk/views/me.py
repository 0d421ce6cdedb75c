"""我的: who I am here, the way to every page, and who acts for me while I am away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.messages.domain import Address, send
from ronghe.organisations.domain import delegate, end_delegation
from ronghe.organisations.domain.delegations import LONGEST, REASON_MOST
from ronghe.organisations.exceptions import in_words
from ronghe.organisations.models import Delegation, Person
from ronghe.organisations.queries import delegations_given, delegations_taken, posts_of
from ronghe.organisations.queries.delegations import possible_takers
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.desk.forms import text_field
from ronghe.www.desk.saved import kept_by
from ronghe.www.forms import PageForm
from ronghe.www.inbox.hooks import MAY_SUBSCRIBE
from ronghe.www.registry.forms import DayField

TAKERS = "takers"  # the id of the page's datalist of colleagues
MOST_TAKERS = 200


class DelegateForm(PageForm):
    """Who acts for me, from which day to which (both included), and why."""

    taker = forms.CharField(label=_("请谁代办"), max_length=60)
    first = DayField(label=_("从哪天起"), required=True)
    last = DayField(label=_("到哪天止（含当天）"), required=True)
    reason = text_field(_("事由"), rows=2, most=REASON_MOST)

    def __init__(self, *args: Any, giver: Person, on: dt.date, **kwargs: Any) -> None:
        self.giver, self.takers = giver, possible_takers(giver.pk, on)
        super().__init__(*args, **kwargs)
        self.fields["taker"].widget.attrs |= {"list": TAKERS, "autocomplete": "off"}
        self.fields["taker"].error_messages["required"] = _("请填写一位同事的姓名。")

    def clean_taker(self) -> Person:
        """The colleague of that name or employee number, among those who may act for me."""
        typed = self.cleaned_data["taker"].strip()
        found = list(self.takers.filter(name=typed)[:2]) or list(self.takers.filter(employee_number=typed))
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("叫这个名字的同事不止一位，请改填工号。"))
        if typed in (self.giver.name, self.giver.employee_number):
            raise forms.ValidationError(_("不能请自己代办，请另选一位同事。"))
        raise forms.ValidationError(
            _("本单位和上级、下级单位里没有叫“%(name)s”的在任同事，请核对姓名或改填工号。"),
            params={"name": typed},
        )

    def do(self, *, actor: str, at: dt.datetime) -> Delegation:
        """Give it, and tell the colleague. Raises OrganisationError."""
        given = self.cleaned_data
        with transaction.atomic():
            made = delegate(
                self.giver,
                given["taker"],
                begins=given["first"],
                ends=given["last"] + dt.timedelta(days=1),
                reason=given["reason"],
                actor=actor,
                at=at,
            )
            days = {name: in_words(given[name]) for name in ("first", "last")}
            words = {"name": self.giver.name, **days}
            send(
                Address("person", made.taker_id),
                kind="delegation-began",
                title=gettext("%(name)s请您代办") % words,
                text=gettext("%(first)s至%(last)s，%(name)s能办的件您都能办，记录上同时写明您和对方。")
                % words,
                link=reverse("me"),
                at=at,
            )
        return made


@rule(STAFF)
@require_http_methods(["GET", "POST"])
def show_me(request: HttpRequest) -> HttpResponse:
    """Who I am here, and the way to every page; a colleague is asked to act for me."""
    account, now = account_of(request), timezone.localtime()
    if account.person is None:
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "desk/me.html", {})
    kept = {key: values[-1] for key, values in take_typed(request).items()}
    data = request.POST if request.method == "POST" else None
    form = DelegateForm(data, giver=account.person, on=now.date(), initial={"first": now.date(), **kept})
    if form.is_bound and form.is_valid():
        try:
            made = form.do(actor=f"person:{account.person_id}", at=now)
        except RongheError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, gettext("已请%(name)s代办，并告诉了对方。") % {"name": made.taker.name})
            return redirect("me")
    return _show(request, account.person, form, now.date())


@rule(STAFF)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End what I gave; what is not mine is not found."""
    account, now = account_of(request), timezone.localtime()
    delegation = delegations_given(account.person_id or 0, now.date()).filter(pk=pk).first()
    if delegation is None:
        raise Http404
    end_delegation(delegation, actor=f"person:{account.person_id}", at=now)
    messages.success(request, gettext("%(name)s不再代您办理。") % {"name": delegation.taker.name})
    return redirect("me")


def _show(request: HttpRequest, person: Person, form: DelegateForm, on: dt.date) -> HttpResponse:
    context = {
        "posts": posts_of(person, on),
        "form": form,
        "given": [_shown(one) for one in delegations_given(person.pk, on)],
        "taken": [_shown(one) for one in delegations_taken(person.pk, on)],
        "takers": form.takers.values_list("name", flat=True)[:MOST_TAKERS],
        "datalist": TAKERS,
        "filters": kept_by(person),
        "longest": LONGEST,
        "may_subscribe": MAY_SUBSCRIBE(request.user),
    }
    return render(request, "desk/me.html", context, status=422 if form.errors else 200)


def _shown(delegation: Delegation) -> tuple[Delegation, dt.date]:
    """With its last day."""
    return delegation, (delegation.ends or dt.date.max) - dt.timedelta(days=1)
