"""公开答复: what was answered and is worth reading by others, personal data covered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.casework.queries.public import answers_found, answers_in, public_answers
from ronghe.organisations.models import Organisation
from ronghe.www.access import PUBLIC, rule
from ronghe.www.forms import PageForm

ON_A_PAGE = 10
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


@rule(PUBLIC)
@require_GET
def show_answers(request: HttpRequest) -> HttpResponse:
    """The latest answers; or those that hold some words."""
    answered = public_answers(timezone.localdate())
    units = Organisation.objects.filter(pk__in=answered.order_by().values("responsible")).order_by("name")
    form = AnswersForm(request.GET, [(unit.code, unit.name) for unit in units])
    form.is_valid()
    words, unit = form.cleaned_data.get("q", "").strip(), form.cleaned_data.get("unit", "")
    if unit:
        answered = answered.filter(responsible__code=unit)
    found = answers_found(answered, words) if words else None
    page: Page[Any] = Paginator(answered if found is None else found, ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "answers": page.object_list if found is not None else answers_in(page.object_list),
        "is_narrowed": bool(words or unit),
    }
    return render(request, "public/answers.html", context)


@rule(PUBLIC)
@require_GET
def show_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer in full; whatever is not public is not there."""
    found = public_answers(timezone.localdate()).filter(pk=pk)
    told = answers_in(found[:1])
    if not told:
        raise Http404
    return render(request, "public/answer.html", {"answer": told[0]})
