"""Forms of papers: which kind to begin, its parts, why one is handed back or taken down."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.bulletins.enums import ADDRESSEE, ATTACHMENTS, COPIES, Ground, State
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries import Part, parts_of
from ronghe.bulletins.queries.composing import day_of, loaded_of
from ronghe.bulletins.queries.listing import Offer
from ronghe.core.errors import RongheError
from ronghe.organisations.models import Organisation
from ronghe.www.forms import PageForm

TO_WRITE, ISSUED = "", "issued"


class PapersForm(PageForm):
    """Which papers are listed."""

    kind = forms.ChoiceField(label=_("文种"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), (State.ISSUED, _("已发布")), (State.WITHDRAWN, _("已撤下"))],
    )
    text = forms.CharField(label=_("标题或文号"), required=False, max_length=60)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", gettext("全部")), *kinds]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> str:
        """What was asked for; nothing when it cannot be read."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class BeginForm(PageForm):
    """A kind of paper, in whose name, and about which unit."""

    submission = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid.uuid4)
    bulletin = forms.ChoiceField(
        label=_("文种"),
        widget=forms.RadioSelect(),
        error_messages={"required": _("请选一种。"), "invalid_choice": _("没有这一种，请从列出的里面选。")},
    )
    unit = forms.ChoiceField(
        label=_("以哪个单位的名义"),
        error_messages={
            "required": _("请选一个单位。"),
            "invalid_choice": _("您不在这个单位任职，请从列出的里面选。"),
        },
    )
    about = forms.CharField(
        label=_("发给或关于哪个单位"),
        help_text=_("写单位名称，会填到标题和主送里。不针对单位的不填。"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"list": "units", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = {offer.loaded.edition.code: offer for offer in offers}
        units = {unit.pk: unit for offer in offers for unit in offer.units}
        choices = [(code, offer.loaded.edition.title) for code, offer in self.offers.items()]
        self.fields["bulletin"].choices = choices  # type: ignore[attr-defined]
        self.fields["unit"].choices = [(str(pk), unit.name) for pk, unit in units.items()]  # type: ignore[attr-defined]
        self.units = units
        self.initial.setdefault("unit", str(next(iter(units), "")))

    def clean_about(self) -> Organisation | None:
        """The unit of that name."""
        typed = " ".join(self.cleaned_data["about"].split()[:1])
        if not typed:
            return None
        found = Organisation.objects.filter(name=typed, ends=None).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(gettext("没有叫这个名称的单位，请从列出的里面选。"))
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        offer, unit = (
            self.offers.get(values.get("bulletin", "")),
            self.units.get(int(values.get("unit") or 0)),
        )
        if offer and unit and unit not in offer.units:
            said = gettext("“%(kind)s”不由%(unit)s出具，请换一个单位。")
            self.add_error("unit", said % {"kind": offer.loaded.edition.title, "unit": unit})
        return values


class PartsForm(PageForm):
    """The parts of one paper, as its template has them; `revision`: the paper as it was opened."""

    revision = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, paper: Bulletin, *args: Any, **kwargs: Any) -> None:
        parts = paper.content.get("parts", {})
        kwargs["initial"] = {"revision": paper.revision, **parts}
        super().__init__(*args, **kwargs)
        self.theirs: dict[str, str] = {}
        self.parts = parts_of(loaded_of(paper), day_of(paper))
        for part in self.parts:
            self.fields[part.code] = _field(part)
        self.dress()

    @property
    def written(self) -> list[Any]:
        """The fields of the text, after those of the head."""
        return [self[part.code] for part in self.parts]

    def values(self) -> dict[str, str]:
        """What the parts say now."""
        return {part.code: str(self.cleaned_data.get(part.code) or "") for part in self.parts}

    def take_theirs(self, paper: Bulletin) -> None:
        """Somebody else wrote meanwhile: what they wrote, and saving again is about the paper as it is now."""
        self.theirs = dict(paper.content.get("parts", {}))
        self.data = {name: self.data.get(name) for name in self.data} | {"revision": str(paper.revision)}

    def refuse(self, error: RongheError) -> None:
        """Show what the domain refused beside the part it names, else above."""
        said = error.data.get("errors")
        for code, words in (said if isinstance(said, dict) else {"": error.message}).items():
            self.add_error(code if code in self.fields else None, words)


class PartField(forms.CharField):
    """A part that must say something before it is signed, not before it is saved."""

    def validate(self, value: Any) -> None:
        """Half a paper may be saved."""


def _field(part: Part) -> forms.CharField:
    is_line = part.is_head and part.code != ATTACHMENTS
    said = {
        ATTACHMENTS: _("每行一个附件的名称，不写“附件”二字和标点。"),
        ADDRESSEE: _("受文单位的全称，不写冒号。"),
        COPIES: _("几个单位之间用逗号或顿号。"),
    }.get(part.code, "")
    if part.heading:
        said = _("标题自动编上“一、二、三”，这里只写标题下面的内容。")
    return PartField(
        label=part.title,
        required=part.required,
        help_text=said,
        widget=forms.TextInput() if is_line else forms.Textarea({"rows": 3 if part.is_head else 5}),
    )


class ReasonForm(PageForm):
    """Words that go with an act."""

    note = forms.CharField(
        label=_("修改意见"),
        max_length=500,
        widget=forms.Textarea({"rows": 3, "maxlength": 500}),
        error_messages={"required": _("请写明哪里要改、怎么改。")},
    )

    def refuse(self, error: RongheError) -> None:
        """Show what the domain refused beside the field it names, else above."""
        said = error.data.get("errors")
        for code, words in (said if isinstance(said, dict) else {"": error.message}).items():
            self.add_error(code if code in self.fields else None, words)


class WithdrawForm(ReasonForm):
    """Why one is taken down."""

    ground = forms.ChoiceField(
        label=_("原因"),
        choices=Ground.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": _("请选一项。")},
    )
    field_order = ("ground", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = gettext("有关情况")
        self.fields["note"].error_messages["required"] = gettext("请写明撤下的情况。")
