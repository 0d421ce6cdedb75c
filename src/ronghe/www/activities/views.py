"""活动: the list, recording one in a minute, mending it, following up what was found."""

from __future__ import annotations

from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ronghe.activities import domain as activities
from ronghe.activities.enums import Ground, State
from ronghe.activities.exceptions import StaleRevision
from ronghe.activities.models import Activity
from ronghe.activities.queries.columns import ALIASES
from ronghe.activities.queries.listing import rows_of, to_record
from ronghe.attaching import clean_name
from ronghe.casework.domain.drafts import end_draft
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.organisations.domain.exports import record_export
from ronghe.organisations.queries import by_code, powers_of
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.activities import exports
from ronghe.www.activities.forms import CancelForm, TemplateForm
from ronghe.www.activities.offers import asked_things, find_visible, offers_of
from ronghe.www.activities.page import ActivityPage
from ronghe.www.activities.shown import Shown
from ronghe.www.desk.views.desk import part_of
from ronghe.www.files import give
from ronghe.www.long_pages import long_page
from ronghe.www.portal.forms import submission_of
from ronghe.www.sheets import CONTENT_TYPE, IN_MEMORY, as_sheet, in_words
from ronghe.www.visitor.drafts import owners_of

PAGE = 20
DONE = "activity-done"  # in the session: the draft that the next page ends in the browser too
STALE, INVALID = 409, 422


@rule(STAFF)
@require_GET
@as_sheet(exports.list_of_activities)
def list_activities(request: HttpRequest) -> HttpResponse:
    """The visible activities, filtered by the address, paged; above, what waits to be recorded."""
    now = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    form, found = exports.found_by(request, powers, now.date())
    page = long_page(found, PAGE, request.GET.get("page"), counted="count" in request.GET)
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows_of(page.object_list)}
    context |= {"waiting": to_record(powers, now), "offers": offers_of(account_of(request))}
    context["unit"] = by_code(form.given("unit")) if form.given("unit") else None
    return render(request, "activities/list.html" + part_of(request, "found"), context)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
