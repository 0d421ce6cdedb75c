"""公开答复: what was answered and is worth reading by others, personal data covered."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ronghe.casework.queries.public import answers_in, public_answers
from ronghe.www.access import PUBLIC, rule
from ronghe.www.public import exports
from ronghe.www.public.seeking import found_answers
from ronghe.www.sheets import as_sheet

ON_A_PAGE = 10


@rule(PUBLIC)
@require_GET
@as_sheet(exports.answers, is_public=True)
def show_answers(request: HttpRequest) -> HttpResponse:
    """The latest answers; or those that hold some words."""
    form, found = found_answers(request)
    page: Page[Any] = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "answers": page.object_list if isinstance(found, list) else answers_in(page.object_list),
        "is_narrowed": any(form.cleaned_data.get(name) for name in form.fields),
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
