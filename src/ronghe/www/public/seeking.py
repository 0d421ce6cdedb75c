"""What the page of public answers is asked, and what it finds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.queries.public import Answer, answers_found, public_answers
from ronghe.organisations.models import Organisation
from ronghe.www.forms import PageForm

LONGEST = 60


class AnswersForm(PageForm):
    """What is looked for; the address holds it."""

    q = forms.CharField(
        label=_("找什么"), max_length=LONGEST, required=False, widget=forms.TextInput({"type": "search"})
    )
    unit = forms.CharField(label=_("单位"), max_length=64, required=False, widget=forms.Select)

    def __init__(self, data: Any, units: list[tuple[str, str]]) -> None:
        super().__init__({"q": data.get("q", "")[:LONGEST], "unit": data.get("unit", "")[:64]})
        self.fields["unit"].widget.choices = [("", gettext("全部")), *units]


def found_answers(request: HttpRequest) -> tuple[AnswersForm, list[Answer] | Any]:
    """The form, and the answers that hold its words; without words a queryset of cases, the latest first."""
    answered = public_answers(timezone.localdate())
    units = Organisation.objects.filter(pk__in=answered.order_by().values("responsible")).order_by("name")
    form = AnswersForm(request.GET, [(unit.code, unit.name) for unit in units])
    form.is_valid()
    words, unit = form.cleaned_data.get("q", "").strip(), form.cleaned_data.get("unit", "")
    if unit:
        answered = answered.filter(responsible__code=unit)
    return form, answers_found(answered, words) if words else answered
