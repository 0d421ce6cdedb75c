"""What a form of an activity asks beside the answers of its definition; and the filters of the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.activities.domain.entitled import may_write, writers_of
from ronghe.activities.enums import State
from ronghe.activities.queries.columns import OTHERS
from ronghe.activities.rules import GROUNDS
from ronghe.core.errors import RongheError
from ronghe.core.periods import Every, Period
from ronghe.core.worktime.calculator import read_instant
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.definitions.queries import Loaded, calendar
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, by_code, find_by_name
from ronghe.organisations.queries.rolls import Seat
from ronghe.www.desk.forms import offer
from ronghe.www.fields import AnswerField, ManyFiles, PlainSelect, offer_choices, widget_of
from ronghe.www.forms import Filters, InstantField, PageForm

MOST_PHOTOS = 12
UNITS, THINGS = "units", "things"  # ids of the page's datalists


class UnitsField(forms.CharField):
    """Several organisations by name, with 、 between them, chosen from the page's list or typed."""

    def __init__(self, *, datalist: str = UNITS, kinds: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(max_length=600, required=False, **kwargs)
        self.kinds = frozenset(kinds)
        self.widget.attrs |= {"list": datalist, "autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> list[Organisation]:
        typed = super().clean(value)
        names = [part.strip() for part in typed.replace("；", "、").replace("\n", "、").split("、")]
        return [_unit_named(name) for name in names if name]


def _unit_named(name: str) -> Organisation:
    try:
        return by_code(name) or find_by_name(name, timezone.localdate())
    except RongheError as error:
        raise forms.ValidationError(error.message, code=error.code) from error


class PhotosField(forms.Field):
    """Photos: never asked for."""

    def __init__(self) -> None:
        widget = ManyFiles({"accept": "image/*", "multiple": True})
        super().__init__(label=_("照片"), required=False, widget=widget)

    def clean(self, value: Any) -> list[Any]:
        files = value or []
        large = [str(file.name) for file in files if (file.size or 0) > settings.MAX_UPLOAD]
        if large:
            said = gettext("“%(names)s”太大，没有收下。请换小一些的照片，也可以不传。")
            raise forms.ValidationError(said % {"names": "、".join(large)}, code="too-large")
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(gettext("最多 %(most)d 张，请少选几张。") % {"most": MOST_PHOTOS})
        return list(files)


class PartsForm(PageForm):
    """Who, when, where, how many; the rest is folded away."""

    organiser = forms.ChoiceField(label=_("组织单位"))
    begins = InstantField(label=_("开始时间"))
    ends = InstantField(label=_("结束时间"), required=False)
    place = forms.CharField(label=_("地点"), max_length=200, required=False)
    is_online = forms.BooleanField(label=_("线上开展"), required=False)
    people = forms.IntegerField(
        label=_("参加人数"),
        required=False,
        min_value=0,
        max_value=100_000,
        error_messages={"invalid": _("人数要写整数。"), "min_value": _("人数不能小于 0。")},
    )
    names = forms.MultipleChoiceField(
        label=_("点名"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("点了名，人数就按点到的算。名单只有本支部管名册的人和本人看得到。"),
    )
    joint = UnitsField(
        label=_("联合组织的单位"), help_text=_("写名称，几个单位用顿号隔开。各记一次，全市只算一次。")
    )
    others = AnswerField(OTHERS.fields[0], widget_of(OTHERS.fields[0]))
    guides = UnitsField(label=_("列席指导的单位"), help_text=_("写名称，几个单位用顿号隔开。"))
    about = UnitsField(
        label=_("涉及的单位、企业"),
        datalist=THINGS,
        help_text=_("写名称，几个用顿号隔开。这次活动也算在它们名下。"),
    )
    photos = PhotosField()

    def __init__(
        self,
        *args: Any,
        kind: Loaded,
        units: Sequence[Organisation],
        members: Sequence[Seat],
        references: Mapping[str, Any],
        powers: Powers | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        offer(self, "organiser", [(unit.code, unit.name) for unit in units])
        self.fields["begins"].widget.attrs["step"] = self.fields["ends"].widget.attrs["step"] = 60
        self.fields["people"].widget.attrs["inputmode"] = "numeric"
        others = self.fields["others"]
        assert isinstance(others, AnswerField)  # noqa: S101 - declared above
        others.widget.attrs["aria-label"] = others.label
        offer_choices(others.widget, others.asked, {}, references)
        if members:
            offer(self, "names", [(str(seat.person_id), seat.name) for seat in members])
        else:
            del self.fields["names"]
        if not kind.body.about:
            del self.fields["about"]
        elif kind.body.requires is not None:
            self.fields["about"].required = True
            self.fields["about"].error_messages["required"] = gettext("请写明去了哪一家。")
        organisers = [unit.pk for unit in units]
        self.left: list[str] = []
        for quantity in kind.body.quantities:
            if may_write(quantity, powers, organisers):
                self.fields[f"q-{quantity.code}"] = _amount(quantity)
            else:
                words = {"title": quantity.title, "who": writers_of(quantity.by, timezone.localdate())}
                self.left.append(gettext("“%(title)s”由%(who)s填报。") % words)
        self.dress()

    @property
    def figures(self) -> list[Any]:
        """The fields of the quantities."""
        return [self[name] for name in self.fields if name.startswith("q-")]

    def clean_begins(self) -> dt.datetime:
        """The instant."""
        return read_instant(self.cleaned_data["begins"], calendar())

    def clean_ends(self) -> dt.datetime | None:
        """The instant, if any; a time alone is of the day it began."""
        text: str = self.cleaned_data["ends"]
        return read_instant(text, calendar()) if text else None

    def clean_others(self) -> dict[int, int]:
        """Units and how many of each."""
        cleaned = OTHERS.clean({"others": self.cleaned_data["others"]})
        if cleaned.errors:
            raise forms.ValidationError(next(iter(cleaned.errors.values())))
        counts: dict[int, int] = {}
        rows: Any = cleaned.values.get("others", [])
        for row in rows:
            unit, count = by_code(str(row["unit"])), str(row["count"])
            if unit is None or not count.isdigit():
                raise forms.ValidationError(gettext("请选单位，人数写整数。"))
            counts[unit.pk] = counts.get(unit.pk, 0) + int(count)
        return counts


def _amount(kind: QuantityKind) -> forms.CharField:
    label = gettext("%(title)s（%(unit)s）") % {"title": kind.title, "unit": kind.unit}
    widget = forms.TextInput({"inputmode": "decimal" if kind.places else "numeric"})
    return forms.CharField(label=label, max_length=30, required=False, widget=widget)


class CancelForm(PageForm):
    """Why it is taken off the list."""

    ground = forms.ChoiceField(
        label=_("原因"), widget=forms.RadioSelect, error_messages={"required": _("请选一个原因。")}
    )

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "ground", [(str(one.value), one.label) for one in GROUNDS[state]])


def activity_kinds() -> list[tuple[str, str]]:
    """The kinds there are today, by code and title."""
    today = timezone.localdate()
    return [(one.edition.code, one.edition.title) for one in definitions.live(Kind.ACTIVITY, today)]


class ListForm(Filters):
    """The filters of the list; what cannot be understood filters nothing."""

    q = forms.CharField(label=_("名称"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, widget=PlainSelect)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("计划中和已开展")), *State.choices],
        widget=PlainSelect,
    )
    period = forms.ChoiceField(label=_("时间"), required=False, widget=PlainSelect)
    whose = forms.ChoiceField(
        label=_("范围"),
        required=False,
        choices=[("", _("能看到的全部")), ("mine", _("我能登记的单位"))],
        widget=PlainSelect,
    )
    unit = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, on: dt.date, kinds: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [("", gettext("全部类别")), *kinds])
        offer(self, "period", [("", gettext("全部时间")), *_periods(on)])
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}

    @property
    def wanted_period(self) -> Period | None:
        """The period chosen."""
        text = self.given("period")
        return Period.parse(text) if text else None


def _periods(on: dt.date) -> list[tuple[str, str]]:
    """This month and the last, this quarter, this year and the last."""
    month = Period.holding(on, Every.MONTH)
    last = Period.holding(month.first - dt.timedelta(1), Every.MONTH)
    year = Period.holding(on, Every.YEAR)
    before = Period.holding(year.first - dt.timedelta(1), Every.YEAR)
    return [
        (str(month), gettext("本月")),
        (str(last), gettext("上月")),
        (str(Period.holding(on, Every.QUARTER)), gettext("本季度")),
        (str(year), gettext("今年")),
        (str(before), gettext("去年")),
    ]


class TemplateForm(PageForm):
    """The table to be filled in."""

    file = forms.FileField(
        label=_("上级发的表格（.xlsx）"),
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
        error_messages={"required": _("请选一个 .xlsx 文件。"), "empty": _("这个文件是空的，请核对。")},
    )

    def clean_file(self) -> Any:
        """Not larger than what is kept anywhere."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD:
            raise forms.ValidationError(gettext("文件太大。请删去多余的工作表再上传。"))
        return file
