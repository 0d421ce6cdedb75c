"""Tables into a register: looked through as a whole, written as a whole, or sent back with each row's fault."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.core.errors import RongheError
from ronghe.core.tables import Column, Heading, Status
from ronghe.management.imports.files import open_table
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.registers.domain import EntryIntake, Report, columns_of
from ronghe.registers.rules import keepers
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.registers.asking import units_offered
from ronghe.www.registers.forms import TableForm
from ronghe.www.registers.reading import my_powers
from ronghe.www.registers.shelf import Shelf

INVALID, SHOWN = 422, 100


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def take_table(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a file; import all of it, or say of every row that cannot be taken what to mend."""
    powers = my_powers(request)
    shelf = Shelf(code, powers, powers.on)
    if not shelf.may_add:
        raise PermissionDenied(gettext("这本台账不由您的单位登记，不能导入。"))
    units = units_offered(keepers(shelf.body, powers))
    form = TableForm(request.POST or None, request.FILES or None, units=units)
    context: dict[str, Any] = {"shelf": shelf, "form": form, "columns": columns_of(shelf.body)}
    if request.method == "POST" and form.is_valid():
        unit = Organisation.objects.get(code=form.cleaned_data.get("unit") or units[0][0])
        try:
            context |= _taken(form.cleaned_data["file"], shelf, powers, unit, account_of(request).person_id)
        except RongheError as error:
            form.add_error("file", error.message)
    is_wrong = bool(form.errors) or bool(context.get("faults"))
    return render(request, "registers/table.html", context, status=INVALID if is_wrong else 200)


def _taken(
    file: UploadedFile, shelf: Shelf, powers: Powers, unit: Organisation, person: int | None
) -> dict[str, Any]:
    intake = EntryIntake(shelf.body.code, powers, unit, f"person:{person}", timezone.localtime())
    with open_table(path_of(file), columns_of(shelf.body), file.name or "") as table:
        report = intake.take(table.rows)
        heading = table.heading
    counts = {str(status): report.count(status) for status in Status}
    return {"report": report, "counts": counts, "faults": faults(report, heading, columns_of(shelf.body))}


def path_of(file: UploadedFile) -> Path:
    """Where the upload handler wrote it."""
    return Path(file.temporary_file_path())  # type: ignore[attr-defined]


def faults(report: Report, heading: Heading, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The first faults: row, column as the file calls it (or as it is called where the file lacks it), what to do."""
    titles = {column.code: column.title for column in columns}
    told = []
    for verdict in report.refused:
        for code, reason in verdict.reasons.items():
            there = heading.place_of(code) is not None
            column = heading.title_of(code) if there else titles.get(code, "")
            told.append({"row": verdict.row.number, "column": column, "reason": reason})
    return told[:SHOWN]
