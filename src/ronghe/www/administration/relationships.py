"""关系: what is linked to what today, both ends in words."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ronghe.organisations.queries.links import find_links, named_links
from ronghe.www.access import rule
from ronghe.www.administration.listing import PAGE, RelationshipsForm, powers_here
from ronghe.www.administration.sections import ADMINISTERS
from ronghe.www.desk.views.desk import part_of


@rule(ADMINISTERS)
@require_GET
def list_relationships(request: HttpRequest) -> HttpResponse:
    """The relationships that run today, the newest first."""
    form = RelationshipsForm(request.GET, powers=powers_here(request))
    found = find_links(form.today, kind=form.given("kind"), text=form.given("q"))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [
        (form.kinds.get(link.relationship.kind, ""), link)
        for link in named_links(list(page.object_list), form.today)
    ]
    context = {"form": form, "page": page, "rows": rows}
    template = "administration/relationships.html" + part_of(request, "found")
    return render(request, template, context, status=form.status)
