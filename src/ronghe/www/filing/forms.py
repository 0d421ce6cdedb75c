"""What a clerk is asked beside the answers of the definition: the way it came, whom it is from and about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.models import Case
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Account, Organisation
from ronghe.www.filing.lookup import enterprises_like, looks_like_code
from ronghe.www.filing.offers import DeskOffer, channels
from ronghe.www.filing.subjects import ENTRY, UNIT, subjects_of
from ronghe.www.portal.forms import PartsForm, set_choices
from ronghe.www.references import organisation_named

NAMED = 3  # of several alike, how many an error names
FIRMS = "firms"  # the id of the page's datalist of enterprises


class FilingParts(PartsForm):
    """As the portal asks, and: which way it came, the enterprise also by its name, the case it is about."""

    channel = forms.ChoiceField(
        label=_("怎么来的"),
        widget=forms.RadioSelect(),
        error_messages={
            "required": _("请选这件是怎么来的。"),
            "invalid_choice": _("没有这个渠道，请从列出的里面选。"),
        },
    )
    related = forms.CharField(
        label=_("针对哪一件"),
        help_text=_("写那一件的编号。"),
        max_length=60,
        error_messages={
            "required": _("请写这一件针对的办件的编号。"),
            "max_length": _("编号太长了，请核对。"),
        },
    )

    subject = forms.ChoiceField(
        label=_("关于哪一个"),
        error_messages={
            "required": _("请选这件关于哪一个单位或哪一项。"),
            "invalid_choice": _("没有这一个，请从列出的里面选。"),
        },
    )

    def __init__(self, *args: Any, offer: DeskOffer, account: Account, **kwargs: Any) -> None:
        self.account = account
        self.related_case: Case | None = None
        super().__init__(*args, offer=offer, **kwargs)
        field = self.fields["credit_code"]
        field.label = gettext("企业")
        field.help_text = gettext("统一社会信用代码，或名称里的几个字。")
        field.error_messages["required"] = gettext("请填写企业的统一社会信用代码或名称。")
        assert isinstance(field, forms.CharField)  # noqa: S101 - declared so by the portal's form
        field.widget.attrs |= {
            "list": FIRMS,
            "maxlength": 100,
            "hx-get": reverse("file-enterprise"),
            "hx-trigger": "input changed delay:300ms, change",
            "hx-target": "#enterprise",
        }
        set_choices(self, "channel", channels())
        self._leave_out(offer)

    def _leave_out(self, offer: DeskOffer) -> None:
        """Staff's own matters have no requester to reach and no way they came."""
        for name in ("name", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if not offer.is_of_others:
            for name in ("channel", "name", "phone"):
                del self.fields[name]
        if not offer.is_about_case:
            del self.fields["related"]
        subjects = subjects_of(offer.procedure, self.account, timezone.localdate())
        if subjects is None:
            del self.fields["subject"]
        else:
            set_choices(self, "subject", [("", gettext("请选择")), *subjects.offered])
            self.fields["subject"].required = subjects.is_needed
            self.fields["subject"].initial = subjects.own

    @property
    def about(self) -> Organisation | None:
        """The unit it was said to be about."""
        kind, _colon, code = str(self.cleaned_data.get("subject", "")).partition(":")
        return organisation_named(code) if kind == UNIT else None

    @property
    def thing(self) -> Ref | None:
        """The entry of a register it was said to be about."""
        kind, _colon, number = str(self.cleaned_data.get("subject", "")).partition(":")
        return ("entry", int(number)) if kind == ENTRY else None

    def clean_credit_code(self) -> str:
        """A code as the portal checks it, or the one enterprise whose name is meant."""
        typed: str = self.cleaned_data["credit_code"].strip()
        if not typed or looks_like_code(typed):
            return super().clean_credit_code()
        self.enterprise = self._named(typed)
        return self.enterprise.credit_code or ""

    def _named(self, typed: str) -> Organisation:
        alike = enterprises_like(typed, timezone.localdate())
        exact = [unit for unit in alike if typed in (unit.name, unit.short_name)]
        found = exact if len(exact) == 1 else alike
        if len(found) == 1:
            return found[0]
        if not found:
            said = gettext("没有找到名称里有“%(typed)s”的企业。请改填 18 位代码；没有登记过的，再写上名称。")
            raise forms.ValidationError(said % {"typed": typed})
        told = gettext("；").join(f"{unit.name} {unit.credit_code or ''}".strip() for unit in found[:NAMED])
        said = gettext("名称里有“%(typed)s”的不止一家，例如%(told)s。请填全称或代码。")
        raise forms.ValidationError(said % {"typed": typed, "told": told})

    def clean_related(self) -> str:
        """A case the clerk may see; hidden and absent are told alike."""
        number = "".join(str(self.cleaned_data["related"]).split()).upper()
        try:
            self.related_case = find_visible_or_404(self.account, number)
        except Http404 as hidden:
            raise forms.ValidationError(gettext("没有找到这个编号的办件，请核对。")) from hidden
        return number
