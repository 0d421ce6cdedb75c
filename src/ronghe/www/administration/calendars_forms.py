"""The form of a year's notice: its text to be read, or its rows as read, to be checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.worktime import Announcement, DaysOff, MakeUp
from ronghe.www.forms import PageForm

MOST_OFF, MOST_MADE_UP = 12, 16
SPARE = 2  # blank rows below those filled
DAY = {"type": "date"}


class PasteForm(PageForm):
    """The text of the notice."""

    text = forms.CharField(
        label=_("通知全文"),
        help_text=_("从国务院办公厅的通知里整篇复制过来，或只复制各节日的几行。读出来以后请逐行核对。"),
        widget=forms.Textarea({"rows": 10}),
        max_length=20_000,
        error_messages={"required": _("请把通知的文字粘贴在这里。")},
    )


class NoticeForm(PageForm):
    """Rows of days off and of make-up days, with the paper they come from; empty rows are left out."""

    document = forms.CharField(
        label=_("文号"),
        max_length=80,
        help_text=_("例如 国办发明电〔2026〕9号"),
        error_messages={"required": _("请填写通知的文号。")},
    )
    published_on = forms.DateField(
        label=_("发布日期"),
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        error_messages={"required": _("请填写通知的发布日期。"), "invalid": _("请写成 2026-11-04。")},
    )
    is_agreed = forms.BooleanField(label=_("上面的提醒我都核对过了"), required=False)

    def __init__(self, *args: Any, year: int, notice: Announcement | None = None, **kwargs: Any) -> None:
        self.year = year
        if notice is not None:
            kwargs["initial"] = initial_of(notice)
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_OFF + 1):
            self.fields[f"off{number}_name"] = forms.CharField(label=_("名称"), max_length=20, required=False)
            self.fields[f"off{number}_first"] = _day(_("第一天"))
            self.fields[f"off{number}_last"] = _day(_("最后一天"))
        for number in range(1, MOST_MADE_UP + 1):
            self.fields[f"made{number}_day"] = _day(_("补班的日子"))
            self.fields[f"made{number}_name"] = forms.CharField(
                label=_("为哪个节日"), max_length=20, required=False
            )
        self.dress()

    @property
    def off_rows(self) -> list[tuple[Any, Any, Any]]:
        """The rows of days off to show: those filled and a few blank ones."""
        rows = [
            (self[f"off{number}_name"], self[f"off{number}_first"], self[f"off{number}_last"])
            for number in range(1, MOST_OFF + 1)
        ]
        return rows[: self._filled(rows) + SPARE]

    @property
    def made_rows(self) -> list[tuple[Any, Any]]:
        """The rows of make-up days to show."""
        rows = [
            (self[f"made{number}_day"], self[f"made{number}_name"]) for number in range(1, MOST_MADE_UP + 1)
        ]
        return rows[: self._filled(rows) + SPARE]

    def _filled(self, rows: list[Any]) -> int:
        return max(
            (place for place, row in enumerate(rows, 1) if any(cell.value() for cell in row)), default=0
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for number in range(1, MOST_OFF + 1):
            name, first, last = (values.get(f"off{number}_{what}") for what in ("name", "first", "last"))
            if (name or last) and not first and f"off{number}_first" not in self.errors:
                self.add_error(f"off{number}_first", gettext("请填写从哪天起放假。"))
            if first and not name:
                self.add_error(f"off{number}_name", gettext("请写是哪个节日。"))
        for number in range(1, MOST_MADE_UP + 1):
            if values.get(f"made{number}_name") and not values.get(f"made{number}_day"):
                self.add_error(f"made{number}_day", gettext("请填写哪天上班，或把名称删去。"))
        return values

    def notice(self) -> Announcement:
        """What was entered, once valid; one day off needs no last day."""
        values = self.cleaned_data
        off = tuple(
            DaysOff(
                values[f"off{n}_name"],
                values[f"off{n}_first"],
                values[f"off{n}_last"] or values[f"off{n}_first"],
            )
            for n in range(1, MOST_OFF + 1)
            if values[f"off{n}_first"]
        )
        made_up = tuple(
            MakeUp(values[f"made{n}_day"], values[f"made{n}_name"])
            for n in range(1, MOST_MADE_UP + 1)
            if values[f"made{n}_day"]
        )
        return Announcement(self.year, off, made_up, values["document"].strip(), values["published_on"])

    @property
    def said(self) -> str:
        """What is meant, to be compared with what was checked."""
        return hashlib.sha256(repr(self.notice()).encode()).hexdigest()


def initial_of(notice: Announcement) -> dict[str, object]:
    """The rows as the form asks them."""
    return dict(_initial(notice))


def _initial(notice: Announcement) -> Iterator[tuple[str, object]]:
    yield "document", "" if notice.document.startswith("http") else notice.document
    yield "published_on", notice.published_on
    for number, one in enumerate(notice.off[:MOST_OFF], 1):
        yield f"off{number}_name", one.name
        yield f"off{number}_first", one.first
        yield f"off{number}_last", one.last
    for number, made in enumerate(notice.made_up[:MOST_MADE_UP], 1):
        yield f"made{number}_day", made.day
        yield f"made{number}_name", made.name


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-01-01。")},
    )
