"""数据 of a unit or an area: the quantities its kind has, who may write which, a page of them."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.registers.queries import FigureRow, figures_of
from ronghe.registers.rules import may_record
from ronghe.registers.sight import opened_quantities
from ronghe.www.access import STAFF, rule
from ronghe.www.registers.figure_lines import Figures, told_figures
from ronghe.www.registers.figures import INVALID, figure_forms, write_figure


class UnitFigures:
    """The figures of a unit that somebody may read and write."""

    def __init__(self, unit: Organisation, powers: Powers) -> None:
        self.unit, self.powers = unit, powers
        self.today: dt.date = powers.on
        found = definitions.find(Kind.ORGANISATION, unit.kind, powers.on)
        self.body = found.body if found else None

    @cached_property
    def kinds(self) -> list[QuantityKind]:
        """What the reader sees: opened to them, or theirs to write."""
        if self.body is None or not self.body.quantities:
            return []
        seen = opened_quantities(self.powers, self.body, self.unit.pk)
        return [kind for kind in self.body.quantities if kind.code in seen or self._writes(kind)]

    def _writes(self, kind: QuantityKind) -> bool:
        return self.unit.ends is None and may_record(self.powers, kind, self.unit.pk, is_own=True)

    @property
    def figures(self) -> list[Figures]:
        """By quantity, the latest period first."""
        return told_figures(self.kinds, figures_of(("organisation", self.unit.pk), self.kinds))

    @property
    def recordable(self) -> list[FigureRow]:
        """The quantities the reader may write."""
        return [FigureRow(kind, "") for kind in self.kinds if self._writes(kind)]


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def show_figures(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of a unit, and a small form for each the reader may write."""
    powers = powers_of(request.user, timezone.localdate())
    page = UnitFigures(get_object_or_404(Organisation, pk=pk), powers)
    if not page.kinds:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    forms = figure_forms(page, sent)
    asked: str | None = ""
    if sent is not None:
        asked = write_figure(request, forms, ("organisation", pk), powers)
        if asked is None:
            return redirect("unit-figures", pk)
    context = {"page": page, "unit": page.unit, "forms": forms, "asked": asked}
    return render(request, "registers/unit.html", context, status=INVALID if sent is not None else 200)
