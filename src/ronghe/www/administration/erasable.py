"""What else tells of somebody: entries of registers, and things that reviews keep files about, found by their name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.definitions.things import Ref
from ronghe.erasure import Erasure
from ronghe.judgements.domain import erase_judgements
from ronghe.judgements.queries.keeping import reviewed_with_files
from ronghe.registers.domain import erase_entry
from ronghe.registers.queries.keeping import entries_called
from ronghe.www.forms import PageForm

GROUNDS = [("asked", _("本人要求清除")), ("mistaken", _("登记有误"))]


class ThingForm(PageForm):
    """Why a thing is erased, and what else is to be covered in its words."""

    who = forms.CharField(widget=forms.HiddenInput())
    thing = forms.CharField(widget=forms.HiddenInput())
    words = forms.CharField(
        label=_("文字里还要遮盖什么"), max_length=200, required=False,
        help_text=_("例如本人的姓名，几样之间用顿号隔开。手机号、证件号不用写，会自动遮盖。"),
    )  # fmt: skip
    ground = forms.ChoiceField(label=_("原因"), choices=GROUNDS, widget=forms.RadioSelect())

    @property
    def known(self) -> tuple[str, ...]:
        """What is to be covered, the longest first; single characters stand in too many words."""
        words = {word.strip() for word in self.cleaned_data["words"].split("、")}
        return tuple(sorted((word for word in words if len(word) > 1), key=lambda word: (-len(word), word)))


@dataclass(frozen=True)
class Thing:
    """A thing that may be erased: what it is in words, and how many files would go."""

    ref: Ref
    says: str
    files: int

    @property
    def code(self) -> str:
        return f"{self.ref[0]}:{self.ref[1]}"

    def form(self, data: Any, who: str) -> ThingForm:
        """Its form: as it was sent, where it was this one."""
        is_sent = data is not None and data.get("thing") == self.code
        initial = {"who": who, "thing": self.code}
        return ThingForm(
            data if is_sent else None, initial=initial, auto_id=f"id_{self.ref[0]}_{self.ref[1]}_%s"
        )

    def erase(self, erasure: Erasure) -> int:
        """Erase it; give how many files went."""
        if self.ref[0] == "entry":
            return erase_entry(self.ref[1], erasure)
        return erase_judgements(self.ref, erasure)


def things_called(asked: str) -> list[Thing]:
    """The entries of that name, then what else of that name or number was reviewed with files."""
    asked = asked.strip()
    entries = [
        Thing(
            ("entry", one.pk),
            gettext("台账“%(register)s”里的一条，%(day)s起登记，由%(unit)s保管")
            % {
                "register": one.edition.title,
                "day": date_format(one.begins),
                "unit": one.organisation or gettext("本市"),
            },
            kept,
        )
        for one, kept in entries_called(asked)
    ]
    reviewed = [
        Thing(ref, gettext("对它的评判"), count)
        for ref, count in sorted(reviewed_with_files(asked).items())
        if ref[0] != "entry"
    ]
    return entries + reviewed
