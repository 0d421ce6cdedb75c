"""公开台账: what `seen_by: {public: …}` opens, and nothing else."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.registers.models import Entry
from ronghe.registers.queries import find_public_or_404
from ronghe.registers.sight import ANYBODY
from ronghe.www.access import PUBLIC, rule
from ronghe.www.desk.views.desk import part_of
from ronghe.www.registers import exports
from ronghe.www.registers.forms import ShelfForm
from ronghe.www.registers.page import EntryPage
from ronghe.www.registers.shelf import Shelf
from ronghe.www.sheets import as_sheet

ON_A_PAGE = 30


@rule(PUBLIC)
@require_GET
def list_registers(request: HttpRequest) -> HttpResponse:
    """The registers open to everybody, with how many are in each."""
    today = timezone.localdate()
    rows = Entry.objects.public(today).order_by().values_list("register").annotate(Count("pk"))
    counts = dict(rows)
    bodies = [loaded.body for loaded in definitions.live(Kind.REGISTER, today)]
    shown = [(body, counts.get(body.code, 0)) for body in bodies if ANYBODY.sights(body)]
    shown.sort(key=lambda one: one[0].title)
    return render(request, "registers/public_index.html", {"registers": shown})


@rule(PUBLIC)
@require_GET
@as_sheet(exports.public_register, is_public=True)
def show_register(request: HttpRequest, code: str) -> HttpResponse:
    """One of them."""
    shelf = Shelf(code, None, timezone.localdate()).check()
    form = ShelfForm(request.GET, shelf=shelf)
    page = Paginator(form.found(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"shelf": shelf, "form": form, "page": page, "rows": shelf.rows(page.object_list)}
    return render(request, "registers/public_register.html" + part_of(request, "found"), context)


@rule(PUBLIC)
@require_GET
def show_entry(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One entry, as far as it is public."""
    today = timezone.localdate()
    entry = find_public_or_404(pk, today)
    if entry.register != code:
        raise Http404
    return render(request, "registers/public_entry.html", {"page": EntryPage(entry, None, today)})
