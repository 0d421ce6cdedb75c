"""What the desk asks: filters of its lists, and one small form for each act on a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.domain.acting import LONGEST_NOTE, LONGEST_REPLY, Promise
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply, Step
from ronghe.casework.queries.listing import LIGHTS, Wanted
from ronghe.casework.queries.templates import Template, compose, fill
from ronghe.core.errors import RongheError
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.domain.identity import REASON_LEAST, REASON_MOST
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import by_code, find_by_name
from ronghe.organisations.queries.found import units_by_initials
from ronghe.www.fields import PlainSelect
from ronghe.www.forms import Filters, PageForm

MOST_CO_HANDLERS = 3
TYPED = ("q", "unit")  # filters that take any word
UNITS = "units"  # the id of the page's datalist of units
TOO_LONG = _("最多 %(limit_value)d 个字，现有 %(show_value)d 个字，请删减。")


def text_field(label: Any, *, rows: int, most: int, required: bool = False, **more: Any) -> forms.CharField:
    """A long text with its counter."""
    widget = forms.Textarea({"rows": rows, "maxlength": most})
    errors = {"required": _("还没有填写，请填写后再提交。"), "max_length": TOO_LONG}
    return forms.CharField(
        label=label, widget=widget, max_length=most, required=required, error_messages=errors, **more
    )


def offer(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Say what can be chosen today."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - asked of fields declared below
    field.choices = choices


class UnitField(forms.CharField):
    """A unit by its name or its pinyin initials, chosen from the page's list or typed; cleaned to the organisation."""

    def __init__(self, *, on: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("承办单位"))
        super().__init__(max_length=200, **kwargs)
        self.on = on
        self.widget.attrs |= {"list": UNITS, "autocomplete": "off", "spellcheck": "false"}
        self.error_messages["required"] = _("请选一个单位：打几个字，从列出的里面选。")

    def clean(self, value: Any) -> Organisation | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return by_code(typed) or find_by_name(typed, self.on)
        except RongheError as error:
            found = units_by_initials(typed, self.on)
            if len(found) == 1:
                return found[0]
            words = {"text": typed, "names": "、".join(unit.name for unit in found)}
            several = gettext("首字母是“%(text)s”的有几个单位：%(names)s。请写名称。") % words
            raise forms.ValidationError(several if found else error.message, code=error.code) from error


class FilterForm(Filters):
    """The filters of 我的待办; what cannot be understood filters nothing."""

    q = forms.CharField(label=_("编号或标题"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, widget=PlainSelect)
    light = forms.ChoiceField(label=_("时限"), required=False, widget=PlainSelect)

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.edition.code, one.edition.title) for one in definitions.live(Kind.PROCEDURE, on)]
        offer(self, "kind", [("", gettext("全部类别")), *kinds])
        lights = [(light.value, f"{light.shape} {gettext(light.label)}") for light in LIGHTS]
        offer(self, "light", [("", gettext("全部")), *lights])
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}
        self._kinds = tuple(kinds)

    @property
    def written_as(self) -> tuple[object, ...] | None:
        """What it looks like depends on this alone (see `Unchanging`); None where somebody typed something."""
        if any(self.data.get(name) for name in TYPED):
            return None
        return (self._kinds, *map(self.given, self.fields))


