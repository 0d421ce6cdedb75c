"""党员名册: the rolls of the branches one keeps. Nobody else is shown who stands on them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.core.memory import remembering
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind as Definitions
from ronghe.organisations.domain.identity import masked
from ronghe.organisations.models import Appointment, Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.organisations.queries.members import branches_kept, find_members
from ronghe.organisations.queries.rolls import openly
from ronghe.www.access import rule
from ronghe.www.members.forms import AdmitForm, MembersForm, MoveForm
from ronghe.www.registry.acting import asked, perform
from ronghe.www.sheets import Column, Kind, Sheet, as_sheet, in_words

PAGE = 50
MOVING = "move-membership"  # the procedure that asks the other branch to receive, where the city has it
COLUMNS = (
    Column(_("支部"), width=36),
    Column(_("姓名"), width=12),
    Column(_("工号"), width=14),
    Column(_("名册"), width=12),
    Column(_("起"), Kind.DAY),
    Column(_("止"), Kind.DAY),
)


def KEEPS_ROLLS(user: object) -> bool:  # noqa: N802 - a rule, like STAFF
    """Whoever keeps the roll of some organisation."""
    return bool(powers_of(user, timezone.localdate()).scope("roll"))


def _powers(request: HttpRequest) -> Powers:
    return powers_of(request.user, timezone.localdate())


def _sheet(request: HttpRequest, pk: int | None = None) -> Sheet:
    form = MembersForm(request.GET, branch=None if pk is None else _unit(request, pk).pk)
    found = find_members(_powers(request), form.wanted)
    rows = (
        [
            one.post.organisation.name,
            one.person.name,
            one.person.employee_number or "",
            one.post.title,
            one.begins,
            one.ends,
        ]
        for one in found.iterator(chunk_size=500)
    )
    return Sheet(_("党员名册"), COLUMNS, rows, in_words(form), found.count())


@rule(KEEPS_ROLLS)
@as_sheet(_sheet)
@require_GET
@never_cache
def list_members(request: HttpRequest) -> HttpResponse:
    """Everybody on the rolls one keeps."""
    form = MembersForm(request.GET)
    with remembering():
        return render(request, "members/list.html", _context(request, form), status=form.status)


@rule(KEEPS_ROLLS)
@as_sheet(_sheet)
@require_GET
@never_cache
def show_branch(request: HttpRequest, pk: int) -> HttpResponse:
    """The roll of one branch."""
    unit, form = _unit(request, pk), MembersForm(request.GET, branch=pk)
    with remembering():
        context = _context(request, form) | {"unit": unit}
        return render(request, "members/list.html", context, status=form.status)


def _context(request: HttpRequest, form: MembersForm) -> dict[str, Any]:
    powers = _powers(request)
    branches = branches_kept(powers)
    page = Paginator(find_members(powers, form.wanted), PAGE).get_page(request.GET.get("page"))
    rows = [(one, _phone(one)) for one in page]
    count = sum(n for one, n in branches if form.branch in (None, one.pk))
    moving = definitions.find(Definitions.PROCEDURE, MOVING, powers.on)
    told = {"form": form, "page": page, "rows": rows, "branches": branches, "count": count}
    return {**told, "moving": moving.edition if moving else None}


def _phone(one: Appointment) -> str:
    return masked(one.person.identity).phone if one.person.identity else ""


def _unit(request: HttpRequest, pk: int) -> Organisation:
    """A branch whose roll one keeps; any other does not exist here."""
    if not _powers(request).may("roll", pk):
        raise Http404
    return get_object_or_404(Organisation, pk=pk)


@rule(KEEPS_ROLLS)
@require_http_methods(["GET", "POST"])
@never_cache
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody comes onto the roll of a branch."""
    return perform(request, asked(request, AdmitForm, unit=_unit(request, pk)))


@rule(KEEPS_ROLLS)
@require_http_methods(["GET", "POST"])
@never_cache
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves a roll, for another one's or for good."""
    powers = _powers(request)
    rows = Appointment.objects.select_related("person", "post__organisation").exclude(openly(powers.on))
    found = get_object_or_404(rows, pk=pk, ends=None, post__organisation__in=powers.scope("roll"))
    branches = [unit for unit, _count in branches_kept(powers)]
    return perform(request, asked(request, MoveForm, appointment=found, branches=branches))
