"""The acts on a unit by whoever administers it: asked, said in words, then done."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.organisations.models import Organisation
from ronghe.www.access import rule
from ronghe.www.administration.sections import MANAGES
from ronghe.www.registry.acting import asked, perform
from ronghe.www.registry.acts import EndForm, MergeForm, MoveForm, OnUnit, RenameForm
from ronghe.www.registry.facts import DescribeForm
from ronghe.www.registry.keeping import AssignForm
from ronghe.www.registry.links import PartForm, RelateForm
from ronghe.www.registry.seats import (
    AppointForm,
    EndPostForm,
    HandOverForm,
    LeaveForm,
    OpenPostForm,
    RenamePostForm,
)

ACTS: Mapping[str, type[OnUnit]] = {
    "rename": RenameForm,
    "move": MoveForm,
    "merge": MergeForm,
    "end": EndForm,
    "describe": DescribeForm,
    "appoint": AppointForm,
    "post": OpenPostForm,
    "relate": RelateForm,
    "assign": AssignForm,
    "leave": LeaveForm,
    "hand-over": HandOverForm,
    "rename-post": RenamePostForm,
    "end-post": EndPostForm,
    "part": PartForm,
}
OF_A_ROW = frozenset(
    {"leave", "hand-over", "rename-post", "end-post", "part"}
)  # asked about one row of the page


@rule(MANAGES)
@require_http_methods(["GET", "POST"])
@never_cache
def act(request: HttpRequest, pk: int, name: str, which: int | None = None) -> HttpResponse:
    """One act on a unit, or on one of its rows."""
    unit = get_object_or_404(Organisation, pk=pk)
    if name not in ACTS or (name in OF_A_ROW) != (which is not None):
        raise Http404
    return perform(request, asked(request, ACTS[name], unit=unit, which=which))
