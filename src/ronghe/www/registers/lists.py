"""清单: the lists the city fills itself, as they stood on a day; lines added, changed and taken off from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.core.forms import FieldType, Form
from ronghe.core.tables import Column as TableColumn, Row, Status, Verdict, as_words
from ronghe.definitions import domain, queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import ListDefinition
from ronghe.definitions.models import ListLine
from ronghe.definitions.queries.lines import rows_of
from ronghe.management.imports.files import open_table
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import NameIndex
from ronghe.registers.domain import Report
from ronghe.registers.rules import may_fill
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.forms import DefinedForm, PageForm, form_class
from ronghe.www.references import references_of
from ronghe.www.registers.forms import TableForm
from ronghe.www.registers.reading import my_powers
from ronghe.www.registers.tables import faults, path_of
from ronghe.www.registers.words import Words
from ronghe.www.registry.forms import DayField, DayForm
from ronghe.www.sheets import Column, Sheet, as_sheet

INVALID = 422
NO_FORM = Form(())


class LineParts(PageForm):
    """What a line has beside the facts its list asks."""

    title = forms.CharField(label=_("名称"), max_length=200, error_messages={"required": _("请填写名称。")})
    on = DayField(label=_("从哪一天起"), required=True)


def filled_here(code: str) -> ListDefinition:
    """A list the city fills; else 404."""
    found = definitions.find(Kind.LIST, code, timezone.localdate())
    if found is None or not found.body.is_filled_here:
        raise Http404
    body: ListDefinition = found.body
    return body


@rule(STAFF)
@require_GET
def show_lists(request: HttpRequest) -> HttpResponse:
    """All of them, with how many lines each has today and whether the reader fills it."""
    powers = my_powers(request)
    bodies = [one.body for one in definitions.live(Kind.LIST, powers.on) if one.body.is_filled_here]
    live = ListLine.objects.filter(ends=None, begins__lte=powers.on).values_list("list", flat=True)
    counts: dict[str, int] = {}
    for code in live:
        counts[code] = counts.get(code, 0) + 1
    rows = [(body, counts.get(body.code, 0), may_fill(powers, body)) for body in bodies]
    rows.sort(key=lambda row: row[0].title)
    return render(request, "registers/lists.html", {"rows": rows})


def list_sheet(request: HttpRequest, code: str) -> Sheet:
    """A list as a file; what it gives out it takes in again."""
    body = filled_here(code)
    on = DayForm(request.GET, today=timezone.localdate()).day
    lines = rows_of(code, on)
    words = Words(body.form, [line.facts for line in lines], on, my_powers(request))
    fields = body.form.fields if body.form else ()
    columns = [
        Column(_("代码"), width=12),
        Column(_("名称"), width=36),
        *(Column(one.title) for one in fields),
    ]
    rows = [
        [line.code, line.title, *(words.say(one, line.facts.get(one.code)).text for one in fields)]
        for line in lines
    ]
    return Sheet(body.title, columns, rows, total=len(rows))


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
@as_sheet(list_sheet)
def show_list(request: HttpRequest, code: str) -> HttpResponse:
    """One list on a day; below it the form of a new line for whoever fills it."""
    body, powers = filled_here(code), my_powers(request)
    day = DayForm(request.GET, today=powers.on)
    asked = LineAsked(body, request, None) if may_fill(powers, body) else None
    if request.method == "POST":
        if asked is None:
            raise PermissionDenied(_NOT_YOURS)
        if asked.save():
            messages.success(request, gettext("已加进清单：%(title)s。") % {"title": asked.named})
            return redirect("register-list", code)
    lines = rows_of(code, day.day)
    words = Words(body.form, [line.facts for line in lines], day.day, powers)
    fields = body.form.fields if body.form else ()
    rows = [(line, [words.say(one, line.facts.get(one.code)) for one in fields]) for line in lines]
    context = {"body": body, "rows": rows, "fields": fields, "form": day, "asked": asked}
    wrong = INVALID if asked and asked.errors else 200
    return render(request, "registers/list.html", context, status=max(day.status, wrong))


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def change(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Change a line from a day on, or take it off."""
    body, line = _filled(request, code, pk)
    asked = LineAsked(body, request, line)
    if request.method == "POST" and asked.save():
        messages.success(request, gettext("已保存。从前的日子仍是原来的内容。"))
        return redirect("register-list", code)
    context = {"body": body, "line": line, "asked": asked}
    return render(request, "registers/line.html", context, status=INVALID if asked.errors else 200)


