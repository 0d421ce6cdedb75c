"""文稿: what is to be written and signed, what was issued; one paper as it prints, and writing its parts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.bulletins import domain as bulletins, rules
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries import offers_for, to_write
from ronghe.bulletins.queries.composing import loaded_of
from ronghe.casework.domain.drafts import end_draft
from ronghe.core.errors import RongheError
from ronghe.organisations.queries import Powers
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.papers import exports
from ronghe.www.papers.forms import ISSUED, PartsForm, ReasonForm, WithdrawForm
from ronghe.www.papers.listing import abouts_of, form_for, issued_for, powers_for
from ronghe.www.papers.page import PaperPage, lines_of, page_or_404
from ronghe.www.sheets import as_sheet

ON_A_PAGE = 20


@rule(STAFF)
@require_GET
@never_cache
@as_sheet(exports.papers)
def list_papers(request: HttpRequest) -> HttpResponse:
    """What waits for me and my unit; or what was issued and I may read."""
    powers = powers_for(request)
    shows_issued, form = request.GET.get("show") == ISSUED, form_for(request)
    found = issued_for(powers, form) if shows_issued else to_write(powers)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    abouts = abouts_of(page.object_list, powers)
    context = {
        "form": form,
        "shows_issued": shows_issued,
        "page": page,
        "rows": [_row(powers, paper, abouts) for paper in page.object_list],
        "may_begin": bool(offers_for(powers, timezone.localdate())),
        "now": timezone.now(),
    }
    return render(request, "papers/list.html", context)


def _row(powers: Powers, paper: Bulletin, abouts: dict[int, str]) -> dict[str, Any]:
    signs = tuple(loaded_of(paper).body.signs) or (gettext("签发"),)
    place = len(paper.signed)
    return {
        "paper": paper,
        "about": abouts.get(paper.pk, ""),
        "next": signs[place] if place < len(signs) else "",
        "is_mine": rules.may_sign(powers, paper, signs),
    }


@rule(STAFF)
@require_GET
@never_cache
def show_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper as it prints, who signed, and what may be done with it."""
    return show(request, page_or_404(pk, powers_for(request)))


def show(request: HttpRequest, page: PaperPage, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; again with what was refused."""
    context = {
        "page": page,
        "paper": page.paper,
        "printed": page.printed,
        "lines": lines_of(page.printed),
        "return_form": ReasonForm(),
        "withdraw_form": WithdrawForm(),
        "now": timezone.now(),
        **more,
    }
    return render(request, "papers/paper.html", context, status=status)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def edit_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the parts; what somebody else wrote meanwhile is shown beside, and nothing typed is lost."""
    page = page_or_404(pk, powers_for(request))
    if not page.may_edit:
        messages.info(request, gettext("这份文稿现在不能改：不在拟稿，或者不由您的单位起草。"))
        return redirect("paper", pk)
    typed = take_typed(request)
    if request.method == "GET":
        return _edit(request, page, PartsForm(page.paper), restored={k: v[0] for k, v in typed.items() if v})
    form = PartsForm(page.paper, request.POST)
    if form.is_valid() and _changed(request, page, form):
        return redirect("paper", pk)
    return _edit(request, page, form, status=422)


def _edit(
    request: HttpRequest,
    page: PaperPage,
    form: PartsForm,
    *,
    status: int = 200,
    restored: dict[str, str] | None = None,
) -> HttpResponse:
    if restored:
        form.initial = {
            **form.initial,
            **{code: text for code, text in restored.items() if code in form.fields},
        }
    context = {
        "page": page,
        "paper": page.paper,
        "form": form,
        "differs": _differing(form),
        "restored": bool(restored),
        "draft": place_of(request, page.paper),
    }
    return render(request, "papers/edit.html", context, status=status)


def _differing(form: PartsForm) -> list[tuple[str, str]]:
    """What somebody else wrote meanwhile, where it is not what was typed here."""
    mine = form.values() if form.theirs else {}
    return [
        (str(form[part.code].label), form.theirs.get(part.code, ""))
        for part in form.parts
        if form.theirs and form.theirs.get(part.code, "") != mine.get(part.code, "")
    ]


def _changed(request: HttpRequest, page: PaperPage, form: PartsForm) -> bool:
    try:
        bulletins.change(
            page.paper.pk,
            parts=form.values(),
            revision=form.cleaned_data["revision"],
            powers=page.powers,
            at=timezone.now(),
        )
    except RongheError as error:
        if error.code == "stale":
            page.paper.refresh_from_db()
            form.take_theirs(page.paper)
        form.refuse(error)
        return False
    end_draft(f"person:{account_of(request).person_id}", place_of(request, page.paper))
    messages.success(request, gettext("已保存。"))
    return True


def place_of(request: HttpRequest, paper: Bulletin) -> str:
    """Where what is typed here is kept."""
    return f"paper-{paper.pk}-{account_of(request).pk}"
