"""A list as a workbook, made in memory; and who signed what, by name."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from ronghe.organisations.models import Person

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def workbook(name: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """The rows under their heading, as a download."""
    import xlsxwriter  # noqa: PLC0415 - 13 MB of a web worker, for those that write a table

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, _OPTIONS) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heading) - 1, 20)
        for number, row in enumerate((heading, *rows)):
            sheet.write_row(number, 0, row)
    answer = HttpResponse(made.getvalue(), content_type=WORKBOOK)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(name)}"
    return answer


def _quoted(name: str) -> str:
    return "".join(f"%{byte:02X}" for byte in name.encode())


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """`person:12` → the name; what is not a person is left out. One statement."""
    wanted = {actor: int(actor[7:]) for actor in actors if actor.startswith("person:")}
    names = dict(Person.objects.filter(pk__in=wanted.values()).values_list("pk", "name")) if wanted else {}
    return {actor: names[person] for actor, person in wanted.items() if person in names}