@rule(STAFF)
@require_POST
def end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take a line off from today on."""
    _body, line = _filled(request, code, pk)
    domain.end_line(line.pk, actor=_actor(request), at=timezone.localtime())
    messages.success(request, gettext("已从清单去掉：%(title)s。") % {"title": line.title})
    return redirect("register-list", code)


def _filled(request: HttpRequest, code: str, pk: int) -> tuple[ListDefinition, ListLine]:
    body = filled_here(code)
    line = get_object_or_404(ListLine, pk=pk, list=code, ends=None)
    if not may_fill(my_powers(request), body):
        raise PermissionDenied(_NOT_YOURS)
    return body, line


def _actor(request: HttpRequest) -> str:
    return f"person:{account_of(request).person_id}"


_NOT_YOURS = _("这份清单不由您的单位填写。请把要改的内容告诉填写它的单位。")


class LineAsked:
    """The two forms of a line: its name and day, and the facts its list asks."""

    def __init__(self, body: ListDefinition, request: HttpRequest, line: ListLine | None) -> None:
        self.body, self.request, self.line = body, request, line
        today = timezone.localdate()
        data = request.POST if request.method == "POST" else None
        form = body.form or NO_FORM
        edition = definitions.edition_for(Kind.LIST, body.code, today).edition
        said = {**line.facts, "title": line.title} if line else {}
        self.parts = LineParts(data, initial={"on": today, **said})
        self.facts: DefinedForm = form_class(f"list/{body.code}", edition, form)(
            data, initial=said, lists=definitions.lists_of(form, today),
            references=references_of(form, today, my_powers(request)),
        )  # fmt: skip
        sent = str(data.get("revision", "")) if data else ""
        self.revision = int(sent) if sent.isdigit() else (line.revision if line else 0)

    @property
    def named(self) -> str:
        return str(self.parts.cleaned_data["title"])

    @property
    def place(self) -> str:
        """What drafts of this form are kept under."""
        person = account_of(self.request).person_id
        return f"line-{self.line.pk if self.line else self.body.code}-{person}"

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        return [*self.parts.summary, *self.facts.summary]

    def save(self) -> bool:
        """Keep it; False: the forms say what is wrong."""
        facts, parts = self.facts.is_valid(), self.parts.is_valid()
        if not (facts and parts):
            return False
        given: dict[str, Any] = {
            "title": self.named, "facts": self.facts.values, "on": self.parts.cleaned_data["on"],
            "actor": _actor(self.request), "at": timezone.localtime(),
        }  # fmt: skip
        try:
            if self.line is None:
                domain.add_line(self.body.code, **given)
            else:
                domain.change_line(self.line.pk, revision=self.revision, **given)
        except RongheError as error:
            told = error.data.get("errors")
            for code, said in (told if isinstance(told, dict) else {"": error.message}).items():
                form = self.parts if code in self.parts.fields else self.facts
                form.add_error(code if code in form.fields else None, str(said))
            return False
        return True


# A table of lines


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def take_table(request: HttpRequest, code: str) -> HttpResponse:
    """Lines from a file: all of them, or none and what to mend."""
    body = filled_here(code)
    if not may_fill(my_powers(request), body):
        raise PermissionDenied(_NOT_YOURS)
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"body": body, "form": form, "columns": _columns(body)}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            with open_table(path_of(file), _columns(body), file.name or "") as table:
                report = _take(body, table.rows, _actor(request))
                context |= {"report": report, "faults": faults(report, table.heading, _columns(body))}
                context["counts"] = {str(status): report.count(status) for status in Status}
        except RongheError as error:
            form.add_error("file", error.message)
    is_wrong = bool(form.errors) or bool(context.get("faults"))
    return render(request, "registers/list_table.html", context, status=INVALID if is_wrong else 200)


def _columns(body: ListDefinition) -> list[TableColumn]:
    fields = body.form.fields if body.form else ()
    asked = [TableColumn(one.code, one.title, required=one.required) for one in fields]
    return [TableColumn("_code", "代码"), TableColumn("title", "名称", required=True), *asked]


def _take(body: ListDefinition, rows: Iterable[Row], actor: str) -> Report:
    report, at, names = Report(), timezone.localtime(), NameIndex.load()
    with transaction.atomic():
        report.verdicts = [_one(body, row, actor, at, names) for row in rows]
        report.is_written = not report.refused
        transaction.set_rollback(not report.is_written)
    return report


def _one(body: ListDefinition, row: Row, actor: str, at: dt.datetime, names: NameIndex) -> Verdict:
    on = timezone.localdate(at)
    try:
        title, code = (as_words(row.get(name), 200) for name in ("title", "_code"))
        facts = {
            one.code: _fact(one.type, as_words(row.get(one.code), 2000), on, names)
            for one in (body.form.fields if body.form else ())
        }
        live = ListLine.objects.filter(list=body.code, ends=None)
        known = live.filter(code=code).first() if code else live.filter(title=title).first()
        with transaction.atomic():
            if known is None:
                domain.add_line(body.code, title=title, facts=facts, line=code, actor=actor, at=at)
                return Verdict(row, Status.ACCEPTED)
            after = domain.change_line(known.pk, title=title, facts=facts, actor=actor, at=at)
    except RongheError as error:
        told = error.data.get("errors")
        return Verdict(row, Status.REFUSED, told if isinstance(told, dict) else {"": error.message})
    changed = (after.pk, after.revision) != (known.pk, known.revision)
    return Verdict(row, Status.UPDATED if changed else Status.ALREADY)


def _fact(kind: FieldType, text: str, on: dt.date, names: NameIndex) -> str:
    """A unit by its name or code; anything else as it is written."""
    if kind is not FieldType.REFERENCE or not text or Organisation.objects.filter(code=text).exists():
        return text
    return Organisation.objects.get(pk=names.find(text, on)).code
