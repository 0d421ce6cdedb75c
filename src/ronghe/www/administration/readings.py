"""身份查看记录: who looked at a protected identity, when, and the reason they gave."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ronghe.casework.models import Case
from ronghe.organisations.queries.readings import readers, readings, told
from ronghe.www.access import account_of, rule
from ronghe.www.administration.sections import WATCHES
from ronghe.www.forms import PageForm
from ronghe.www.registry.forms import DayField

PAGE = 30


class ReadingsForm(PageForm):
    """By whom, from which day and up to which day; what cannot be understood filters nothing."""

    person = forms.ChoiceField(label=_("查看人"), required=False)
    since = DayField(label=_("从"), required=False)
    until = DayField(label=_("到"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        people = [(str(person.pk), person.name) for person in readers()]
        self.fields["person"].choices = [("", gettext("全部")), *people]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """What is asked of the ledger."""
        self.is_valid()
        said = self.cleaned_data
        until = said.get("until")
        return {
            "person_id": int(said["person"]) if said.get("person") else None,
            "since": _midnight(said.get("since")),
            "before": _midnight(until + dt.timedelta(days=1)) if until else None,
        }


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else timezone.make_aware(dt.datetime.combine(day, dt.time()))


@rule(WATCHES)
@require_GET
@never_cache
def show_readings(request: HttpRequest) -> HttpResponse:
    """Newest first. The case and the reason stand there only for who may see the case."""
    form = ReadingsForm(request.GET)
    entries = readings(**form.wanted()).prefetch_related("touches")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    rows = told(page.object_list)
    visible = Case.objects.visible_to(account_of(request)).filter(
        pk__in=[row.case_id for row in rows if row.case_id]
    )
    numbers = dict(visible.values_list("pk", "number"))
    context = {
        "form": form,
        "page": page,
        "rows": [
            (row, numbers.get(row.case_id or 0, ""), row.case_id is None or row.case_id in numbers)
            for row in rows
        ],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "administration/readings.html", context)
