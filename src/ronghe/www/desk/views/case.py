"""案件页: one case, and everything that may be done with it from there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_GET, require_http_methods

from ronghe.casework import domain as casework
from ronghe.casework.domain.drafts import end_draft
from ronghe.casework.exceptions import StaleRevision
from ronghe.casework.models import Case
from ronghe.casework.queries.echo import was_done
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.casework.queries.worklist import next_item
from ronghe.core.errors import RongheError
from ronghe.core.procedure.voting import COUNTED
from ronghe.definitions.queries import calendar
from ronghe.organisations import domain as organisations
from ronghe.www.access import KEPT, STAFF, account_of, rule, take_typed
from ronghe.www.desk.acts import ActForm, find_act, offers_of
from ronghe.www.desk.doing import DOERS
from ronghe.www.desk.forms import RevealForm
from ronghe.www.desk.page import CasePage
from ronghe.www.desk.told import told_after
from ronghe.www.live import work_on_case
from ronghe.www.visitor.drafts import owners_of

STALE = 409


@rule(STAFF)
@require_GET
@never_cache
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    """The case; what was typed before the sign-in ran out stands in its form again."""
    page = _page(request, number)
    kept = request.session.get(KEPT) or {"path": ""}
    at = kept["path"].removeprefix(reverse("case", args=[number])).strip("/").split("/")
    typed = (
        take_typed(request, kept["path"]) if kept["path"].startswith(reverse("case", args=[number])) else {}
    )
    return show_page(request, page, kept=(*_wanted(at), _values(typed)) if typed else None)


def _page(request: HttpRequest, number: str) -> CasePage:
    return CasePage(
        find_visible_or_404(account_of(request), number), account_of(request), timezone.localtime()
    )


def _wanted(parts: list[str]) -> tuple[str, int, str]:
    """Which form an address below the case's own means: `step/2/ready`, `pause/2`, `note`."""
    name, step, outcome = (*parts, "", "")[:3]
    return name, int(step) if step.isdigit() else 0, outcome


def _values(typed: dict[str, list[str]]) -> dict[str, Any]:
    return {key: values[0] if len(values) == 1 else values for key, values in typed.items()}


