"""查进度: where it is, who has it, when they must answer; add, take back and rate, with number and code only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from ronghe.casework import domain as casework
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.attachments import file_or_404, requesters_files
from ronghe.casework.queries.finding import follow
from ronghe.casework.queries.links import read_token
from ronghe.casework.queries.timeline import timeline
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.judgements import domain as judgements
from ronghe.judgements.queries import given_to
from ronghe.www.access import PUBLIC, keep_typed, rule, take_typed
from ronghe.www.files import FileLine, give
from ronghe.www.portal.files import attach_all
from ronghe.www.portal.forms import FollowForm, NoteForm, WithdrawForm
from ronghe.www.portal.reading import rating_form, said_in, scores
from ronghe.www.portal.standing import standing_of
from ronghe.www.portal.submission import kept_initial

FOLLOWED = "followed"


@rule(PUBLIC)
@require_http_methods(["GET", "POST"])
def ask_follow(request: HttpRequest) -> HttpResponse:
    """Number and code; right ones open the case for this browser until it is closed."""
    form = FollowForm(request.POST or None)
    if form.is_valid():
        case = follow(form.cleaned_data["number"], form.cleaned_data["code"])
        if case is not None:
            return _remember(request, case)
        form.add_error(
            None, gettext("编号和查询码对不上。请对照提交成功时的那一页再填一次；查询码里没有字母 O 和 I。")
        )
    return render(request, "portal/follow.html", {"form": form}, status=422 if form.errors else 200)


@rule(PUBLIC)
@require_GET
def follow_link(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The link of the receipt: opens the case and leaves the code out of the address from here on."""
    case = follow(number, code)
    if case is None:
        form = FollowForm({"number": number, "code": ""}, initial={"number": number})
        form.errors.clear()
        form.add_error(None, gettext("这个网址里的查询码不对，可能没有复制完整。请填写编号和查询码。"))
        return render(request, "portal/follow.html", {"form": form}, status=422)
    return _remember(request, case)


@rule(PUBLIC)
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link that was sent to the requester: opens the case where something is asked of them."""
    link = read_token(token)
    case = Case.objects.filter(pk=link.case_id).first() if link else None
    if link is None or case is None:
        form = FollowForm()
        says = gettext("这个链接不完整或已经失效。请填写编号和查询码查看进展。")
        return render(request, "portal/follow.html", {"form": form, "says": says}, status=404)
    _remember(request, case)
    return redirect(f"{reverse('follow-case', args=[case.number])}#{link.purpose}")


def _remember(request: HttpRequest, case: Case) -> HttpResponse:
    request.session[FOLLOWED] = {**request.session.get(FOLLOWED, {}), case.number: case.pk}
    return redirect("follow-case", case.number)


def _followed(request: HttpRequest, number: str) -> Case | None:
    pk = request.session.get(FOLLOWED, {}).get(number)
    found: Case | None = (
        Case.objects.select_related("responsible", "edition").filter(pk=pk, number=number).first()
        if pk
        else None
    )
    return found


Act = Callable[[HttpRequest, Case], "HttpResponse | None"]


def _acting(act: Act) -> Callable[[HttpRequest, str], HttpResponse]:
    """A POST on a followed case. An expired session keeps what was typed and asks for the code again."""

    @rule(PUBLIC)
    @require_http_methods(["GET", "POST"])
    def view(request: HttpRequest, number: str) -> HttpResponse:
        case = _followed(request, number)
        if case is None or request.method == "GET":
            if request.method == "POST":
                keep_typed(request)
            return _open(request, number)
        refused = act(request, case)
        return refused or redirect("follow-case", number)

    return view


@rule(PUBLIC)
@require_GET
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    """The case as its requester sees it."""
    return _open(request, number)


@rule(PUBLIC)
@require_safe
@never_cache
def fetch_file(request: HttpRequest, number: str, no: int) -> HttpResponseBase:
    """A file the requester sent; without number and code given before, they are asked for."""
    case = _followed(request, number)
    if case is None:
        return redirect("follow-case", number)
    return give(request, file_or_404(requesters_files(case), no), back=reverse("follow-case", args=[number]))


def _open(request: HttpRequest, number: str) -> HttpResponse:
    case = _followed(request, number)
    if case is None:
        says = gettext("请填写查询码。页面放置太久或换了手机，需要重新填一次；刚才写的内容替您留着。")
        return render(
            request, "portal/follow.html", {"form": FollowForm(initial={"number": number}), "says": says}
        )
    return _show(request, case, typed=take_typed(request, reverse("follow-note", args=[number])))


def _show(
    request: HttpRequest,
    case: Case,
    *,
    status: int = 200,
    typed: dict[str, list[str]] | None = None,
    **forms: Any,
) -> HttpResponse:
    given = list(given_to(("case", case.pk)))
    is_open = case.state == CaseState.OPEN
    procedure = definitions.by_edition(case.edition_id)
    is_rated = any(judgement.round == case.round for judgement in given)
    may_withdraw = is_open and "withdraw" in procedure.body.flow.outcomes
    context = {
        "case": case,
        "standing": standing_of(case, timezone.now()),
        "lines": timeline(case, is_public=True),
        "replies": case.replies.exclude(sent_at=None).select_related("organisation").order_by("-no"),
        "given": scores(given),
        "said": said_in(case, procedure),
        "files": [
            FileLine(file, reverse("follow-file", args=[case.number, file.no]))
            for file in requesters_files(case)
        ],
        "rate_form": rating_form(case) if case.state == CaseState.CLOSED and not is_rated else None,
        # A draft ends with the note it became, so the count of notes is part of its name.
        "note_draft": f"note-{case.number}-{case.notes.filter(actor=_requester(case)).count()}",
        "note_form": NoteForm(initial=kept_initial(typed or {})) if is_open else None,
        "withdraw_form": WithdrawForm() if may_withdraw else None,
        **forms,
    }
    return render(request, "portal/case.html", context, status=status)


def _requester(case: Case) -> str:
    return f"requester:{case.pk}"


def _by(case: Case) -> casework.By:
    return casework.By(_requester(case), timezone.now())


def _add_note(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = NoteForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(
            request, case, status=413 if form.has_error("photos", "too-large") else 422, note_form=form
        )
    try:
        casework.add_note(case.pk, _by(case), text=form.cleaned_data["text"])
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, case, status=422, note_form=form)
    lost = attach_all(case, form.cleaned_data["photos"], _requester(case))
    messages.success(request, gettext("已经补充，办理单位能看到。"))
    if lost:
        messages.error(request, lost)
    return None


def _withdraw(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _show(request, case, status=422, withdraw_form=form)
    try:
        casework.withdraw_case(case.pk, _by(case), note=form.cleaned_data["reason"])
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, case, status=422, withdraw_form=form)
    messages.success(request, gettext("已经撤回，不再办理。以前的记录都还在，以后有事可以再提。"))
    return None


def _rate(request: HttpRequest, case: Case) -> HttpResponse | None:
    form = rating_form(case, request.POST) if case.state == CaseState.CLOSED else None
    if form is None or not form.is_valid():
        return _show(request, case, status=422, rate_form=form)
    rated = judgements.Rated(case.pk, case.procedure, case.round, case.responsible_id)
    try:
        judgements.rate_case(rated, values=form.values, actor=_requester(case), at=timezone.now())
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, case, status=422, rate_form=form)
    messages.success(request, gettext("谢谢您的评价。如果没有解决好，系统会按规定重新办理，这一页上能看到。"))
    return None


add_note = _acting(_add_note)
withdraw = _acting(_withdraw)
rate = _acting(_rate)
