"""Figures are entered on the page of their entry or unit, one small form for each quantity."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ronghe.core.errors import RongheError
from ronghe.definitions.things import Ref
from ronghe.organisations.queries import Powers, powers_of
from ronghe.registers.domain import record_figure
from ronghe.registers.queries import find_visible_or_404
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.registers.forms import FigureForm

if TYPE_CHECKING:
    from ronghe.registers.queries import FigureRow

INVALID = 422


class Recordable(Protocol):
    """A page with quantities its reader may write."""

    today: dt.date

    @property
    def recordable(self) -> list[FigureRow]: ...


def figure_forms(page: Recordable, data: Any = None) -> list[FigureForm]:
    """A form for each quantity the reader may write; the one that was sent is bound."""
    forms = []
    for row in page.recordable:
        sent = data if data is not None and f"f-{row.kind.code}-value" in data else None
        forms.append(FigureForm(sent, row=row, today=page.today))
    return forms


def write_figure(request: HttpRequest, forms: list[FigureForm], subject: Ref, powers: Powers) -> str | None:
    """Write the figure of the form that was sent; None: written. Else which it is: it says what was refused."""
    form = next((one for one in forms if one.is_bound), None)
    if form is None:
        return ""
    if form.is_valid():
        try:
            record_figure(
                subject, form.kind.code, form.cleaned_data["value"], powers=powers,
                actor=f"person:{account_of(request).person_id}", at=timezone.localtime(), **dict[str, Any](form.asked),
            )  # fmt: skip
        except RongheError as error:
            told = error.data.get("errors")
            for name, said in (told if isinstance(told, dict) else {"": error.message}).items():
                form.add_error(name if name in form.fields else None, said)
        else:
            messages.success(request, gettext("已记下：%(title)s。") % {"title": form.kind.title})
            return None
    return str(form.kind.code)


@rule(STAFF)
@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write one figure; refused, the page comes back with what was typed."""
    from ronghe.www.registers.page import EntryPage  # noqa: PLC0415 - the page shows these forms
    from ronghe.www.registers.reading import answer_entry  # noqa: PLC0415

    powers = powers_of(request.user, timezone.localdate())
    entry = find_visible_or_404(powers, pk)
    forms = figure_forms(EntryPage(entry, powers, powers.on), request.POST)
    asked = write_figure(request, forms, ("entry", entry.pk), powers)
    if asked is None:
        return redirect("register-entry", entry.pk)
    return answer_entry(request, entry, powers, forms=forms, asked=asked, status=INVALID)
