"""Views that leak, one way each: the examination must find every one of them. Mounted by test_can_fail only."""

from __future__ import annotations

import io
import zipfile

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, URLResolver, include, path
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.organisations.domain import find_by_phone, open_contact
from ronghe.www.access import PUBLIC, STAFF, account_of, rule


def undeclared(_request: HttpRequest) -> HttpResponse:
    """No rule at all."""
    return HttpResponse("nothing")


@rule(PUBLIC)
def too_open(_request: HttpRequest) -> HttpResponse:
    """Titles for everybody."""
    return HttpResponse("\n".join(Case.objects.values_list("title", flat=True)))


@rule(STAFF)
def count_all(_request: HttpRequest) -> HttpResponse:
    """Only a number, but of all."""
    return HttpResponse(str(Case.objects.count()))


@rule(STAFF)
def order_by_hidden(request: HttpRequest) -> HttpResponse:
    """Nothing but what may be seen, counted on from what may not."""
    cases = list(Case.objects.order_by("number"))
    seen = set(Case.objects.visible_to(account_of(request)).values_list("pk", flat=True))
    return HttpResponse("\n".join(f"{n} {case.title}" for n, case in enumerate(cases) if case.pk in seen))


@rule(STAFF)
def search_by_phone(request: HttpRequest) -> HttpResponse:
    """Visible cases only, but found by a phone nobody may know."""
    form = '<form action="/leak/search/"><input type="search" name="q"></form>'
    cases = Case.objects.visible_to(account_of(request)).filter(
        identity__in=find_by_phone(request.GET.get("q", ""))
    )
    return HttpResponse(form + " ".join(cases.values_list("number", flat=True)))


@rule(STAFF)
def export(request: HttpRequest) -> HttpResponse:
    """Visible cases, with who asked, packed so that no plain look finds it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for case in Case.objects.visible_to(account_of(request)).select_related("identity"):
            if case.identity is not None:
                archive.writestr(f"{case.number}.xml", open_contact(case.identity).phone)
    return HttpResponse(packed.getvalue(), content_type="application/zip")


@rule(STAFF)
def in_header(_request: HttpRequest, number: str) -> HttpResponse:
    """A page that says nothing, and a header that does; hidden cases exist."""
    case = get_object_or_404(Case, number=number)
    return HttpResponse("", headers={"X-Title": case.title.encode().hex(), "X-Code": str(case.values)})


@rule(STAFF)
def in_part(request: HttpRequest) -> HttpResponse:
    """A page that says nothing, and a part of it for HTMX that does."""
    titles = Case.objects.values_list("title", flat=True)
    return HttpResponse("\n".join(titles) if request.htmx else "")  # type: ignore[attr-defined]


@rule(STAFF)
def forbidden(request: HttpRequest, number: str) -> HttpResponse:
    """Says of a hidden case that it may not be seen, and so that there is one."""
    case = get_object_or_404(Case, number=number)
    if not Case.objects.visible_to(account_of(request)).filter(pk=case.pk).exists():
        return HttpResponse(status=403)
    return HttpResponse(case.title)


@rule(STAFF)
def write(request: HttpRequest, number: str) -> HttpResponse:
    """A remark on any case that can be seen, by whoever sees it."""
    case = find_visible_or_404(account_of(request), number)
    if request.method == "POST":
        domain.add_note(case.pk, By("system:test", timezone.now()), text="一句话")
    return redirect("case", number)


@rule(PUBLIC)
def of_something_new(_request: HttpRequest, thing: str) -> HttpResponse:
    """A parameter nobody says how to fill."""
    return HttpResponse(thing)


urlpatterns: list[URLPattern | URLResolver] = [
    path("leak/undeclared/", undeclared, name="leak-undeclared"),
    path("leak/open/", too_open, name="leak-open"),
    path("leak/count/", count_all, name="leak-count"),
    path("leak/order/", order_by_hidden, name="leak-order"),
    path("leak/search/", search_by_phone, name="leak-search"),
    path("leak/export/", export, name="leak-export"),
    path("leak/<str:number>/header/", in_header, name="leak-header"),
    path("leak/part/", in_part, name="leak-part"),
    path("leak/<str:number>/forbidden/", forbidden, name="leak-forbidden"),
    path("leak/<str:number>/write/", write, name="leak-write"),
    path("leak/<str:thing>/new/", of_something_new, name="leak-new"),
    path("", include("ronghe.www.urls")),
]
