"""台账 as they are read: all of them, one with its filters, one entry on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.organisations.queries import Powers, powers_of
from ronghe.registers.models import Entry
from ronghe.registers.queries import find_visible_or_404
from ronghe.registers.rules import keepers
from ronghe.registers.sight import Reader, check_by, reader_of
from ronghe.www.access import STAFF, rule
from ronghe.www.desk.views.desk import part_of
from ronghe.www.files import give
from ronghe.www.registers import exports
from ronghe.www.registers.figures import figure_forms
from ronghe.www.registers.forms import ShelfForm
from ronghe.www.registers.page import EntryPage
from ronghe.www.registers.shelf import Shelf
from ronghe.www.registry.forms import DayForm
from ronghe.www.sheets import as_sheet

ON_A_PAGE = 30


@dataclass(frozen=True)
class Counted:
    """A register in the list of all."""

    body: RegisterDefinition
    count: int
    stale: int
    may_add: bool


def my_powers(request: HttpRequest) -> Powers:
    """What who asks may do today."""
    return powers_of(request.user, timezone.localdate())


@rule(STAFF)
@require_GET
def list_registers(request: HttpRequest) -> HttpResponse:
    """Every register that has anything for the reader, by what it is like, with how many are in it."""
    powers = my_powers(request)
    words = (gettext("有办理过程的"), gettext("要定期核对的"), gettext("其他"))
    groups: dict[str, list[Counted]] = {name: [] for name in words}
    counted = _counted(powers)
    for one in counted:
        if one.count:
            groups[words[_group(one.body)]].append(one)
    context = {
        "groups": [(name, registers) for name, registers in groups.items() if registers],
        "bare": [one for one in counted if not one.count],
    }
    return render(request, "registers/index.html", context)


def _counted(powers: Powers) -> list[Counted]:
    reader, on = reader_of(powers), powers.on
    bodies: list[RegisterDefinition] = [loaded.body for loaded in definitions.live(Kind.REGISTER, on)]
    fresh = {body.code: before for body in bodies if (before := check_by(body, on))}
    stale = Q(pk__in=[])
    for code, before in fresh.items():
        stale |= Q(register=code, confirmed_on__lt=before)
    live = Entry.objects.visible_with(powers).live_on(on)
    rows = live.order_by().values_list("register").annotate(all=Count("pk"), stale=Count("pk", filter=stale))
    counts = {code: (every, old) for code, every, old in rows}
    return [
        Counted(body, *counts.get(body.code, (0, 0)), bool(keepers(body, powers)))
        for body in sorted(bodies, key=lambda body: body.title)
        if body.code in counts or _is_theirs(body, reader, powers)
    ]


def _is_theirs(body: RegisterDefinition, reader: Reader, powers: Powers) -> bool:
    return reader.oversees or bool(reader.sights(body)) or bool(keepers(body, powers))


def _group(body: RegisterDefinition) -> int:
    """What it is like: with a life, to be confirmed now and then, neither."""
    return 0 if body.life else 1 if body.fresh_for else 2


@rule(STAFF)
@require_GET
@as_sheet(exports.one_register)
def show_register(request: HttpRequest, code: str) -> HttpResponse:
    """One register under its filters, paged."""
    shelf = Shelf(code, my_powers(request), timezone.localdate()).check()
    form = ShelfForm(request.GET, shelf=shelf)
    page = Paginator(form.found(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"shelf": shelf, "form": form, "page": page, "rows": shelf.rows(page.object_list)}
    return render(request, "registers/register.html" + part_of(request, "found"), context)


@rule(STAFF)
@require_GET
def show_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry as it stood on a day."""
    powers = my_powers(request)
    entry = find_visible_or_404(powers, pk)
    form = DayForm(request.GET, today=powers.on)
    return answer_entry(request, entry, powers, form=form)


@rule(STAFF)
@require_safe
@never_cache
def fetch_file(request: HttpRequest, pk: int, no: int) -> HttpResponseBase:
    """A file of an entry, under a field the reader may see."""
    powers = my_powers(request)
    entry = find_visible_or_404(powers, pk)
    seen = EntryPage(entry, powers, powers.on).seen
    row = entry.files.exclude(path="").filter(no=no, field__in=seen).first()
    if row is None:
        raise Http404
    return give(request, row.kept, back=reverse("register-entry", args=[pk]))


def answer_entry(
    request: HttpRequest,
    entry: Entry,
    powers: Powers,
    *,
    form: DayForm | None = None,
    asked: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of an entry; `asked`: the figure form that was sent and refused."""
    form = form or DayForm({}, today=powers.on)
    page = EntryPage(entry, powers, powers.on, form.day)
    context = {"page": page, "entry": entry, "form": form, "asked": asked}
    context["forms"] = more.pop("forms", None) or figure_forms(page)
    return render(request, "registers/entry.html", context | more, status=max(status, form.status))
