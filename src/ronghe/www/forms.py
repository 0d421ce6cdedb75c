"""Forms as pages show them, and the Django form class built from a definition's form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.widgets import Input
from django.utils.translation import gettext_lazy as _

from ronghe.core.forms import Form, Lists
from ronghe.www.fields import AnswerField, offer_choices, widget_of

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日"]


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
            widget.attrs.setdefault("data-counter", f"{form.auto_id % form.add_prefix(name)}_left")


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
        beside = [(anchor(field), str(field.label), " ".join(field.errors)) for field in self if field.errors]
        return above + beside


def anchor(field: forms.BoundField) -> str:
    """The id a link to a field goes to: of several boxes the first."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)


class DefinedForm(PageForm):
    """A form of a definition. `values` are the cleaned, JSON-safe answers under field codes, once valid."""

    definition: ClassVar[Form]

    def __init__(
        self,
        *args: Any,
        lists: Lists | None = None,
        references: Mapping[str, Any] | None = None,
        without: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lists: Lists = lists or {}
        self.values: dict[str, object] = {}
        for code in without:
            self.fields.pop(code, None)
        for field in self.fields.values():
            if isinstance(field, AnswerField):
                offer_choices(field.widget, field.asked, self.lists, references)

    def clean(self) -> dict[str, Any]:
        """Clean all answers by the definition; each refusal stands beside its field."""
        given = super().clean() or self.cleaned_data
        answers = {code: value for code, value in given.items() if isinstance(self.fields[code], AnswerField)}
        asked = tuple(field for field in self.definition.fields if field.code in answers)
        cleaned = Form(asked).clean(answers, lists=self.lists)
        for code, said in cleaned.errors.items():
            self.add_error(code, said)
        self.values = cleaned.values
        return given

    def take_errors(self, errors: Mapping[str, str]) -> None:
        """Show what the domain refused beside the fields it names; what is not asked here stands above."""
        for code, said in errors.items():
            self.add_error(code if code in self.fields else None, said)


_built: dict[tuple[str, str], type[DefinedForm]] = {}


def form_class(code: str, edition: str, definition: Form) -> type[DefinedForm]:
    """The Django form class of a definition's form, built once per (code, edition).

    A form inside another (a step's) names itself `procedure/step`. Editions in use never change; one that was
    reloaded while still unused is built again.
    """
    built = _built.get((code, edition))
    if built is None or built.definition != definition:
        fields = {field.code: AnswerField(field, widget_of(field)) for field in definition.fields}
        built = type("DefinedForm", (DefinedForm,), {**fields, "definition": definition})
        _built[code, edition] = built
    return built


class MomentField(forms.DateTimeField):
    """A day and time of the city's clock; a day alone is its beginning."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {  # noqa: RUF012 - Django's own attribute
        "required": _("请填写日期，例如 2026-11-20 09:00。"),
        "invalid": _("没有这一天或写法不对，请按 2026-11-20 09:00 的样子填写。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=MOMENTS, **kwargs)

    def to_python(self, value: object) -> dt.datetime | None:
        """Years the calendar cannot hold are refused like impossible days."""
        try:
            moment: dt.datetime | None = super().to_python(value)
        except (OverflowError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if moment is not None and not 1950 <= moment.year <= 2200:
            raise forms.ValidationError(_("年份要在 1950 到 2200 之间，请核对。"), code="invalid")
        return moment
