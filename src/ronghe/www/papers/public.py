"""公示公告: the notices that stand now, one of them, and saying something about it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries import paper_of, shown_to_public
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain as organisations
from ronghe.www.access import PUBLIC, keep_typed, rule, take_typed
from ronghe.www.limits import count_filing, filing_refusal
from ronghe.www.papers import exports
from ronghe.www.papers.page import lines_of
from ronghe.www.portal.files import attach_all
from ronghe.www.portal.forms import submission_of
from ronghe.www.portal.known import known_of
from ronghe.www.portal.offers import Offer
from ronghe.www.portal.submission import SubmissionPage, kept_initial
from ronghe.www.portal.views import CHANNEL, RECEIPTS
from ronghe.www.sheets import as_sheet

ON_A_PAGE = 20


class Answering(Offer):
    """What may be said about a notice; the procedure is open to the public on the notice's page only."""

    @property
    def about(self) -> str:
        """Who may say something, how long an answer takes, who learns who said it."""
        said = gettext("谁都可以提，可以不留姓名。")
        if limit := self._limit:
            answered = gettext("%(limit)s内答复。") % {"limit": limit.unit.counted(limit.amount)}
            return said + answered
        return said


class CommentPage(SubmissionPage):
    """The portal's forms, for a case about a notice."""

    def __init__(self, notice: Bulletin, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = notice
        self.parts.fields.pop("about_unit", None)

    def send(self, at: dt.datetime, channel: str) -> casework.Opened:
        """Open the case about the notice; the same submission again gives the same one."""
        parts = self.parts.cleaned_data
        return casework.open_case(
            self.offer.procedure,
            values=self.answers.values,
            files=self.answers.enclosed,
            at=at,
            submission=self.submission,
            channel=channel,
            contact=organisations.Contact(name=parts["name"], phone=parts["phone"]) or None,
            thing=("bulletin", self.notice.pk),
        )


@rule(PUBLIC)
@require_GET
@as_sheet(exports.notices, is_public=True)
def show_notices(request: HttpRequest) -> HttpResponse:
    """Those that stand now, the newest first; one that is over is not here any more."""
    found = Bulletin.objects.public(timezone.now()).select_related("organisation", "edition")
    page = Paginator(found.order_by("-issued_at", "-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(paper, title_for_public(paper)) for paper in page.object_list]
    return render(request, "papers/notices.html", {"page": page, "rows": rows})


def title_for_public(paper: Bulletin) -> str:
    """What everybody may call it: its title where that is shown, else its kind."""
    shown = shown_to_public(paper, timezone.localdate())
    return str(paper.title if shown("title") else paper.edition.title)


def _notice_or_404(pk: int) -> Bulletin:
    found = Bulletin.objects.public(timezone.now()).select_related("organisation", "edition")
    notice: Bulletin | None = found.filter(pk=pk).first()
    if notice is None:
        raise Http404
    return notice


def _answers(notice: Bulletin) -> Answering | None:
    """The kind of case that answers it, by the definition of the day."""
    today = timezone.localdate()
    loaded = definitions.find(Kind.BULLETIN, notice.bulletin, today)
    code = loaded.body.answers if loaded else None
    procedure = definitions.find(Kind.PROCEDURE, code, today) if code else None
    return Answering(procedure) if procedure else None


@rule(PUBLIC)
@require_GET
def show_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: who issued it, what it says as far as everybody may see, until when, and where to object."""
    notice = _notice_or_404(pk)
    printed = paper_of(notice, shown=shown_to_public(notice, timezone.localdate()))
    context = {
        "notice": notice,
        "printed": printed,
        "lines": lines_of(printed),
        "answers": _answers(notice),
    }
    return render(request, "papers/notice.html", context)


@rule(PUBLIC)
@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about a notice: the portal's form, and its receipt."""
    notice = _notice_or_404(pk)
    offer = _answers(notice)
    if offer is None:
        raise Http404
    if request.method == "GET":
        typed = kept_initial(take_typed(request))
        submission = submission_of(typed.get("submission", ""))
        initial = {**known_of(request, offer), **typed}
        return _ask(request, CommentPage(notice, offer, submission, initial=initial))
    submission = submission_of(request.POST.get("submission", ""))
    return _send(request, CommentPage(notice, offer, submission, request.POST, request.FILES))


def _ask(request: HttpRequest, page: CommentPage, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"page": page, "notice": page.notice, "title": title_for_public(page.notice), **more}
    return render(request, "papers/comment.html", context, status=status)


def _send(request: HttpRequest, page: CommentPage) -> HttpResponse:
    if not page.is_valid():
        return _ask(request, page, status=413 if page.parts.is_too_large else 422)
    now, parts = timezone.now(), page.parts.cleaned_data
    known = Case.objects.filter(submission=page.submission).exists()
    refused = None if known else filing_refusal(request, parts["phone"], now)
    if refused is not None:
        if refused.by_code:
            keep_typed(request)
        page.parts.add_error(None, refused.says)
        return _ask(request, page, status=429, by_code=refused.by_code)
    try:
        opened = page.send_once(now, CHANNEL)
    except RongheError as error:
        errors = error.data.get("errors")
        page.answers.take_errors(errors if isinstance(errors, dict) else {"": error.message})
        return _ask(request, page, status=422)
    if not known:
        count_filing(request, parts["phone"], now)
    _receive(request, page.submission, opened.case, parts["photos"])
    return redirect("receipt", page.submission)


def _receive(request: HttpRequest, submission: uuid.UUID, case: Case, photos: Any) -> None:
    """Keep the receipt for this browser; files that were not taken are said there."""
    lost = attach_all(case, photos, f"requester:{case.pk}")
    kept = request.session.get(RECEIPTS, {})
    request.session[RECEIPTS] = {**kept, str(submission): {"case": case.pk, "lost": lost}}