def fill_in(request: HttpRequest) -> HttpResponseBase:
    """The list in a table of somebody's own: the table is sent, filled in and given back; nothing of it is kept."""
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
        person = account_of(request).person
        try:
            rows = exports.fill_template(request, form.cleaned_data["file"], made)
        except RongheError as error:
            made.close()
            form.add_error("file", error.message)
        else:
            if person is not None:
                record_export(person, page="activity-template", rows=rows, at=timezone.localtime())
            made.seek(0)
            name = f"{PurePosixPath(clean_name(form.cleaned_data['file'].name)).stem}.xlsx"
            return FileResponse(made, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
    powers = powers_of(account_of(request), timezone.localdate())
    chosen, found = exports.found_by(request, powers, timezone.localdate())
    context = {
        "form": form,
        "count": found.order_by().count(),
        "words": in_words(chosen),
        "columns": ALIASES.values(),
    }
    return render(request, "activities/template.html", context, status=INVALID if form.errors else 200)


@rule(STAFF)
@require_GET
def choose_kind(request: HttpRequest) -> HttpResponse:
    """What may be recorded here; one kind only is opened at once."""
    found = offers_of(account_of(request), by_use=True)
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    if len(found.kinds) == 1:
        return redirect(reverse("activity-new", args=[found.kinds[0].edition.code]) + asked)
    return render(request, "activities/kinds.html", {"offers": found, "asked": asked})


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def record_new(request: HttpRequest, code: str) -> HttpResponse:
    """Record one that was held, or plan one."""
    offers = offers_of(account_of(request))
    kind = offers.find(code)
    if kind is None:
        raise PermissionDenied(gettext("您的岗位不登记这类活动。请联系组织活动的支部或单位。"))
    asked = asked_things(request)
    submission = submission_of(request.POST.get("submission", ""))
    if request.method == "GET":
        typed = _kept(take_typed(request))
        page = ActivityPage(
            account_of(request), kind, offers.units, asked=asked, initial=typed or _given(request)
        )
        return _ask(request, page, submission=submission, restored=bool(typed))
    page = ActivityPage(
        account_of(request), kind, offers.units, asked=asked, data=request.POST, files=request.FILES
    )
    is_plan = request.POST.get("act") == "plan"
    if page.is_valid():
        try:
            activity = page.send(submission, is_plan=is_plan, is_confirmed="confirmed" in request.POST)
        except RongheError as error:
            page.refuse(error)
            return _ask(request, page, INVALID, submission=submission, confirm=error.code == "one-per-flag")
        return _done(request, page, activity, gettext("已经安排好。") if is_plan else gettext("已经登记。"))
    return _ask(request, page, INVALID, submission=submission)


def _given(request: HttpRequest) -> dict[str, Any]:
    """What an address may fill in: the day of a plan, the unit."""
    asked = {"begins": request.GET.get("begins", "")[:16], "organiser": request.GET.get("organiser", "")[:64]}
    return {name: value for name, value in asked.items() if value}


def _kept(typed: dict[str, list[str]]) -> dict[str, Any]:
    """What was typed before the sign-in ran out."""
    many = {"names"}
    return {name: values if name in many else values[0] for name, values in typed.items() if values}


def _ask(request: HttpRequest, page: ActivityPage, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "page": page,
        "activity": page.activity,
        "numbers": request.GET.get("run", request.POST.get("run", "")),
        **more,
    }
    if "about" in page.asked:
        context["about_thing"] = "{}:{}".format(*page.asked["about"])
    return render(request, "activities/record.html", context, status=status)


def _done(request: HttpRequest, page: ActivityPage, activity: Activity, said: str) -> HttpResponse:
    """Keep the photos one by one, end the draft, go to the activity."""
    for file in page.parts.cleaned_data["photos"]:
        try:
            activities.add_photo(activity.pk, page.by(), file=file)
        except RongheError as error:
            messages.error(request, error.message)
    for owner in owners_of(request):
        end_draft(owner, draft_of(page))
    request.session[DONE] = draft_of(page)
    messages.success(request, said)
    return redirect("activity", activity.pk)


def draft_of(page: ActivityPage) -> str:
    """The place of a form's draft: person, kind and, where there is one, the activity."""
    which = f"-{page.activity.pk}" if page.activity else ""
    return f"activity-{page.kind.edition.code}{which}-{page.account.person_id}"


def _found(request: HttpRequest, pk: int) -> Activity:
    found = find_visible(powers_of(account_of(request), timezone.localdate()), pk)
    if found is None:
        raise Http404
    return found


@rule(STAFF)
@require_safe
@never_cache
def show_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity."""
    return _show(request, Shown(_found(request, pk), account_of(request)))


def _show(request: HttpRequest, shown: Shown, status: int = 200, **more: Any) -> HttpResponse:
    context = {"shown": shown, "activity": shown.activity, "cancelling": shown.cancelling, **more}
    context["done"] = request.session.pop(DONE, "")
    return render(request, "activities/activity.html", context, status=status)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend what was told, or record that a planned one took place: the same form."""
    activity = _found(request, pk)
    if not Shown(activity, account_of(request)).may_change:
        raise PermissionDenied(gettext("这次活动由组织单位登记和更正。请联系组织单位。"))
    offers = offers_of(account_of(request))
    kind = definitions.by_edition(activity.edition_id)
    given: dict[str, Any] = {"activity": activity, "asked": asked_things(request)}
    if request.method == "GET":
        typed = _kept(take_typed(request))
        page = ActivityPage(account_of(request), kind, offers.units, initial=typed, **given)
        return _ask(
            request, page, revision=activity.revision, holds=_holds(request, page), restored=bool(typed)
        )
    page = ActivityPage(
        account_of(request), kind, offers.units, data=request.POST, files=request.FILES, **given
    )
    holds = _holds(request, page)
    context = {"revision": activity.revision, "holds": holds}
    if not page.is_valid():
        return _ask(request, page, INVALID, **(context | {"revision": request.POST.get("revision", "")}))
    try:
        changed = _save(request, page, activity, holds=holds)
    except StaleRevision:
        now = ActivityPage(account_of(request), kind, offers.units, activity=_found(request, pk))
        return _ask(request, page, STALE, **context, stale=True, differing=page.differing(now))
    except RongheError as error:
        page.refuse(error)
        return _ask(request, page, INVALID, **context, confirm=error.code == "one-per-flag")
    return _done(request, page, changed, gettext("已经登记。") if holds else gettext("已经改好。"))


def _holds(request: HttpRequest, page: ActivityPage) -> bool:
    """Whether the form records that a planned one took place."""
    is_planned = page.activity is not None and page.activity.state == State.PLANNED
    if request.method == "POST":
        return is_planned and request.POST.get("act") != "plan"
    return is_planned and page.activity is not None and page.activity.begins_at <= page.now


def _save(request: HttpRequest, page: ActivityPage, activity: Activity, *, holds: bool) -> Activity:
    seen = request.POST.get("revision", "")
    by = page.by(int(seen) if seen.isdigit() else 0)
    act = activities.hold if holds else activities.change
    return act(activity.pk, by, page.told(), is_confirmed="confirmed" in request.POST)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it off the list, saying why."""
    shown = Shown(_found(request, pk), account_of(request))
    if request.method == "GET":
        return redirect("activity", pk)
    if not shown.may_change:
        raise PermissionDenied(gettext("这次活动由组织单位登记和更正。请联系组织单位。"))
    form = CancelForm(request.POST, state=shown.activity.state)
    if not form.is_valid():
        return _show(request, shown, INVALID, cancelling=form)
    seen = request.POST.get("revision", "")
    by = activities.By(
        f"person:{account_of(request).person_id}",
        shown.now,
        shown.powers,
        int(seen) if seen.isdigit() else shown.activity.revision,
    )
    try:
        activities.cancel(pk, by, ground=Ground(form.cleaned_data["ground"]))
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, shown, STALE if isinstance(error, StaleRevision) else INVALID, cancelling=form)
    messages.success(request, gettext("已经取消，不再计入任何单位。"))
    return redirect("activity", pk)


@rule(STAFF)
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Make cases of what was found: of the rows named, or of all."""
    shown = Shown(_found(request, pk), account_of(request))
    by = activities.By(f"person:{account_of(request).person_id}", shown.now, shown.powers)
    try:
        made = activities.follow_up(pk, by, keys=request.POST.getlist("key") or None)
    except RongheError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("已经转办 %(n)d 件。", "已经转办 %(n)d 件。", len(made)) % {"n": len(made)}
        messages.success(request, said if made else gettext("这些已经转办过了。"))
    return redirect(reverse("activity", args=[pk]) + "#found")


@rule(STAFF)
@require_safe
@never_cache
def fetch_photo(request: HttpRequest, pk: int, no: int) -> HttpResponseBase:
    """One photo, to who belongs to the activity."""
    shown = Shown(_found(request, pk), account_of(request))
    line = next((one for one in shown.photos if one.file.no == no), None)
    if line is None:
        raise Http404
    return give(request, line.file, back=reverse("activity", args=[pk]))


@rule(STAFF)
@require_POST
def drop_photo(request: HttpRequest, pk: int, no: int) -> HttpResponse:
    """Take a photo away again."""
    shown = Shown(_found(request, pk), account_of(request))
    by = activities.By(f"person:{account_of(request).person_id}", shown.now, shown.powers)
    try:
        activities.remove_photo(pk, by, no=no)
    except RongheError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("照片已经删去。"))
    return redirect("activity", pk)
