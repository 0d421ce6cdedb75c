"""导入: send a table, see what would happen, let it happen, take home what was refused."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.core.tables import TableError
from ronghe.ledger.models import Entry
from ronghe.management.imports.run import REFUSED_ENDING, TITLES, Kind, columns_of
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import rule
from ronghe.www.imports.forms import ImportForm
from ronghe.www.imports.templates import template_of
from ronghe.www.imports.uploads import ACCOUNTS, REFUSED, Upload, sweep

RECENT = 10


def MAY_IMPORT(user: object) -> bool:  # noqa: N802 - a rule, named as the others
    """Whoever oversees the city or administers the system; whoever keeps a roll, for that roll."""
    return bool(kinds_for(powers_of(user, timezone.localdate())))


def kinds_for(powers: Powers) -> list[Kind]:
    """What somebody may import: rolls by who keeps them alone; a branch's activities by its keepers too."""
    is_wide, keeps = _is_wide(powers), bool(powers.scope("roll"))
    by_keepers = {Kind.MEMBERS: keeps, Kind.ACTIVITIES: keeps or is_wide}
    return [kind for kind in Kind if by_keepers.get(kind, is_wide)]


def _is_wide(powers: Powers) -> bool:
    return powers.has("oversee") or powers.has("administer")


def _powers(request: HttpRequest) -> Powers:
    return powers_of(request.user, timezone.localdate())


def _within(request: HttpRequest, kind: Kind) -> frozenset[int] | None:
    """The branches a table may speak of; None: the whole city. Who lost the power meanwhile is refused."""
    powers = _powers(request)
    if kind not in kinds_for(powers):
        raise PermissionDenied
    if kind is Kind.MEMBERS or (kind is Kind.ACTIVITIES and not _is_wide(powers)):
        return powers.scope("roll")
    return None


@rule(MAY_IMPORT)
@require_http_methods(["GET", "POST"])
def show_imports(request: HttpRequest) -> HttpResponse:
    """Ask for a file; one that was sent is looked through and shown before anything is written."""
    kinds = kinds_for(_powers(request))
    initial = {"kind": request.GET["kind"]} if request.GET.get("kind") in kinds else {}
    form = ImportForm(request.POST or None, request.FILES or None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        sweep(now)
        asked = {"source": "", "may_found": False} | {
            name: value for name, value in form.cleaned_data.items() if name != "file"
        }
        upload = Upload.keep(form.cleaned_data["file"], request.user.pk or 0, asked, now)
        try:
            upload.check(now, _within(request, upload.kind), _powers(request))
        except TableError as error:
            upload.discard()
            form.add_error("file", error.message)
        else:
            return redirect("import-preview", token=upload.token)
    context = {"form": form, **_shown(kinds)}
    return render(request, "imports/page.html", context, status=422 if form.errors else 200)


def _shown(kinds: list[Kind]) -> dict[str, Any]:
    is_wide = Kind.CASES in kinds
    recent = Entry.objects.filter(kind="import.finished").order_by("-at", "-pk")[: RECENT if is_wide else 0]
    told = [(kind, TITLES[kind], columns_of(kind)) for kind in kinds]
    return {"recent": [(entry.at, entry.data) for entry in recent], "kinds": told, "is_wide": is_wide}


@rule(MAY_IMPORT)
@require_http_methods(["GET", "POST"])
def preview_import(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """What would happen; then import it, or leave it."""
    upload = Upload.find(token, request.user.pk or 0)
    if request.method == "GET":
        if upload.read("result") or upload.is_running:
            return redirect("import-result", token=token)
        context = {"upload": upload, "what": TITLES[upload.kind], "check": upload.read("check")}
        return render(request, "imports/preview.html", context | upload.sample())
    if request.POST.get("act") == "leave":
        upload.discard()
        return redirect("imports")
    try:
        upload.carry_out(timezone.now(), _within(request, upload.kind), _powers(request))
    except TableError as error:
        upload.write("failed", {"message": error.message})
    return redirect("import-result", token=token)


@rule(MAY_IMPORT)
@require_GET
def show_result(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """What happened, and where the refused rows are."""
    upload = Upload.find(token, request.user.pk or 0)
    context = {
        "upload": upload,
        "what": TITLES[upload.kind],
        "result": upload.read("result"),
        "failed": upload.read("failed"),
    }
    return render(request, "imports/result.html", context)


@rule(MAY_IMPORT)
@require_GET
def download(request: HttpRequest, token: uuid.UUID, what: str) -> HttpResponseBase:
    """The refused rows, or the first passwords of opened accounts, for the one who imported."""
    upload = Upload.find(token, request.user.pk or 0)
    source = (upload.read("result") or {}).get("source", "")
    names = {REFUSED: f"{source}{REFUSED_ENDING}", ACCOUNTS: gettext("新账号")}
    path = upload.folder / f"{what}.xlsx"
    if what not in names or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{names[what]}.xlsx")


@rule(MAY_IMPORT)
@require_GET
def download_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with the headings, and a sheet that says what each is for."""
    powers = _powers(request)
    asked = next((one for one in kinds_for(powers) if one == kind), None)
    if asked is None:
        raise Http404
    return template_of(asked, powers, timezone.localdate())
