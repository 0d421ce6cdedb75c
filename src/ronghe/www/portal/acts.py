"""What a requester does on the page of their case: add, answer what is asked, take back, rate, complain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from ronghe.casework import domain as casework
from ronghe.casework.domain.complaining import complain as complain_about
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.asked import question_of
from ronghe.core.errors import RongheError
from ronghe.judgements import domain as judgements
from ronghe.organisations.domain.visitors import phones_of
from ronghe.organisations.models import Identity
from ronghe.www.access import PUBLIC, STAFF, keep_typed, rule, visitor_of
from ronghe.www.forms import PageForm
from ronghe.www.portal.casepage import complaint_form, show
from ronghe.www.portal.files import attach_all
from ronghe.www.portal.followed import (
    ANSWER,
    ask_again,
    followed,
    is_remembered,
    is_staffs_own,
    kept_words,
    remember,
    to_case,
)
from ronghe.www.portal.forms import NoteForm, WithdrawForm
from ronghe.www.portal.reading import rating_form

CHANNEL = "web"
Act = Callable[[HttpRequest, Case], "HttpResponse | None"]


def _acting(act: Act) -> Callable[[HttpRequest, str], HttpResponse]:
    """A POST on a followed case. An expired session keeps what was typed and asks for the code again."""

    @rule(PUBLIC)
    @require_http_methods(["GET", "POST"])
    def view(request: HttpRequest, number: str) -> HttpResponse:
        case = followed(request, number)
        if case is None:
            keep_typed(request)
            return ask_again(request, number)
        if request.method == "GET":
            return show(request, case, typed=kept_words(request, number))
        refused = act(request, case)
        return refused or to_case(case)

    return view


def _refused(request: HttpRequest, case: Case, error: RongheError | None = None, **sent: Any) -> HttpResponse:
    """The page again with the form that was sent and what is to change; other forms are as they stand."""
    form: PageForm = next(iter(sent.values()))
    if error is not None:
        errors = error.data.get("errors")
        if isinstance(errors, dict) and hasattr(form, "take_errors"):
            form.take_errors(errors)
        else:
            form.add_error(None, error.message)
    too_large = "photos" in form.fields and form.has_error("photos", "too-large")
    return show(request, case, status=413 if too_large else 422, **sent)


def _by(case: Case) -> casework.By:
    return casework.By(f"requester:{case.pk}", timezone.now())


def _keep_files(request: HttpRequest, case: Case, form: NoteForm) -> None:
    if lost := attach_all(case, form.cleaned_data["photos"], f"requester:{case.pk}"):
        messages.error(request, lost)


def _add_note(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = NoteForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, case, note_form=form)
    try:
        casework.add_note(case.pk, _by(case), text=form.cleaned_data["text"])
    except RongheError as error:
        return _refused(request, case, error, note_form=form)
    messages.success(request, gettext("已经补充，办理单位能看到。"))
    _keep_files(request, case, form)
    return None


def _supplement(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = NoteForm(request.POST, request.FILES, prefix=ANSWER)
    if not form.is_valid():
        return _refused(request, case, supplement_form=form)
    if is_staffs_own(request, case):
        form.add_error(
            None, gettext("您是办理单位的工作人员，不能替诉求人补充。请退出登录，由诉求人自己填。")
        )
        return _refused(request, case, supplement_form=form)
    if question_of(case) is None:
        form.add_error(None, gettext("现在没有需要您补充的内容。如有新情况，可以在“还有要说的”里写。"))
        return _refused(request, case, supplement_form=form)
    text = form.cleaned_data["text"]
    _keep_files(request, case, form)
    try:
        casework.answer_supplement(case.pk, text=text, actor=f"requester:{case.pk}", at=timezone.now())
    except RongheError as error:
        return _refused(request, case, error, supplement_form=form)
    messages.success(request, gettext("收到您的补充，办理接着往下走，期限接着算。"))
    return None


def _withdraw(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _refused(request, case, withdraw_form=form)
    try:
        casework.withdraw_case(case.pk, _by(case), note=form.cleaned_data["reason"])
    except RongheError as error:
        return _refused(request, case, error, withdraw_form=form)
    messages.success(request, gettext("已经撤回，不再办理。以前的记录都还在，以后有事可以再提。"))
    return None


def _rate(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = rating_form(case, request.POST) if case.state == CaseState.CLOSED else None
    if form is None:
        return show(request, case, status=422)
    if not form.is_valid():
        return _refused(request, case, rate_form=form)
    try:
        judgements.rate_case(
            judgements.Rated(case.pk, case.procedure, _round(request, case), case.responsible_id),
            values=form.values,
            actor=f"requester:{case.pk}",
            at=timezone.now(),
            is_staff=STAFF(request.user),
        )
    except RongheError as error:
        return _refused(request, case, error, rate_form=form)
    case.refresh_from_db(fields=["state"])
    is_reopened = case.state == CaseState.OPEN
    messages.success(
        request,
        gettext("谢谢您的评价。这件事已经重新办理，进展在这一页上看。")
        if is_reopened
        else gettext("谢谢您的评价。"),
    )
    return None


def _round(request: HttpRequest, case: Case) -> int:
    """The round whose answer the reader had before them."""
    said = request.POST.get("round", "")
    return int(said) if said.isdecimal() else case.round


def _complain(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = complaint_form(request.POST)
    if form is None:
        return show(request, case, status=422)
    if not form.is_valid():
        return _refused(request, case, complaint_form=form)
    try:
        opened = complain_about(
            case.pk,
            values=form.values,
            at=timezone.now(),
            identity=_complainant(request, case),
            channel=CHANNEL,
        )
    except RongheError as error:
        return _refused(request, case, error, complaint_form=form)
    remember(request, opened.case)
    said = gettext("投诉收到了，编号 %(number)s，由监督人员核查，办理单位看不到。进展在这一页的“投诉”里看。")
    messages.success(request, said % {"number": opened.case.number})
    return None


def _complainant(request: HttpRequest, case: Case) -> Identity | None:
    """Who complains: the visitor, where they follow the case for an enterprise; else (None) whoever asked."""
    visitor = visitor_of(request)
    if visitor is None or is_remembered(request, case):
        return None
    is_own = case.identity is not None and case.identity.phone_index in phones_of(visitor)
    return None if is_own else visitor.identity


add_note = _acting(_add_note)
supplement = _acting(_supplement)
withdraw = _acting(_withdraw)
rate = _acting(_rate)
complain = _acting(_complain)