def show_page(request: HttpRequest, page: CasePage, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; `sent` and `kept` as `offers_of` takes them, the rest for the template."""
    offers, whole = offers_of(page, more.pop("sent", None), more.pop("kept", None))
    return _render(request, page, offers, whole, status=status, **more)


def _render(
    request: HttpRequest, page: CasePage, offers: Any, whole: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    more["live"] = work_on_case(request, page.case)
    more.setdefault("reveal", RevealForm() if page.acts.may_reveal else None)
    context = page.context(offers=offers, whole=whole, **more)
    return render(request, "desk/case.html", context, status=status)


@rule(STAFF)
@require_GET
@conditional_page
def show_now(request: HttpRequest, number: str) -> HttpResponse:
    """The parts of the page that go on, without its forms; unchanged it is 304. `seen`: the revision the page was opened with."""
    page = _page(request, number)
    page.seen = _number(request.GET.get("seen"))
    context = page.context(is_new=page.seen < page.case.revision)
    answer = render(request, "desk/case_now.html", context)
    answer["Cache-Control"] = "private, no-cache"
    return answer


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def act(request: HttpRequest, number: str, name: str, step: int = 0, outcome: str = "") -> HttpResponse:
    """Do one thing with the case. A GET is somebody coming back from signing in again."""
    if request.method == "GET":
        return show_case(request, number)
    page = _page(request, number)
    wanted = (name, step, outcome)
    page.seen = _number(request.POST.get("revision"))
    offers, whole = offers_of(page, sent=(*wanted, request.POST), files=request.FILES)
    form = find_act(offers, whole, wanted)
    if form is None:
        return _gone(request, page, wanted)
    if not form.is_valid():
        return _render(request, page, offers, whole, status=413 if form.is_too_large else 422, sent=form)
    try:
        _do(request, page, form)
    except StaleRevision:
        page = _page(request, number)
        page.seen = _number(request.POST.get("revision"))
        return _gone(request, page, wanted)
    except RongheError as error:
        form.refuse(error)
        return _render(request, page, offers, whole, status=422, sent=form)
    return _onwards(request, page, form)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _do(request: HttpRequest, page: CasePage, form: ActForm) -> None:
    """Ask the domain; the same form sent a moment ago is done already, and a remark never collides."""
    actor = f"person:{account_of(request).person_id}"
    seen = page.seen or 0
    if seen < page.case.revision and was_done(
        page.case, since=seen, actor=actor, kind=form.entry, data=form.data, **form.texts()
    ):
        return
    revision = page.case.revision if form.name == "note" else seen
    form.do(casework.By(actor, page.now, page.powers, revision))


def _gone(request: HttpRequest, page: CasePage, wanted: tuple[str, int, str]) -> HttpResponse:
    """The form is no longer among those offered: sent twice by this person, done by somebody else, or never theirs."""
    name, step, outcome = wanted
    actor, seen = f"person:{account_of(request).person_id}", page.seen or 0
    prefix = f"{name}-{step}-{outcome}".rstrip("-")
    texts = {key: request.POST.get(f"{prefix}-{key}", "") for key in ("note", "reply")}
    data = {"step": step, "outcome": outcome} if name == "step" else {}
    if outcome == COUNTED:
        del data["outcome"]
    if was_done(page.case, since=seen, actor=actor, kind=DOERS[name][0], data=data, **texts):
        return redirect("case", page.case.number)
    if seen and seen < page.case.revision:
        return _stale(request, page, wanted)
    raise PermissionDenied(gettext("这一步不由您的岗位办理。如需办理，请联系承办单位或分办人员。"))


def _stale(request: HttpRequest, page: CasePage, wanted: tuple[str, int, str]) -> HttpResponse:
    """Somebody else acted meanwhile: what was typed, beside what is new."""
    offers, whole = offers_of(page, sent=(*wanted, request.POST))
    form = find_act(offers, whole, wanted)
    lost = [] if form else _words_of(request.POST)
    return _render(request, page, offers, whole, status=STALE, stale=True, sent=form, lost=lost)


def _words_of(data: MultiValueDict[str, str]) -> list[str]:
    """What was typed into a form that is no longer there."""
    return [value for key, value in data.items() if "-" in key and isinstance(value, str) and value.strip()]


def _onwards(request: HttpRequest, page: CasePage, form: ActForm) -> HttpResponse:
    """After a step the next one: of this case while it goes on with the same person, else of the worklist."""
    case = Case.objects.get(pk=page.case.pk)
    for owner in owners_of(request):
        end_draft(owner, f"{case.number}-{form.key}")
    now = CasePage(case, account_of(request), page.now)
    messages.success(request, told_after(form, now))
    if form.name != "step":
        return redirect("case", case.number)
    stays = form.outcome != "transfer" and now.acts.steps
    return redirect("case", case.number) if stays else next_place(request, _due(page, form))


def _due(page: CasePage, form: ActForm) -> dt.datetime | None:
    dues = [step.due for step in page.steps if step.no == form.step] + [page.case.due]
    return min((due for due in dues if due), default=None)


def next_place(request: HttpRequest, after: dt.datetime | None) -> HttpResponse:
    """The next case of the worklist, or the worklist when nothing follows."""
    item = next_item(account_of(request), timezone.localtime(), calendar(), after=after)
    return redirect("case", item.case.number) if item else redirect("desk")


@rule(STAFF)
@require_GET
@never_cache
def show_similar(request: HttpRequest, number: str) -> HttpResponse:
    """Open cases told alike, asked for once the page of the case stands."""
    page = _page(request, number)
    template = "desk/similar.html" if request.htmx else "desk/similar_page.html"  # type: ignore[attr-defined]
    return render(request, template, {"case": page.case, "similar": page.similar()})


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def preview_reply(request: HttpRequest, number: str, step: int, outcome: str) -> HttpResponse:
    """The reply exactly as it would be sent, with what to look at again; nothing is kept."""
    if request.method == "GET":
        return show_case(request, number)
    page = _page(request, number)
    wanted = ("step", step, outcome)
    offers, whole = offers_of(page, sent=(*wanted, request.POST))
    form = find_act(offers, whole, wanted)
    reply = form.reply if form else None
    if reply is None:
        raise PermissionDenied(gettext("这一步不由您的岗位办理。如需办理，请联系承办单位或分办人员。"))
    reply.is_valid()
    text = reply.composed()
    context = {"page": page, "case": page.case, "text": text, "checked": page.checked(text)}
    whole_page = "desk/reply_preview_page.html"
    return render(request, "desk/reply_preview.html" if request.htmx else whole_page, context)  # type: ignore[attr-defined]


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Read a protected identity: a POST with a reason, recorded; shown once and kept nowhere."""
    if request.method == "GET":
        return show_case(request, number)
    page = _page(request, number)
    if not page.acts.may_reveal or page.case.identity is None:
        raise PermissionDenied(gettext("查看受保护的身份要有专门授权。确有需要，请找本单位的信访专员。"))
    form = RevealForm(request.POST)
    if not form.is_valid():
        return show_page(request, page, status=422, reveal=form)
    actor, about = f"person:{account_of(request).person_id}", ("case", page.case.pk)
    try:
        contact = organisations.reveal(
            page.case.identity, actor=actor, reason=form.cleaned_data["reason"], at=page.now, about=about
        )
    except RongheError as error:
        form.add_error("reason", error.message)
        return show_page(request, page, status=422, reveal=form)
    return show_page(request, page, revealed=contact)
