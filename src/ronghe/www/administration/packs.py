"""新版定义: upload a file, see what is wrong with it or what it changes, try it, and sign it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.casework.queries.pinned import pinned
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.definitions.comparing import differences
from ronghe.definitions.domain import Examined, drop, examine, propose, sign
from ronghe.definitions.enums import Kind, Power
from ronghe.definitions.models import Edition, Proposal
from ronghe.definitions.queries import Loaded
from ronghe.definitions.queries.editions import names, paper, standing
from ronghe.definitions.reading import LARGEST
from ronghe.definitions.wording import paper_of
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import account_of, rule
from ronghe.www.administration.calendars_files import names_of
from ronghe.www.administration.definitions import trial_page
from ronghe.www.administration.sections import ADMINISTERS
from ronghe.www.forms import PageForm

SHOWN = 20  # of the uploads, the latest


class UploadForm(PageForm):
    """One YAML file."""

    file = forms.FileField(
        label=_("定义文件"),
        help_text=_("一个 .yaml 文件，里面写一个定义，最大 1 MB。"),
        widget=forms.FileInput({"accept": ".yaml,.yml"}),
        max_length=120,
        error_messages={
            "required": _("请选择文件。"),
            "empty": _("这个文件是空的，请核对后重新选择。"),
            "invalid": _("文件没有传上来，请重新选择。"),
            "max_length": _("文件名太长了，请改短以后重新选择。"),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 1 MB，没有读入。一个文件只写一个定义。"))
        return file


class SignForm(PageForm):
    """From which day on it applies."""

    effective = forms.DateField(
        label=_("从哪天起生效"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写生效日期。"), "invalid": _("请写成 2026-12-01。")},
    )


@rule(ADMINISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_packs(request: HttpRequest) -> HttpResponse:
    """Upload a file; what was uploaded lately and what became of it."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = propose(file.read(), file_name=file.name, actor=_actor(request), at=timezone.now())
        except RongheError as error:
            form.add_error("file", error.message)
        else:
            return redirect("admin-proposal", made.pk)
    rows = list(Proposal.objects.select_related("edition").order_by("-pk")[:SHOWN])
    signers = names_of(one.uploaded_by for one in rows)
    context = {"form": form, "rows": [(one, signers.get(one.uploaded_by, "")) for one in rows]}
    return render(request, "administration/packs.html", context, status=422 if form.errors else 200)


@rule(ADMINISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wrong with a file, or what it changes and for whom; POST signs it."""
    proposal = get_object_or_404(Proposal.objects.select_related("edition"), pk=pk)
    found = examine(proposal, since=timezone.localdate())
    form = (
        SignForm(request.POST) if request.method == "POST" else SignForm(initial={"effective": _first(found)})
    )
    if request.method == "POST" and form.is_valid():
        try:
            edition = sign(
                proposal,
                effective=form.cleaned_data["effective"],
                actor=_actor(request),
                at=timezone.localtime(),
            )
        except RongheError as error:
            form.add_error(None, error.message)
        else:
            messages.success(
                request,
                gettext("已签发“%(title)s”，%(day)s起生效。")
                % {"title": edition.title, "day": edition.effective},
            )
            return redirect("admin-definition", edition.kind, edition.code)
    context = {
        "proposal": proposal,
        "found": found,
        "form": form,
        **_effect(found, powers_of(account_of(request), timezone.localdate())),
    }
    return render(request, "administration/proposal.html", context, status=422 if form.errors else 200)


def _effect(found: Examined, powers: Powers) -> dict[str, Any]:
    """The definition in words, the edition it follows, the changes and whom they meet."""
    if found.checked is None:
        return {}
    body = found.checked.body
    with remembering():
        known = standing(body.kind.value, body.code, timezone.localdate())
        after = paper_of(found.checked.document.data, names())
        before = known.editions[-1] if known else None
        changes = differences(paper(before), after) if before else []
    is_procedure = body.kind is Kind.PROCEDURE
    sees_cases = powers.has(Power.OVERSEE)
    used = pinned(powers, body.code) if is_procedure and sees_cases else {}
    return {
        "body": body,
        "kind_title": body.kind.chinese,
        "paper": after,
        "before": before,
        "changes": changes,
        "is_procedure": is_procedure,
        "sees_cases": sees_cases,
        "open": sum(row.open for row in used.values()),
    }


def _first(found: Examined) -> dt.date:
    """The day the file names, unless it has passed."""
    today = timezone.localdate()
    return max(found.checked.body.effective, today) if found.checked else today


@rule(ADMINISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def try_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in an example by an edition that is not signed yet."""
    proposal = get_object_or_404(Proposal, pk=pk)
    found = examine(proposal, since=timezone.localdate())
    if found.checked is None or found.checked.body.kind is not Kind.PROCEDURE:
        raise Http404
    body = found.checked.body
    edition = Edition(
        kind=body.kind.value,
        code=body.code,
        edition=body.label,
        effective=body.effective,
        title=body.title,
        body=json.dumps(found.checked.document.data),
        hash=f"proposal-{proposal.pk}",
    )
    loaded = Loaded(edition, body, min(body.effective, timezone.localdate()))
    return trial_page(request, loaded, {"chosen": edition, "proposal": proposal})


@rule(ADMINISTERS)
@require_POST
def drop_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an upload aside."""
    drop(get_object_or_404(Proposal, pk=pk), at=timezone.now())
    messages.success(request, gettext("已搁置，没有生效。"))
    return redirect("admin-packs")


def _actor(request: HttpRequest) -> str:
    return f"person:{account_of(request).person_id}"
