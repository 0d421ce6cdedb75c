"""单位: what who asks looks after, with its posts and sign-ins; a new unit and a new enterprise."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.definitions.enums import Kind
from ronghe.organisations import domain
from ronghe.organisations.domain.units import free_code
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries.accounts import account_reach, find_units, unit_rows
from ronghe.organisations.queries.directory import ENTERPRISE, titles_of
from ronghe.organisations.queries.trees import by_credit_code, placements_on
from ronghe.organisations.rules import may_manage
from ronghe.www.access import rule
from ronghe.www.administration.history import told, unit_history
from ronghe.www.administration.listing import PAGE, UnitsForm, powers_here
from ronghe.www.administration.sections import ADMINISTERS, MANAGES
from ronghe.www.desk.forms import UnitField
from ronghe.www.desk.views.desk import part_of
from ronghe.www.registry.acting import DatedAct, asked, perform
from ronghe.www.registry.facts import AnswersKind, CreditCodeField
from ronghe.www.registry.forms import TREES, choice_field


@rule(MANAGES)
@require_GET
def list_units(request: HttpRequest) -> HttpResponse:
    """The units who asks looks after, each with what it lacks; by kind, how many have nobody who can sign in."""
    form = UnitsForm(request.GET, powers=powers_here(request))
    page = Paginator(find_units(form.wanted), PAGE).get_page(request.GET.get("page"))
    reach = account_reach(form.today, form.within)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, form.kinds.get(row.unit.kind, "")) for row in unit_rows(list(page), form.today)],
        "reach": [(form.kinds.get(one.kind, ""), one) for one in reach],
        "gap": sum(one.can.gap for one in reach),
        "is_city": form.within is None,
    }
    template = "administration/units.html" + part_of(request, "found")
    return render(request, template, context, status=form.status)


@rule(MANAGES)
@require_GET
def show_unit_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what of a unit, when: read from the ledger."""
    unit = get_object_or_404(Organisation, pk=pk)
    if not may_manage(powers_here(request), unit.pk):
        raise PermissionDenied(gettext("这个单位的变动记录由它的单位管理员和系统管理员查看。"))
    page = Paginator(unit_history(unit, timezone.localdate()), PAGE).get_page(request.GET.get("page"))
    lines = told(list(page), timezone.localdate())
    context = {"page": page, "lines": lines, "name": unit.name, "to": reverse("organisation", args=[pk])}
    return render(request, "administration/history.html", context)


class NewUnitForm(DatedAct):
    """新设单位: of a defined kind, in the tree of the kind unless said otherwise."""

    title: ClassVar[Any] = _("新设单位")
    explains: Any = _("一个一个登记用这里；很多个一起，用导入。")
    kind = forms.ChoiceField(label=_("类别"), error_messages={"required": _("请选一个类别。")})
    name = forms.CharField(
        label=_("名称"), max_length=200, error_messages={"required": _("请填写单位的全称。")}
    )
    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)
    credit_code = CreditCodeField(required=False, help_text=_("有的填；校验不过的不能登记。"))

    def build(self) -> None:
        titles = titles_of(Kind.ORGANISATION, self.asked_on)
        self.kinds = {code: title for code, title in titles.items() if code != ENTERPRISE}
        ordered = sorted(self.kinds.items(), key=lambda item: item[1])
        choice_field(self, "kind").choices = [("", gettext("请选择")), *ordered]
        said = _("打几个字，从列出的里面选；空着就是没有上级，自成一级。")
        self.fields["parent"] = UnitField(on=self.asked_on, required=False, label=_("上级"), help_text=said)
        self.fields["tree"] = forms.ChoiceField(
            label=_("在哪棵树里"),
            required=False,
            choices=[("", gettext("按类别")), *TREES.items()],
        )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        same = placements_on(self.asked_on).filter(name=clean.get("name"), parent=clean.get("parent"))
        if "parent" in clean and same.exists():
            self.add_error(
                "name", gettext("这里已经有叫这个名称的单位，没有重复登记。请核对，或换一个名称。")
            )
        return clean

    @property
    def subject(self) -> str:
        return gettext("单位")

    @property
    def back(self) -> str:
        return reverse("admin-units")

    @property
    def after(self) -> str:
        return reverse("organisation", args=[self.made.pk])

    def sentence(self) -> str:
        clean = self.cleaned_data
        parent = clean["parent"]
        words = {**self.words, "kind": self.kinds[clean["kind"]], "name": clean["name"]}
        if parent is None:
            return gettext("从%(day)s起，设立%(kind)s“%(name)s”，没有上级。") % words
        return gettext("从%(day)s起，在“%(parent)s”之下设立%(kind)s“%(name)s”。") % {
            **words,
            "parent": parent.name,
        }

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        above = clean["parent"].name if clean["parent"] else ""
        self.made = domain.create_organisation(
            code=free_code(clean["name"], above),
            kind=clean["kind"],
            name=clean["name"],
            short_name=clean["short_name"],
            credit_code=clean["credit_code"] or None,
            parent=clean["parent"],
            tree=clean["tree"],
            **self._when(actor, at),
        )


class NewEnterpriseForm(AnswersKind, DatedAct):
    """登记企业: under its 统一代码, with what is kept about it."""

    title: ClassVar[Any] = _("登记企业")
    explains: Any = _("企业按统一社会信用代码登记，一家一次。很多家一起，用导入。")
    name = forms.CharField(
        label=_("企业名称"), max_length=200, error_messages={"required": _("请填写企业的全称。")}
    )
    credit_code = CreditCodeField()

    def build(self) -> None:
        self.ask(ENTERPRISE, self.today)

    def clean_credit_code(self) -> str:
        """A code that no enterprise bears yet."""
        code = str(self.cleaned_data["credit_code"])
        if (taken := by_credit_code(code)) is not None:
            said = gettext("这个代码已经登记给“%(name)s”，没有重复保存。名称变了，请到那一家办更名。")
            raise forms.ValidationError(said % {"name": taken.name})
        return code

    @property
    def subject(self) -> str:
        return gettext("企业名录")

    @property
    def back(self) -> str:
        return reverse("enterprises")

    @property
    def after(self) -> str:
        return reverse("enterprise", args=[self.made.pk])

    def sentence(self) -> str:
        words = {**self.words, "name": self.cleaned_data["name"], "code": self.cleaned_data["credit_code"]}
        return gettext("从%(day)s起，登记企业“%(name)s”，统一社会信用代码 %(code)s。") % words

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        self.made = domain.register_enterprise(
            credit_code=clean["credit_code"],
            name=clean["name"],
            values=self.answers,
            **self._when(actor, at),
        )


@rule(ADMINISTERS)
@require_http_methods(["GET", "POST"])
@never_cache
def new_unit(request: HttpRequest) -> HttpResponse:
    """Found a unit."""
    return perform(request, asked(request, NewUnitForm))


@rule(ADMINISTERS)
@require_http_methods(["GET", "POST"])
@never_cache
def new_enterprise(request: HttpRequest) -> HttpResponse:
    """Register an enterprise."""
    return perform(request, asked(request, NewEnterpriseForm))
