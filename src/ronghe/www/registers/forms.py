"""What the pages of the registers ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.periods import Every, Period
from ronghe.definitions.enums import Each, Nature
from ronghe.organisations.models import Organisation
from ronghe.registers.domain.figures import EACH_WORDS, EXAMPLES, NATURE_WORDS
from ronghe.registers.models import Entry
from ronghe.registers.queries.figures import FigureRow
from ronghe.registers.queries.stages import stage_titles
from ronghe.www.desk.forms import UnitField, offer
from ronghe.www.fields import PlainSelect
from ronghe.www.forms import PageForm
from ronghe.www.registers.shelf import Shelf
from ronghe.www.registry.forms import DayField

STALE, ENDED = "stale", "ended"
MOST_UNITS = 300
PERIODS_BACK, PERIODS_AHEAD = 8, 2


class ShelfForm(PageForm):
    """The filters of one register; what cannot be understood filters nothing."""

    q = forms.CharField(label=_("名称"), max_length=80, required=False)
    stage = forms.ChoiceField(label=_("阶段"), required=False, widget=PlainSelect)
    unit = forms.ChoiceField(label=_("登记单位"), required=False, widget=PlainSelect)
    show = forms.ChoiceField(label=_("状态"), required=False, widget=PlainSelect)

    def __init__(self, asked: Any, *, shelf: Shelf) -> None:
        super().__init__({name: asked.get(name, "") for name in self.base_fields})
        self.shelf = shelf
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}
        if shelf.body.life and "stage" in shelf.parts:
            offer(self, "stage", [("", gettext("全部")), *stage_titles(shelf.body.life, shelf.on).items()])
        else:
            del self.fields["stage"]
        self._offer_units()
        shown = [("", gettext("在册的")), (ENDED, gettext("已注销的"))]
        if shelf.stale_before:
            shown.insert(1, (STALE, gettext("久未核对的")))
        offer(self, "show", shown)
        if shelf.powers is None:
            del self.fields["show"]
        self.is_valid()

    def _offer_units(self) -> None:
        if self.shelf.powers is None:
            del self.fields["unit"]
            return
        keeping = self.shelf.entries.order_by().values("organisation")
        units = Organisation.objects.filter(pk__in=keeping).order_by("name").values_list("code", "name")
        choices = list(units[:MOST_UNITS])
        if len(choices) > 1:
            offer(self, "unit", [("", gettext("全部单位")), *choices])
        else:
            del self.fields["unit"]

    def given(self, name: str) -> str:
        """A filter as far as it could be read."""
        return str(self.cleaned_data.get(name) or "") if name in self.fields else ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything was asked."""
        return any(self.given(name) for name in self.fields)

    def found(self) -> QuerySet[Entry]:
        """The entries asked for, those begun last first."""
        rows = self.shelf.entries
        if self.given("q"):
            rows = self.shelf.named.filter(title__icontains=self.given("q"))
        today = self.shelf.on
        show = self.given("show")
        rows = (
            rows.filter(ends__lte=today) if show == ENDED else rows.filter(Q(ends=None) | Q(ends__gt=today))
        )
        if show == STALE and self.shelf.stale_before:
            rows = rows.filter(confirmed_on__lt=self.shelf.stale_before)
        if self.given("stage"):
            at_step = Q(life__steps__code=self.given("stage"), life__steps__done_at=None)
            rows = rows.filter(pk__in=Entry.objects.filter(at_step).values("pk"))
        if self.given("unit"):
            rows = rows.filter(organisation__code=self.given("unit"))
        return rows.select_related("organisation").order_by("-begins", "-pk")


