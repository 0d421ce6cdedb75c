"""写明职责: both duties of a leadership seat, written by whoever leads the unit or administers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.organisations.models import Post
from ronghe.organisations.queries import powers_of
from ronghe.organisations.rules import may_describe
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.forms import DefinedForm, form_class


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def describe(request: HttpRequest, pk: int, which: int) -> HttpResponse:
    """Ask what the post's definition asks, and write it down."""
    found = Post.objects.select_related("organisation").filter(organisation=pk, ends=None)
    post = get_object_or_404(found, pk=which)
    form = _form(request, post)
    if not may_describe(powers_of(request.user, timezone.localdate()), post):
        raise PermissionDenied(gettext("岗位职责由本单位负责人或者管理员填写。请把要改的内容告诉他们。"))
    if request.method == "POST" and form.is_valid():
        actor = f"person:{account_of(request).person_id}"
        try:
            domain.describe_post(post, values=form.values, actor=actor, at=timezone.localtime())
        except RongheError as error:
            told = error.data.get("errors")
            form.take_errors(told if isinstance(told, dict) else {"": error.message})
        else:
            messages.success(request, gettext("已经写明“%(post)s”的职责。") % {"post": post.title})
            return redirect("organisation", pk)
    context = {"form": form, "post": post, "unit": post.organisation}
    return render(request, "registry/duties.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, post: Post) -> DefinedForm:
    loaded = definitions.find(Kind.POST, post.kind, timezone.localdate())
    if loaded is None or loaded.body.form is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    kept = {key: values[-1] for key, values in take_typed(request).items()} if data is None else {}
    built = form_class(f"post-{post.kind}", loaded.edition.edition, loaded.body.form)
    lists = definitions.lists_of(loaded.body.form, timezone.localdate())
    return built(data, initial={**post.values, **kept}, lists=lists)
