"""岗位: which posts there are, who sits in them, which are vacant."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ronghe.organisations.queries.accounts import find_posts, sitting_in
from ronghe.www.access import rule
from ronghe.www.administration.listing import PAGE, PostsForm, powers_here
from ronghe.www.administration.sections import MANAGES
from ronghe.www.desk.views.desk import part_of


@rule(MANAGES)
@require_GET
def list_posts(request: HttpRequest) -> HttpResponse:
    """The posts of the units who asks looks after."""
    form = PostsForm(request.GET, powers=powers_here(request))
    page = Paginator(find_posts(form.wanted), PAGE).get_page(request.GET.get("page"))
    posts = list(page.object_list)
    sitting = sitting_in(posts, form.today)
    rows = [(post, sitting[post.pk]) for post in posts]
    context = {"form": form, "page": page, "rows": rows}
    template = "administration/posts.html" + part_of(request, "found")
    return render(request, template, context, status=form.status)