class EntryParts(PageForm):
    """What an entry has beside the answers: a title, who registers it, from which day it is so."""

    title = forms.CharField(label=_("名称"), max_length=200, error_messages={"required": _("请填写名称。")})
    unit = forms.ChoiceField(label=_("登记单位"), error_messages={"required": _("请选登记单位。")})
    on = DayField(label=_("从哪一天起"), required=True, help_text=_("可以补记过去的日子，不能写将来的。"))

    def __init__(
        self, *args: Any, units: list[tuple[str, str]], asks_title: bool, today: dt.date, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if not asks_title:
            del self.fields["title"]
        if len(units) > 1:
            offer(self, "unit", units)
        else:
            del self.fields["unit"]
        self.dress()


class EndForm(PageForm):
    """注销: why, and from which day."""

    because = forms.CharField(
        label=_("注销的原因"),
        max_length=40,
        help_text=_("一句短话，例如 项目终止。不写人名和电话。"),
        error_messages={"required": _("请写明注销的原因。")},
    )
    on = DayField(label=_("从哪一天起"), required=True)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class RelateForm(PageForm):
    """关系: of which kind, to which unit, from which day."""

    kind = forms.ChoiceField(label=_("什么关系"), error_messages={"required": _("请选什么关系。")})
    on = DayField(label=_("从哪一天起"), required=True)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        offer(self, "kind", kinds)
        self.fields["unit"] = UnitField(on=today, label=_("与哪个单位"))
        self.order_fields(["kind", "unit", "on"])
        self.dress()


class UnrelateForm(PageForm):
    """From which day a relationship is over."""

    on = DayField(label=_("从哪一天起不再有"), required=True)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        self.dress()


class FigureForm(PageForm):
    """One figure. `seen`: the one that stood when the page was shown."""

    nature = forms.ChoiceField(label=_("性质"))
    period = forms.CharField(label=_("哪一期"), max_length=24, error_messages={"required": _("请写哪一期。")})
    value = forms.CharField(label=_("数量"), max_length=30, error_messages={"required": _("请填数量。")})
    document = forms.CharField(label=_("依据文号"), max_length=80, required=False)

    def __init__(self, *args: Any, row: FigureRow, today: dt.date, **kwargs: Any) -> None:
        kind = row.kind
        self.today = today
        kwargs["prefix"] = f"f-{kind.code}"
        kwargs["auto_id"] = f"id_{kind.code}_%s"
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["value"].label = gettext("数量（%(unit)s）") % {"unit": kind.unit}
        self.fields["value"].widget.attrs["inputmode"] = "decimal"
        natures = [(str(one), NATURE_WORDS[Nature(one)]) for one in kind.natures]
        if len(natures) > 1:
            offer(self, "nature", natures)
        else:
            del self.fields["nature"]
        if kind.each is None:
            del self.fields["period"]
        else:
            self.fields["period"].help_text = gettext(
                "按%(each)s填：从列出的里选，或者写成 %(example)s。"
            ) % {
                "each": EACH_WORDS[Each(kind.each)],
                "example": EXAMPLES[Each(kind.each)],
            }
            self.fields["period"].widget.attrs |= {"list": self.periods_id, "autocomplete": "off"}
        self.dress()

    @property
    def periods_id(self) -> str:
        """The list of periods to choose from, on the page."""
        return f"periods-{self.kind.code}"

    @property
    def periods(self) -> list[tuple[str, str]]:
        """Periods about today, the next ones first: as they are written, and in words. Others can be typed."""
        if self.kind.each is None:
            return []
        period = Period.holding(self.today, Every(self.kind.each))
        for _ahead in range(PERIODS_AHEAD):
            period = period.next()
        found = []
        for _back in range(PERIODS_AHEAD + 1 + PERIODS_BACK):
            found.append((str(period), period.label))
            period = period.previous()
        return found

    @property
    def asked(self) -> dict[str, str]:
        """What the domain is asked."""
        clean = self.cleaned_data
        nature = clean.get("nature") or str(self.kind.natures[0])
        return {"nature": nature, "period": clean.get("period", ""), "document": clean["document"].strip()}


class TableForm(PageForm):
    """A file to be imported, and for which of one's units."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_(".xlsx 或 .csv，首行是列名，一次最多 2000 行。"),
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("请选择文件。"),
            "empty": _("这个文件是空的，请核对后重新选择。"),
            "invalid": _("文件没有传上来，请重新选择。"),
        },
    )
    unit = forms.ChoiceField(label=_("没有写登记单位的行记在"), error_messages={"required": _("请选单位。")})

    def __init__(self, *args: Any, units: list[tuple[str, str]] = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        if len(units) > 1:
            offer(self, "unit", list(units))
        else:
            del self.fields["unit"]
        self.dress()
