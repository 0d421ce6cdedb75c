"""提诉求: say it, see that it was received."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core import creditcode
from ronghe.core.errors import RongheError
from ronghe.organisations.queries import by_credit_code
from ronghe.www.access import PUBLIC, keep_typed, rule, take_typed
from ronghe.www.limits import count_filing, filing_refusal
from ronghe.www.portal.files import attach_all
from ronghe.www.portal.forms import TEXT_LENGTH, StartForm, submission_of
from ronghe.www.portal.hints import hints_for
from ronghe.www.portal.known import (
    draft_of,
    end_drafts,
    firms_of,
    known_of,
    learn,
    place_of,
    unfinished,
)
from ronghe.www.portal.offers import (
    SEARCHED_FROM,
    first_offers,
    grouped,
    offer_of,
    offers,
    offers_like,
)
from ronghe.www.portal.standing import standing_of
from ronghe.www.portal.submission import SubmissionPage, kept_initial
from ronghe.www.qr import qr_svg

RECEIPTS = "receipts"
CHANNEL = "web"


@rule(PUBLIC)
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """One address for saying it: first the text and its kind, then what that kind needs, then sent."""
    if request.method == "GET":
        return _open(request)
    submission = submission_of(request.POST.get("submission", ""))
    offer = offer_of(request.POST.get("kind", ""))
    stage = request.POST.get("stage")
    if stage == "again":
        return _ask_kind(
            request,
            StartForm(offers=first_offers(request.POST.get("kind", "")), initial=_carried(request)),
            submission,
        )
    if stage == "similar":
        form = StartForm(offers=first_offers(request.POST.get("kind", "")), initial=_carried(request))
        return _ask_kind(request, form, submission, **hints_for(_carried(request)["text"], first_offers()))
    if stage == "send" and offer is not None:
        return _send(request, SubmissionPage(offer, submission, request.POST, request.FILES))
    typed = {**request.POST.dict(), "text": _carried(request)["text"]}
    form = StartForm(typed, offers=first_offers(request.POST.get("kind", "")))
    if not form.is_valid() or offer is None:
        hints = hints_for(form["text"].value() or "", first_offers())
        return _ask_kind(request, form, submission, status=422, **hints)
    return _ask(
        request, SubmissionPage(offer, submission, initial={**known_of(request, offer), **_carried(request)})
    )


@rule(PUBLIC)
@require_POST
def show_hints(request: HttpRequest) -> HttpResponse:
    """Similar answers and the likely kind, while the text is being written."""
    hints = hints_for(request.POST.get("text", "")[:TEXT_LENGTH], first_offers())
    return render(request, "portal/start.html#hints", hints)


def _open(request: HttpRequest) -> HttpResponse:
    typed = kept_initial(take_typed(request))
    offer = offer_of(typed.get("kind") or request.GET.get("kind", ""))
    submission = submission_of(typed.get("submission", ""))
    if offer is None:
        form = StartForm(offers=first_offers(), initial={"kind": _likely(request), **typed})
        return _ask_kind(request, form, submission, restored=bool(typed), unfinished=unfinished(request))
    begun = submission_of(request.GET.get("draft", ""))
    if draft := draft_of(request, offer, begun):
        submission, typed = begun, {**draft, **typed}
    page = SubmissionPage(offer, submission, initial={**known_of(request, offer), **typed})
    return _ask(request, page, restored=bool(typed))


def _likely(request: HttpRequest) -> str:
    """Who speaks for an enterprise most likely asks in its name; of others nothing is supposed."""
    if not firms_of(request):
        return ""
    return next((offer.code for offer in first_offers() if offer.wants_enterprise), "")


def _carried(request: HttpRequest) -> dict[str, Any]:
    """What was typed so far, so that nothing is asked twice when the kind changes."""
    carried = kept_initial(request.POST)
    offer = offer_of(request.POST.get("kind", ""))
    if "text" not in carried:
        code = SubmissionPage(offer, uuid.uuid4()).text_code if offer else "detail"
        carried["text"] = carried.get(code, "")
    return carried


def _ask_kind(
    request: HttpRequest, form: StartForm, submission: uuid.UUID, *, status: int = 200, **more: Any
) -> HttpResponse:
    others = len(offers()) - len(first_offers())
    context = {"form": form, "submission": submission, "others": others, **more}
    return render(request, "portal/start.html", context, status=status)


@rule(PUBLIC)
@require_GET
def list_kinds(request: HttpRequest) -> HttpResponse:
    """Everything the public may ask for, by who one is; a search where there is much."""
    asked = request.GET.get("q", "")[:40]
    context = {
        "groups": grouped(offers_like(asked)),
        "asked": asked,
        "is_searched": bool(asked) or len(offers()) > SEARCHED_FROM,
    }
    return render(request, "portal/kinds.html", context)


def _ask(request: HttpRequest, page: SubmissionPage, *, status: int = 200, **more: Any) -> HttpResponse:
    firms = firms_of(request) if page.offer.wants_enterprise else []
    told = dict(firms).get(str(page.parts["credit_code"].value() or ""), "")
    context = {
        "page": page,
        "draft": place_of(page.offer, page.submission),
        "firms": firms,
        "enterprise_name": told,
        **more,
    }
    return render(request, "portal/submit.html", context, status=status)


def _too_often(request: HttpRequest, page: SubmissionPage) -> HttpResponse | None:
    """The page again, nothing lost, where too much is filed; the very same submission sent twice is not once more."""
    refused = filing_refusal(request, page.parts.cleaned_data["phone"], timezone.now())
    if refused is None or Case.objects.filter(submission=page.submission).exists():
        return None
    if refused.by_code:
        keep_typed(request)
    page.parts.add_error(None, refused.says)
    return _ask(request, page, status=429, by_code=refused.by_code)


def _send(request: HttpRequest, page: SubmissionPage) -> HttpResponse:
    if not page.is_valid():
        return _ask(request, page, status=413 if page.is_too_large else 422)
    if refused := _too_often(request, page):
        return refused
    try:
        opened = page.send_once(timezone.now(), CHANNEL)
    except RongheError as error:
        errors = error.data.get("errors")
        page.answers.take_errors(errors if isinstance(errors, dict) else {"": error.message})
        return _ask(request, page, status=422)
    parts = page.parts.cleaned_data
    if str(page.submission) not in request.session.get(RECEIPTS, {}):
        count_filing(request, parts["phone"], timezone.now())
    learn(request, parts["name"], parts["phone"])
    end_drafts(request, page.offer, page.submission)
    lost = attach_all(opened.case, parts["photos"], f"requester:{opened.case.pk}")
    request.session[RECEIPTS] = {
        **request.session.get(RECEIPTS, {}),
        str(page.submission): {"case": opened.case.pk, "lost": lost},
    }
    return redirect("receipt", page.submission)


@rule(PUBLIC)
@require_GET
def show_receipt(request: HttpRequest, submission: uuid.UUID) -> HttpResponse:
    """Number, code and link, to this browser only."""
    kept = request.session.get(RECEIPTS, {}).get(str(submission))
    case = (
        Case.objects.select_related("responsible").filter(pk=kept["case"], submission=submission).first()
        if kept
        else None
    )
    if case is None:
        raise Http404
    code = casework.follow_code_of(submission)
    link = reverse("follow-link", args=[case.number, code])
    full_link = request.build_absolute_uri(link)
    context = {
        "case": case,
        "code": code,
        "link": link,
        "full_link": full_link,
        "qr": qr_svg(full_link, title=gettext("扫一扫，看办理进度")),
        "lost": kept["lost"],
        "standing": standing_of(case, timezone.now()),
    }
    return render(request, "portal/receipt.html", context)


@rule(PUBLIC)
@require_GET
def look_up_enterprise(request: HttpRequest) -> HttpResponse:
    """The name that belongs to a code, while it is being typed; public register data only."""
    typed = request.GET.get("credit_code", "").strip()
    context: dict[str, str] = {}
    if typed:
        try:
            found = by_credit_code(creditcode.check(typed))
            context = (
                {"enterprise_name": found.name}
                if found
                else {
                    "enterprise_says": gettext("代码没有写错，但系统里还没有这家企业，请在提交后补上名称。")
                }
            )
        except RongheError as error:
            context = {"enterprise_says": error.message}
    return render(request, "portal/submit.html#enterprise", context)
