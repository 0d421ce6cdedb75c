"""Forms as pages show them, and the Django form class built from a definition's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms.widgets import Input
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.attaching import FileRefused, checked
from ronghe.core.errors import RongheError
from ronghe.core.forms import Field, FieldType, Form, Lists
from ronghe.core.worktime import Calendar
from ronghe.core.worktime.calculator import read_instant
from ronghe.definitions.enums import Kind
from ronghe.www.fields import AnswerField, offer_choices, widget_for_few, widget_of


def dress(form: forms.BaseForm) -> None:
    """Give every widget the look of our style sheet; the browser's own bubbles stay away, our words come beside the field."""
    form.use_required_attribute = False
    for name, field in form.fields.items():
        widget = field.widget
        if isinstance(widget, forms.Select):
            widget.attrs.setdefault("class", "form-select")
        elif isinstance(widget, Input | forms.Textarea) and not isinstance(widget, forms.CheckboxInput):
            widget.attrs.setdefault("class", "form-control")
        if isinstance(widget, forms.Textarea) and "maxlength" in widget.attrs:
            widget.attrs.setdefault("data-counter", f"{form[name].auto_id}_left")


class PageForm(forms.Form):
    """The base of our forms: no colon after a label, our look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Dress the fields; to be called again by who adds fields later."""
        dress(self)

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """What must be changed: (id of the field or empty, its label, what to do)."""
        if not self.is_bound:
            return []
        above = [("", "", str(said)) for said in self.non_field_errors()]
        beside = [
            (anchor(field), str(field.label), " ".join(map(str, field.errors)))
            for field in self
            if field.errors
        ]
        return above + beside


class Filters(PageForm):
    """What a list is asked for, in its address: what cannot be understood is as if it had not been asked."""

    def given(self, name: str) -> str:
        """The clean value, or nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "").strip()

    @property
    def is_filtered(self) -> bool:
        """Whether something was asked for."""
        return any(self.given(name) for name in self.fields)


def anchor(field: forms.BoundField) -> str:
    """The id a link to a field goes to: of several boxes the first."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)


class DefinedForm(PageForm):
    """A form of a definition. `values` are the cleaned, JSON-safe answers under field codes, once valid; `enclosed` the files
    sent under its file fields. `kept`: how many files are kept under such a field already.
    """

    definition: ClassVar[Form]

    def __init__(
        self,
        *args: Any,
        lists: Lists | None = None,
        references: Mapping[str, Any] | None = None,
        without: frozenset[str] = frozenset(),
        kept: Mapping[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lists: Lists = lists or {}
        self.kept = kept or {}
        self.values: dict[str, object] = {}
        self.enclosed: dict[str, list[UploadedFile]] = {}
        for code in without:
            self.fields.pop(code, None)
        for field in self.fields.values():
            if isinstance(field, AnswerField):
                field.widget = widget_for_few(field.widget, field.asked, self.lists)
                offer_choices(field.widget, field.asked, self.lists, references)
                if field.asked.type is FieldType.FILES:
                    field.help_text = _files_told(field.asked, self.kept.get(field.asked.code, 0))

    def clean(self) -> dict[str, Any]:
        """Clean all answers by the definition; each refusal stands beside its field."""
        given = super().clean() or self.cleaned_data
        answers = {code: value for code, value in given.items() if isinstance(self.fields[code], AnswerField)}
        asked = Form(tuple(field for field in self.definition.fields if field.code in answers))
        names = {field.code: self._take_files(field.code, answers[field.code]) for field in asked.file_fields}
        cleaned = asked.clean(asked.with_files(answers, names), lists=self.lists)
        for code, said in cleaned.errors.items():
            if code not in self.errors:
                self.add_error(code, said)
        self.values = {code: value for code, value in cleaned.values.items() if code not in names}
        return given

    def _take_files(self, code: str, sent: Any) -> list[str]:
        """The names of the files sent under a field, and of those kept; what cannot be kept is said beside it."""
        files: list[UploadedFile] = [file for file in sent or [] if isinstance(file, UploadedFile)]
        names = [f"{number}" for number in range(self.kept.get(code, 0))]
        for number, file in enumerate(files):
            try:
                names.append(f"{number} {checked(file)[0]}")
            except FileRefused as error:
                again = gettext("这一项的文件要重新选一次。") if len(files) > 1 else ""
                self.add_error(code, forms.ValidationError(error.message + again, code=error.code))
        self.enclosed[code] = files
        return names

    @property
    def is_too_large(self) -> bool:
        """Whether it is the size of a file that was refused."""
        return any(self.has_error(code, "file-too-large") for code in self.enclosed)

    def take_errors(self, errors: Mapping[str, str]) -> None:
        """Show what the domain refused beside the fields it names; what is not asked here stands above."""
        for code, said in errors.items():
            self.add_error(code if code in self.fields else None, said)


def _files_told(asked: Field, kept: int) -> str:
    """The limits in today's words, and what is there already, after what the definition says."""
    size = settings.MAX_UPLOAD // 1024 // 1024
    told = [asked.help] if asked.help else []
    if kept >= asked.limit:
        told.append(gettext("已有 %(n)d 个文件，不能再加。") % {"n": kept})
    elif kept:
        told.append(gettext("已有 %(n)d 个文件，可以再加。") % {"n": kept})
    told.append(gettext("照片、PDF、Word、Excel 或文本文件，每个不超过 %(size)d MB。") % {"size": size})
    if asked.max is not None and asked.limit > 1:
        told.append(gettext("最多 %(n)d 个。") % {"n": asked.limit})
    return "".join(told)


_built: dict[tuple[str, str], type[DefinedForm]] = {}


def form_class(code: str, edition: str, definition: Form) -> type[DefinedForm]:
    """The Django form class of a definition's form, built once per (code, edition).

    A form inside another (a step's) names itself `procedure/step`. Editions in use never change; one that was
    reloaded while still unused is built again.
    """
    built = _built.get((code, edition))
    if built is None or built.definition != definition:
        by = asked_by(code)
        fields = {field.code: AnswerField(field, widget_of(field), by) for field in definition.fields}
        built = type("DefinedForm", (DefinedForm,), {**fields, "definition": definition})
        _built[code, edition] = built
    return built


def asked_by(code: str) -> tuple[str, str]:
    """(kind, code) of the definition a form names itself after: `activity/visit`, `post-steward`, `petition/answer`."""
    kind, _, rest = code.replace(":", "/", 1).partition("/")
    if kind.startswith("post-"):
        return Kind.POST, kind.removeprefix("post-")
    return (kind, rest) if rest and kind in tuple(Kind) else (Kind.PROCEDURE, kind)


class InstantField(forms.CharField):
    """A day, or a day and time, of the office's clock; stays the text that was written."""

    widget = forms.TextInput({"type": "datetime-local"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.error_messages["required"] = _("请填写日期，例如 2026-11-20 或 2026-11-20T09:00。")
        self.error_messages["max_length"] = _("看不懂这个时间，请写成 2026-11-20 或 2026-11-20T09:00。")

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text:
            try:
                read_instant(text, Calendar())
            except RongheError as error:
                raise forms.ValidationError(f"{error.message}。", code=error.code) from error
        return text
