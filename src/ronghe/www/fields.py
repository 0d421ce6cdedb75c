"""How one field of a definition's form is asked on a page: its widget, and its raw answer as the form cleans it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.forms.widgets import ChoiceWidget
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.forms import Choice, Field, FieldType, Lists
from ronghe.www.burden.words import why_field

LONG_TEXT, SHORT_TEXT = 200, 500
FEW_CHOICES = 8
BLANK_ROWS = 3
ACCEPT = "image/*,.pdf,.doc,.docx,.xls,.xlsx,.txt"
YES_NO = [("是", _("是")), ("否", _("否"))]


class AnswerField(forms.Field):
    """Takes the answer as given: the definition's form cleans all of them together.

    `asked_by`: (kind, code) of the definition whose form it is, so that the page can say why it is asked.
    """

    def __init__(self, asked: Field, widget: forms.Widget, asked_by: tuple[str, str] | None = None) -> None:
        label = (
            asked.title
            if not asked.unit
            else gettext("%(title)s（%(unit)s）") % {"title": asked.title, "unit": asked.unit}
        )
        super().__init__(required=asked.required, label=label, help_text=asked.help, widget=widget)
        self.asked, self.asked_by = asked, asked_by

    def clean(self, value: Any) -> Any:
        return value

    @property
    def why(self) -> list[tuple[str, str]]:
        """为什么要我填: whose it is, on what basis, how often, about how long. Nothing where no definition asks it."""
        return why_field(*self.asked_by, self.asked) if self.asked_by else []


class PlainSelect(forms.Select):
    """A select as Django writes it, without a template for each option: filters stand above every list."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        options = "\n".join(
            f'  <option value="{escape(code)}"{" selected" if code in chosen else ""}>{escape(str(label))}</option>'
            for code, label in ((str(code), label) for code, label in self.choices)
        )
        given = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>\n{}\n</select>', name, given, mark_safe(options))  # noqa: S308 - escaped


class ManyFiles(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, _data: Any, files: MultiValueDict[str, Any], name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class RowsWidget(forms.Widget):
    """Rows of a small form: those given and a few blank ones, so that it works without script."""

    template_name = "components/rows.html"

    def __init__(self, asked: Field) -> None:
        super().__init__()
        self.asked = asked
        self.lists: Lists = {}
        self.references: Mapping[str, Any] = {}

    def columns(self) -> list[tuple[Field, forms.Widget]]:
        inner = self.asked.form.fields if self.asked.form else ()
        columns = [(field, widget_of(field)) for field in inner]
        for field, widget in columns:
            offer_choices(widget, field, self.lists, self.references)
            widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
            if isinstance(widget, forms.Textarea):
                widget.attrs["rows"] = 2
        return columns

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = [row for row in value or [] if isinstance(row, Mapping)]
        rows = min(len(given) + BLANK_ROWS, self.asked.limit)
        base = (attrs or {}).get("id", f"id_{name}")
        context["rows"] = [
            [
                {
                    "title": field.title,
                    "id": f"{base}_{number}_{field.code}",
                    "html": widget.render(
                        f"{name}-{number}-{field.code}",
                        given[number].get(field.code) if number < len(given) else None,
                        {"id": f"{base}_{number}_{field.code}"},
                    ),
                }
                for field, widget in self.columns()
            ]
            for number in range(rows)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        rows = []
        for number in range(self.asked.limit):
            keys = [key for key in data if key.startswith(f"{name}-{number}-")]
            if not keys:
                break
            row = {
                field.code: widget.value_from_datadict(data, files, f"{name}-{number}-{field.code}")
                for field, widget in self.columns()
            }
            if any(row.values()):
                rows.append(row)
        return rows


def widget_of(asked: Field) -> forms.Widget:
    """The widget one type of answer is given with. Choices are filled in per form, because lists change by day."""
    match asked.type:
        case FieldType.TEXT if asked.limit > LONG_TEXT:
            return forms.Textarea({"rows": 6 if asked.limit > SHORT_TEXT else 3, "maxlength": asked.limit})
        case FieldType.NUMBER | FieldType.MONEY:
            return forms.TextInput({"inputmode": "decimal"})
        case FieldType.DATE:
            return forms.DateInput({"type": "date"})
        case FieldType.YES_NO:
            return forms.RadioSelect(choices=YES_NO)
        case FieldType.CHOICE:
            few = asked.choices and len(asked.choices) <= FEW_CHOICES
            return forms.RadioSelect() if few else forms.Select()
        case FieldType.CHOICES | FieldType.CHECKS:
            return forms.CheckboxSelectMultiple()
        case FieldType.ROWS:
            return RowsWidget(asked)
        case FieldType.FILES:
            return ManyFiles({"accept": ACCEPT, "multiple": asked.limit > 1})
        case FieldType.CONDITION:
            return forms.Textarea({"rows": 3})
        case FieldType.REFERENCE:
            return forms.Select()
        case _:
            return forms.TextInput({"maxlength": asked.limit} if asked.type is FieldType.TEXT else {})


def widget_for_few(widget: forms.Widget, asked: Field, lists: Lists) -> forms.Widget:
    """A list of a few lines is shown as they are, to be hit with a thumb, not hidden in a menu."""
    is_short = (
        asked.type is FieldType.CHOICE and asked.source and len(lists.get(asked.source, ())) <= FEW_CHOICES
    )
    return forms.RadioSelect() if is_short else widget


def offer_choices(
    widget: forms.Widget, asked: Field, lists: Lists, references: Mapping[str, Any] | None = None
) -> None:
    """Fill in what can be chosen today: the definition's own choices, a list's lines, or known objects."""
    if isinstance(widget, RowsWidget):
        widget.lists, widget.references = lists, references or {}
    if not isinstance(widget, ChoiceWidget):
        return
    if asked.type is FieldType.YES_NO:
        return
    if asked.type is FieldType.REFERENCE:
        pairs = list((references or {}).get(asked.kind, ()))
    else:
        pairs = _pairs(lists.get(asked.source, ()) if asked.source else asked.choices)
    is_menu = isinstance(widget, forms.Select)
    widget.choices = [("", gettext("请选择")), *pairs] if is_menu else pairs


def _pairs(lines: Sequence[Mapping[str, object] | Choice]) -> list[tuple[str, str]]:
    return [
        (line.code, line.title) if isinstance(line, Choice) else (str(line["code"]), str(line["title"]))
        for line in lines
    ]