class CasesForm(FilterForm):
    """The filters of 全部办件."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部状态")), *CaseState.choices],
        widget=PlainSelect,
    )
    unit = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())
    sort = forms.ChoiceField(
        label=_("排序"),
        required=False,
        choices=[("", _("先到期的在前")), ("new", _("新提出的在前"))],
        widget=PlainSelect,
    )
    first = forms.ChoiceField(
        label=_("首问"),
        required=False,
        choices=[("", _("全部")), ("1", _("我单位首问的"))],
        widget=PlainSelect,
    )

    def wanted(self) -> Wanted:
        """What is looked for."""
        names = ("state", "kind", "light", "unit", "sort")
        given = {name: self.given(name) for name in names}
        return Wanted(text=self.given("q").strip(), first=bool(self.given("first")), **given)


class StepForm(PageForm):
    """What an outcome asks beside the step's own form: where to, the reply, a reason or a remark."""

    def __init__(
        self,
        *args: Any,
        on: dt.date,
        needs: frozenset[str],
        lanes: Sequence[Step] = (),
        most: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if "lanes" in needs:
            label = (
                gettext("选定揭榜单位（最多 %(n)d 个）") % {"n": most} if most else gettext("选定揭榜单位")
            )
            self.fields["lanes"] = forms.MultipleChoiceField(
                label=label,
                widget=forms.CheckboxSelectMultiple(),
                choices=[(lane.path[-1], str(lane.holder)) for lane in lanes],
                error_messages={"required": _("请选定揭榜单位。")},
            )
        if "unit" in needs:
            self.fields["to"] = UnitField(on=on, required="unit-or-triage" not in needs)
            if "unit-or-triage" in needs:
                self.fields["to"].help_text = gettext("不知道该谁办就空着，退回分办台。")
        if "co-handlers" in needs:
            for n in range(1, MOST_CO_HANDLERS + 1):
                label = gettext("协办单位 %(n)d") % {"n": n}
                self.fields[f"co_{n}"] = UnitField(on=on, required=n == 1, label=label)
        if "reply" not in needs or "note" in needs:
            label = gettext("理由") if "note" in needs else gettext("说明")
            self.fields["note"] = text_field(label, rows=3, most=LONGEST_NOTE, required="note" in needs)
        self.dress()

    @property
    def co_handlers(self) -> list[Organisation]:
        """The units named to assist, each once."""
        named = (self.cleaned_data.get(f"co_{n}") for n in range(1, MOST_CO_HANDLERS + 1))
        return list(dict.fromkeys(unit for unit in named if unit))


class ReplyForm(PageForm):
    """The reply by the parts of its template (one text where it has none), and a promise to be followed up."""

    def __init__(
        self,
        *args: Any,
        template: Template | None,
        words: Mapping[str, str],
        draft: Reply | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.template, self.words = template, words
        if template is None:
            field = text_field(_("答复内容"), rows=10, most=LONGEST_REPLY, required=True)
            field.initial = draft.text if draft else ""
            field.help_text = gettext("诉求人会一字不差地看到。先说结果，再说依据和后续安排。")
            self.fields["reply"] = field
        before = draft.parts if draft else {}
        for part in template.parts if template else ():
            written = before.get(part.code, part.text)
            field = text_field(
                part.title, rows=3 if part.required else 1, most=LONGEST_REPLY, required=part.required
            )
            del field.widget.attrs["maxlength"]  # far longer than anybody writes: no counter
            field.initial = fill(written, words)
            self.fields[f"part_{part.code}"] = field
        first = next((name for name, field in self.fields.items() if field.required), None)
        if first:
            self.fields[first].widget.attrs["data-key-reply"] = ""
        self.fields["promise"] = forms.CharField(
            label=_("另有承诺，办到哪天"), max_length=200, required=False,
            widget=forms.TextInput({"placeholder": _("承诺做什么")}),
        )  # fmt: skip
        self.fields["promise_due"] = forms.DateField(
            label=_("承诺日期"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        )
        self.dress()

    @property
    def written(self) -> list[forms.BoundField]:
        """The fields of the reply that are written by hand."""
        framed = {field.name for field in self.framed}
        return [field for field in self if not field.name.startswith("promise") and field.name not in framed]

    @property
    def framed(self) -> list[forms.BoundField]:
        """The parts that the template words beforehand: greeting and closing."""
        parts = self.template.parts if self.template else ()
        return [self[f"part_{part.code}"] for part in parts if part.text and not part.required]

    @property
    def parts_given(self) -> dict[str, str]:
        """The parts as they were typed."""
        parts = self.template.parts if self.template else ()
        return {part.code: str(self.cleaned_data.get(f"part_{part.code}") or "") for part in parts}

    @property
    def promised(self) -> list[Promise]:
        """The promise that was named, if one was."""
        text, due = self.cleaned_data.get("promise"), self.cleaned_data.get("promise_due")
        return [Promise(text, due)] if text and due else []

    def composed(self) -> str:
        """The reply exactly as it will be sent."""
        if self.template is None:
            return str(self.cleaned_data.get("reply") or "")
        return compose(self.template, self.parts_given, self.words)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if bool(values.get("promise")) != bool(values.get("promise_due")) and not self.errors:
            self.add_error("promise", gettext("承诺的事和日期要一起填，或者都不填。"))
        return values


class OptionalNoteForm(PageForm):
    """A remark that may be left out."""

    note = text_field(_("说明"), rows=2, most=LONGEST_NOTE)


class ReasonForm(PageForm):
    """A reason or demand that must be given."""

    note = text_field(_("理由或要求"), rows=2, most=LONGEST_NOTE, required=True)


class DivertForm(PageForm):
    """Which outcome of the whole procedure, and why."""

    way = forms.ChoiceField(label=_("怎样处理"), widget=forms.RadioSelect())
    note = text_field(_("理由"), rows=2, most=LONGEST_NOTE, required=True)

    def __init__(self, *args: Any, ways: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = list(ways)  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.fields["way"].initial = ways[0][0]


class ExplainForm(PageForm):
    """How things stand, for whoever urged."""

    text = text_field(_("办到哪一步、何时办完"), rows=3, most=LONGEST_NOTE, required=True)


class MergeForm(PageForm):
    """Into which case; every requester still gets the answer."""

    into = forms.CharField(
        label=_("主件编号"),
        max_length=40,
        widget=forms.TextInput({"list": "similar", "autocomplete": "off"}),
        help_text=_("主件办结时，本件的诉求人同样收到答复；本件的期限不变。"),
        error_messages={"required": _("请填主件的编号，例如 QY2026-000001。")},
    )
    note = text_field(_("说明"), rows=2, most=LONGEST_NOTE)

    def clean_into(self) -> Case:
        number = str(self.cleaned_data["into"]).strip().upper()
        case: Case | None = Case.objects.filter(number=number).first()
        if case is None:
            raise forms.ValidationError(gettext("没有找到要并入的件，请核对编号。"))
        return case


class SplitOffForm(PageForm):
    """The other matter, in the requester's words."""

    detail = text_field(_("另一件事的具体情况"), rows=3, most=4000, required=True)


class ClaimForm(PageForm):
    """For which unit a call is answered."""

    unit = forms.TypedChoiceField(label=_("揭榜单位"), coerce=int)

    def __init__(self, *args: Any, units: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        offer(self, "unit", [(unit.pk, unit.name) for unit in units])


class NoteForm(PageForm):
    """A remark."""

    text = text_field(_("备注"), rows=3, most=LONGEST_NOTE, required=True, help_text=_("只有内部能看到。"))


class PauseForm(PageForm):
    """Stop the clock for a ground of the definition."""

    ground = forms.ChoiceField(
        label=_("暂停理由"), widget=forms.RadioSelect(), error_messages={"required": _("请选一个理由。")}
    )
    note = text_field(_("说明"), rows=2, most=LONGEST_NOTE, help_text=_("会告知诉求人。"))

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "ground", grounds)
        if len(grounds) == 1:
            self.fields["ground"].initial = grounds[0][0]


class AskForm(PauseForm):
    """What the requester is asked for; the clock stands still until they answer."""

    note = text_field(
        _("请诉求人补充什么"), rows=3, most=LONGEST_NOTE, required=True, help_text=_("会连同链接发给诉求人。")
    )

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, grounds=grounds, **kwargs)
        if len(grounds) == 1:  # nothing to choose
            self.fields["ground"].widget = forms.HiddenInput()


class ResumeForm(PageForm):
    """Nothing to ask."""


class ExtendForm(PageForm):
    """Lengthen the limit: how much, on which paper, why."""

    amount = forms.IntegerField(
        min_value=1,
        error_messages={
            "required": _("请填写延长多少。"),
            "min_value": _("至少延长 1。"),
            "invalid": _("请填写整数。"),
        },
    )
    note = text_field(_("延期理由"), rows=3, most=LONGEST_NOTE, required=True, help_text=_("会告知诉求人。"))
    document = forms.CharField(label=_("批准文号"), max_length=80, required=False)

    def __init__(self, *args: Any, most: Limit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        self.fields["amount"].label = gettext("延长几个%(unit)s") % {"unit": most.unit.value}
        self.fields["amount"].help_text = gettext("最长 %(most)s。") % {
            "most": most.unit.counted(most.amount)
        }
        self.fields["amount"].widget.attrs |= {"max": most.amount, "inputmode": "numeric"}

    @property
    def limit(self) -> Limit:
        """What was asked for, in the unit of the clock."""
        return Limit(self.cleaned_data["amount"], self.most.unit)


class AssignForm(PageForm):
    """Who in the unit does it."""

    person = forms.TypedChoiceField(
        label=_("经办人"),
        coerce=int,
        error_messages={"required": _("请选一个人。"), "invalid_choice": _("请从列出的人里面选。")},
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in people}
        offer(self, "person", [("", gettext("请选择")), *((one.pk, one.name) for one in people)])


class RevealForm(PageForm):
    """Why an identity must be read."""

    reason = forms.CharField(
        label=_("查看理由"),
        min_length=REASON_LEAST,
        max_length=REASON_MOST,
        help_text=_("写清为什么要看，例如“电话核实来信内容”。每看一次都记在台账里。"),
        error_messages={
            "required": _("请写明理由，写了才能看。"),
            "min_length": _("理由太短，请写清为什么要看。"),
            "max_length": TOO_LONG,
        },
    )


class TriageForm(PageForm):
    """Where a case goes: one of the suggested units, or another."""

    suggested = forms.ChoiceField(label=_("建议的单位"), required=False, widget=forms.RadioSelect())
    note = text_field(_("分办意见"), rows=2, most=LONGEST_NOTE)

    def __init__(self, *args: Any, on: dt.date, units: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        offer(self, "suggested", [(unit.code, unit.name) for unit in units])
        self.fields["to"] = UnitField(
            on=on, required=not units, label=_("别的单位") if units else _("承办单位")
        )
        self.order_fields(["suggested", "to", "note"])
        self.dress()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        chosen = values.get("to") or self.units.get(values.get("suggested", ""))
        if chosen is None and not self.errors:
            self.add_error("to", gettext("还没有选单位。请选一个建议的单位，或打几个字找别的单位。"))
        values["unit"] = chosen
        return values
