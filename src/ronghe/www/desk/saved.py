"""常用条件: the present filter of a list under a name, one tap away; mine alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_POST

from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind as DefinitionKind
from ronghe.organisations.domain.filters import remove_filter, rename_filter, save_filter
from ronghe.organisations.models import Person, SavedFilter
from ronghe.organisations.queries import by_code
from ronghe.rows import Question
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.activities.forms import ListForm, activity_kinds
from ronghe.www.checks.forms import RatingsForm
from ronghe.www.desk.forms import CasesForm, FilterForm
from ronghe.www.duties.forms import grid_form
from ronghe.www.papers.listing import papers_form
from ronghe.www.registry.forms import CoverageForm, EnterprisesForm, TreeForm
from ronghe.www.stats.forms import StatsForm

NOT_KEPT = ("page", "count", "before", "format", "all", "groups", "columns", "csrfmiddlewaretoken")
NOBODY = "none"

Make = Callable[[QueryDict], forms.Form]


@dataclass(frozen=True)
class Listed:
    """A list whose filters can be kept; `make` builds its form, to see whether a kept filter still holds."""

    title: Any
    make: Make | None = None


@dataclass(frozen=True)
class Kept:
    """A kept filter with where it leads and, when something of it is gone, what."""

    filter: SavedFilter
    title: Any
    to: str
    gone: str = ""


def _stats(asked: QueryDict) -> forms.Form:
    form = StatsForm(asked, now=timezone.localtime())
    form.question()
    return form


PAGES: dict[str, Listed] = {
    "desk": Listed(_("我的待办"), lambda asked: FilterForm(asked, on=timezone.localdate())),
    "cases": Listed(_("全部办件"), lambda asked: CasesForm(asked, on=timezone.localdate())),
    "search": Listed(_("检索")),
    "activities": Listed(
        _("活动"), lambda asked: ListForm(asked, on=timezone.localdate(), kinds=activity_kinds())
    ),
    "supervision": Listed(_("督办台")),
    "checks-ratings": Listed(_("差评跟踪"), RatingsForm),
    "checks-record": Listed(_("抽查记录")),
    "papers": Listed(_("文稿"), papers_form),
    "duties": Listed(_("经常任务"), lambda asked: grid_form(asked, timezone.localdate())),
    "duties-units": Listed(_("经常任务按单位"), lambda asked: grid_form(asked, timezone.localdate())),
    "register": Listed(_("台账")),
    "organisations": Listed(_("组织机构"), lambda asked: TreeForm(asked, today=timezone.localdate())),
    "enterprises": Listed(_("企业名录"), lambda asked: EnterprisesForm(asked, today=timezone.localdate())),
    "coverage": Listed(_("覆盖与缺口"), lambda asked: CoverageForm(asked, today=timezone.localdate())),
    "stats": Listed(_("统计"), _stats),
}

PARTS = {"desk-now": "desk"}  # a part of a list that is asked for alone → its list
PAGE_MOST = 60


def page_of(request: HttpRequest) -> str:
    """The list at hand whose filters may be kept: the name of its address, of a register with its code; empty: none."""
    match = request.resolver_match
    name = PARTS.get(str(match.url_name), str(match.url_name)) if match else ""
    if match is None or name not in PAGES:
        return ""
    page = "/".join([name, *map(str, match.kwargs.values())])
    return page if len(page) <= PAGE_MOST else ""


def _listed(page: str) -> Listed | None:
    """The list of that name, if there is one; a register by its own title."""
    name, _slash, code = page.partition("/")
    if not code or name != "register":
        return PAGES.get(page) if page != "register" else None
    found = definitions.find(DefinitionKind.REGISTER, code, timezone.localdate())
    return replace(PAGES[name], title=found.body.title) if found else None


def _address(page: str) -> str:
    name, _slash, code = page.partition("/")
    return reverse(name, args=[code] if code else None)


_OF_PAGE = Question(
    lambda person, page: SavedFilter.objects.filter(person_id=person, page=page), person=int, page=str
)


def present(request: HttpRequest) -> str:
    """The filter of the page at hand as it is kept: without the page's number and the like; empty: none."""
    asked = request.GET.copy()
    for name in [*NOT_KEPT, *(name for name in asked if not asked.get(name))]:
        asked.pop(name, None)
    return asked.urlencode()


def kept_by(person: Person | None, page: str = "") -> list[Kept]:
    """What somebody kept, of one page or of all in the order of `PAGES`; one query, and those of the forms on 我的."""
    if person is None:
        return []
    found: Iterable[SavedFilter] = _OF_PAGE.all(person=person.pk, page=page) if page else person.filters.all()
    order = list(PAGES)
    told = [(one, listed) for one in found if (listed := _listed(one.page)) is not None]
    told.sort(key=lambda one: (order.index(one[0].page.partition("/")[0]), one[0].page, one[0].name))
    return [
        Kept(one, listed.title, f"{_address(one.page)}?{one.query}", "" if page else gone_from(one))
        for one, listed in told
    ]


def gone_from(saved: SavedFilter) -> str:
    """Which of its conditions no longer exist, in words; empty: all still hold."""
    make, asked = PAGES[saved.page.partition("/")[0]].make, QueryDict(saved.query)
    gone: list[str] = []
    if make is not None:
        form = make(asked)
        form.is_valid()
        gone = [str(form.fields[name].label or name) for name in form.errors if name in form.fields]
    unit = asked.get("unit", "")
    if saved.page == "cases" and unit and unit != NOBODY and by_code(unit) is None:
        gone.append(gettext("单位"))
    if not gone:
        return ""
    words = gettext("条件里的%(names)s现在没有了，打开后不按它筛；请重新选好再存一次。")
    return words % {"names": "、".join(f"“{name}”" for name in gone)}


@rule(STAFF)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the page the form stands on, and go back there."""
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if _listed(page) is None:
        messages.error(request, gettext("这个页面的条件不能存。"))
        return redirect("me")
    try:
        kept = save_filter(_person(request), page=page, name=request.POST.get("name", ""), query=query)
    except RongheError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, gettext("已经存为“%(name)s”，在这个列表下面和“我的”里都能点开。") % {"name": kept.name}
        )
    return redirect(f"{_address(page)}?{query}")


@rule(STAFF)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one of mine another name."""
    saved = _own(request, pk)
    try:
        rename_filter(saved, name=request.POST.get("name", ""))
    except RongheError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("已经改名为“%(name)s”。") % {"name": saved.name})
    return redirect(reverse("me") + "#filters")


@rule(STAFF)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of mine."""
    saved = _own(request, pk)
    remove_filter(saved)
    messages.success(request, gettext("已经去掉“%(name)s”。") % {"name": saved.name})
    return redirect(reverse("me") + "#filters")


def _person(request: HttpRequest) -> Person:
    person = account_of(request).person
    if person is None:
        raise PermissionDenied
    return person


def _own(request: HttpRequest, pk: int) -> SavedFilter:
    found = SavedFilter.objects.filter(person=_person(request), pk=pk).first()
    if found is None:
        raise Http404
    return found
