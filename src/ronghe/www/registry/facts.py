"""What is kept about a unit beside its name: the answers to the form of its kind, and its 统一代码."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.creditcode import check
from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.www.fields import AnswerField, offer_choices, widget_for_few, widget_of
from ronghe.www.references import references_of
from ronghe.www.registry.acting import Act
from ronghe.www.registry.acts import OnUnit


class CreditCodeField(forms.CharField):
    """统一社会信用代码, eighteen signs with a check sign; cleaned as it is kept."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("统一社会信用代码"))
        super().__init__(max_length=24, **kwargs)
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.error_messages["required"] = _("请填写统一社会信用代码，18 位。")

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        try:
            return check(typed)
        except RongheError as error:
            raise forms.ValidationError(error.message, code=error.code) from error


class AnswersKind(Act):
    """An act that asks the form of a kind of organisation as well; `answers` are clean once valid."""

    asked_form: Form | None = None

    def ask(self, kind: str, on: dt.date, initial: dict[str, Any] | None = None) -> None:
        """Add the fields of the kind's form."""
        found = definitions.find(Kind.ORGANISATION, kind, on)
        self.asked_form = found.body.form if found else None
        self.lists = definitions.lists_of(self.asked_form, on)
        references = references_of(self.asked_form, on) if self.asked_form else {}
        for asked in self.asked_form.fields if self.asked_form else ():
            field = AnswerField(asked, widget_of(asked), (Kind.ORGANISATION, kind))
            field.widget = widget_for_few(field.widget, asked, self.lists)
            offer_choices(field.widget, asked, self.lists, references)
            self.fields[asked.code] = field
        self.initial = {**(initial or {}), **self.initial}

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        self.answers: dict[str, object] = {}
        if self.asked_form is not None:
            given = {field.code: clean.get(field.code) for field in self.asked_form.fields}
            cleaned = self.asked_form.clean(given, lists=self.lists)
            for code, said in cleaned.errors.items():
                self.add_error(code, said)
            self.answers = cleaned.values
        return clean


class DescribeForm(AnswersKind, OnUnit):
    """更正登记信息: what is kept of the unit as it is now."""

    title: ClassVar[Any] = _("更正登记信息")
    explains: Any = _("改的是现在的登记信息；名称另办更名。")

    def build(self) -> None:
        self.fields["credit_code"] = CreditCodeField(required=bool(self.unit.credit_code))
        self.initial.setdefault("credit_code", self.unit.credit_code or "")
        self.ask(self.unit.kind, self.today, dict(self.unit.values))

    def sentence(self) -> str:
        return gettext("更正“%(unit)s”的登记信息。") % {"unit": self.unit.name}

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.describe_organisation(
            self.unit,
            credit_code=self.cleaned_data["credit_code"] or None,
            values=self.answers,
            actor=actor,
            at=at,
        )
