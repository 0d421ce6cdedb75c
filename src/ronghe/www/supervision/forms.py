"""What the supervision board asks: its filters, and the words that go with an urge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.domain.acting import LONGEST_NOTE
from ronghe.casework.queries.listing import NOBODY
from ronghe.casework.queries.supervising import GROUPS, Sought, Tally
from ronghe.www.desk.forms import offer, text_field
from ronghe.www.forms import PageForm

URGE, SUPERVISE = 1, 2


class BoardForm(PageForm):
    """Which cases are listed; what cannot be understood filters nothing."""

    unit = forms.ChoiceField(label=_("单位"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False)
    level = forms.ChoiceField(
        label=_("督促"),
        required=False,
        choices=[("", _("全部")), ("0", _("还没有催办")), ("1", _("已催办")), ("2", _("已督办"))],
    )
    group = forms.ChoiceField(
        required=False, widget=forms.HiddenInput(), choices=[(group, group) for group in ("", *GROUPS)]
    )

    def __init__(self, data: Any, *, tally: Tally) -> None:
        super().__init__(data)
        units = [(row.code, gettext("待分办") if row.code == NOBODY else row.name) for row in tally.units]
        offer(self, "unit", [("", gettext("全部单位")), *sorted(units, key=lambda one: one[1])])
        offer(self, "kind", [("", gettext("全部类别")), *tally.kinds])

    def wanted(self) -> Sought:
        """What is looked for."""
        self.is_valid()
        return Sought(**{name: str(self.cleaned_data.get(name) or "") for name in self.fields})


class UrgeForm(PageForm):
    """催办 or 督办 of those picked; a 督办 says what is demanded."""

    level = forms.TypedChoiceField(coerce=int, choices=[(URGE, _("催办")), (SUPERVISE, _("督办"))])
    note = text_field(_("要求"), rows=2, most=LONGEST_NOTE)

    def clean(self) -> dict[str, Any]:
        """A 督办 without words is refused beside its field."""
        given = super().clean() or self.cleaned_data
        if given.get("level") == SUPERVISE and not given.get("note", "").strip():
            self.add_error("note", gettext("督办要写明要求，承办单位会看到。"))
        return given
