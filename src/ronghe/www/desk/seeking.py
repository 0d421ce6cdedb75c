"""What the search page is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ronghe.casework.queries.search import FACETS, Option, Wanted
from ronghe.www.forms import PageForm

LONGEST = 80
ALL = {"state": _("全部状态"), "procedure": _("全部类别"), "unit": _("全部单位"), "year": _("全部年份")}


class SearchForm(PageForm):
    """What is looked for, and which part of what was found; the address holds it."""

    q = forms.CharField(label=_("找什么"), max_length=LONGEST, required=False)
    state = forms.CharField(label=_("状态"), max_length=12, required=False, widget=forms.Select)
    procedure = forms.CharField(label=_("类别"), max_length=64, required=False, widget=forms.Select)
    unit = forms.CharField(label=_("承办单位"), max_length=64, required=False, widget=forms.Select)
    year = forms.CharField(label=_("提出年份"), max_length=4, required=False, widget=forms.Select)

    def __init__(self, asked: Any) -> None:
        super().__init__({name: asked.get(name, "") for name in ("q", *FACETS)})
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}
        self.is_valid()

    def wanted(self, before: str) -> Wanted:
        """What is looked for; what cannot be understood is left out."""
        given = {name: str(self.cleaned_data.get(name) or "") for name in FACETS}
        return Wanted(str(self.cleaned_data.get("q") or "").strip(), before=before, **given)

    def offer(self, facets: dict[str, list[Option]]) -> None:
        """The parts that were found, with how many."""
        for name in FACETS:
            told = [(one.code, f"{one.title}（{one.count}）") for one in facets.get(name, [])]
            self.fields[name].widget.choices = [("", str(ALL[name])), *told]
