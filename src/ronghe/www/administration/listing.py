"""What the lists of administration are asked, and how far who asks may look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.definitions.enums import Kind
from ronghe.organisations.domain.identity import phone_indices
from ronghe.organisations.queries import Powers, powers_of
from ronghe.organisations.queries.accounts import (
    CLOSED,
    IDLE,
    LEFT,
    NEVER,
    NO_ACCOUNT,
    SITTING,
    VACANT,
    WITHOUT,
    WantedPeople,
    WantedPosts,
    WantedUnits,
    Within,
)
from ronghe.organisations.queries.directory import ENTERPRISE, titles_of
from ronghe.organisations.rules import may_administer
from ronghe.www.forms import Filters
from ronghe.www.registry.forms import choice_field

PAGE = 30


def powers_here(request: HttpRequest) -> Powers:
    """What who asks may do today."""
    return powers_of(request.user, timezone.localdate())


def within(powers: Powers) -> Within:
    """The units somebody manages; None: the whole city."""
    return None if may_administer(powers) else powers.scope("manage")


class ListForm(Filters):
    """A list filtered by its address; what cannot be understood filters nothing, and is said."""

    q = forms.CharField(label=_("找"), max_length=80, required=False)

    def __init__(self, asked: Any, *, powers: Powers) -> None:
        super().__init__({name: asked.get(name) or "" for name in self.base_fields})
        self.powers, self.today, self.within = powers, powers.on, within(powers)
        self.fields["q"].widget.input_type = "search"
        self.fields["q"].widget.attrs |= {"data-key-search": "", "autocomplete": "off"}
        self.offer()

    def offer(self) -> None:
        """Fill in what can be chosen today."""

    @property
    def status(self) -> int:
        """200, or 422 when something was not understood."""
        return 200 if self.is_valid() else 422


def offer_kinds(form: ListForm, kind: Kind, *, without: str = "") -> dict[str, str]:
    """The kinds to filter by, as (code, title)."""
    titles = {code: title for code, title in titles_of(kind, form.today).items() if code != without}
    ordered = sorted(titles.items(), key=lambda item: item[1])
    choice_field(form, "kind").choices = [("", gettext("全部")), *ordered]
    return titles


class UnitsForm(ListForm):
    """Which units, and what they lack."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    lacks = forms.ChoiceField(
        label=_("缺什么"),
        required=False,
        choices=[("", _("不限")), (NO_ACCOUNT, _("没有能登录的账号")), (VACANT, _("有空缺的岗位"))],
    )

    def offer(self) -> None:
        self.fields["q"].label = gettext("单位名称或拼音首字母")
        self.kinds = offer_kinds(self, Kind.ORGANISATION, without=ENTERPRISE)

    @property
    def wanted(self) -> WantedUnits:
        """What is looked for."""
        return WantedUnits(self.today, self.within, self.given("q"), self.given("kind"), self.given("lacks"))


class PeopleForm(ListForm):
    """Whose records, and how they stand."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            (SITTING, _("在任的")),
            (WITHOUT, _("在任，没有账号")),
            (NEVER, _("有账号，没登录过")),
            (CLOSED, _("账号已停用")),
            (IDLE, _("没有岗位")),
            (LEFT, _("已离任")),
        ],
    )

    def offer(self) -> None:
        self.fields["q"].label = gettext("姓名、拼音首字母、工号、账号或手机号")

    @property
    def wanted(self) -> WantedPeople:
        """What is looked for. A word finds people however they stand."""
        text = self.given("q")
        return WantedPeople(self.today, self.within, text, tuple(phone_indices(text)), self.given("state"))


class PostsForm(ListForm):
    """Which posts, all or the vacant ones."""

    kind = forms.ChoiceField(label=_("岗位种类"), required=False)
    vacant = forms.ChoiceField(
        label=_("任职"), required=False, choices=[("", _("不限")), ("yes", _("只看空缺的"))]
    )

    def offer(self) -> None:
        self.fields["q"].label = gettext("单位或岗位名称")
        offer_kinds(self, Kind.POST)

    @property
    def wanted(self) -> WantedPosts:
        """What is looked for."""
        return WantedPosts(
            self.today, self.within, self.given("q"), self.given("kind"), bool(self.given("vacant"))
        )


class RelationshipsForm(ListForm):
    """Which kind of relationship, and with whom."""

    kind = forms.ChoiceField(label=_("关系"), required=False)

    def offer(self) -> None:
        self.fields["q"].label = gettext("一方的名称")
        self.kinds = offer_kinds(self, Kind.RELATIONSHIP)
