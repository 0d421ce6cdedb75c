"""The acts on one person and their sign-in: recorded, corrected, gone; opened, closed, renamed, given a new start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.domain import By
from ronghe.casework.domain.handing import hand_on
from ronghe.organisations import domain
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.accounts import give_password
from ronghe.organisations.domain.identity import masked, phone_indices
from ronghe.organisations.models import Account, Person
from ronghe.organisations.queries import powers_of
from ronghe.organisations.queries.directory import look_alikes
from ronghe.organisations.rules import may_close, may_keep_person
from ronghe.www.registry.acting import Act, DatedAct
from ronghe.www.registry.people import NewPerson

NAME_MOST = 60
ACTIVE, CLOSED_NOW = True, False


def may_keep(form: Act, person: Person) -> bool:
    """Whether who asks may change the record and sign-in of this person."""
    theirs = powers_of(Person.objects.get(pk=person.pk), form.today)
    return may_keep_person(form.powers, person.pk, theirs.posts)


class OnPerson(Act):
    """An act on one person and, where there is one, their sign-in."""

    refused: Any = _(
        "这个人还在您管理的单位以外任职，或者权限涉及全市，由系统管理员办理。请把要改的内容告诉他们。"
    )

    def __init__(self, *args: Any, person: Person, account: Account | None, **kwargs: Any) -> None:
        self.person, self.account = person, account
        super().__init__(*args, **kwargs)

    def is_allowed(self) -> bool:
        return may_keep(self, self.person)

    @property
    def subject(self) -> str:
        return self.person.name

    @property
    def back(self) -> str:
        return reverse("admin-person", args=[self.person.pk])

    @property
    def told(self) -> dict[str, str]:
        """What every sentence may name."""
        return {"name": self.person.name, "account": self.account.username if self.account else ""}


class NewPersonForm(NewPerson, Act):
    """登记人员: somebody who is not in a post yet."""

    title: ClassVar[Any] = _("登记人员")
    explains: Any = _("先登记，再到单位的页面办任职。手机号和邮箱加密保存。")
    name = forms.CharField(
        label=_("姓名"), max_length=NAME_MOST, error_messages={"required": _("请填写姓名。")}
    )
    field_order = ("name", "number", "phone", "email")

    @property
    def subject(self) -> str:
        return gettext("人员和账号")

    @property
    def back(self) -> str:
        return reverse("admin-people")

    @property
    def after(self) -> str:
        return reverse("admin-person", args=[self.made.pk])

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        phones = phone_indices(str(clean.get("phone") or ""))
        found = look_alikes(clean["name"], phones, self.today) if clean.get("name") else []
        if found:
            self.warn(found)
        return clean

    def sentence(self) -> str:
        return gettext("登记新人员“%(name)s”。") % {"name": self.cleaned_data["name"]}

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        self.made = domain.create_person(
            name=clean["name"],
            employee_number=clean["number"] or None,
            contact=self.contact_of(clean["name"]),
            actor=actor,
            at=at,
        )


class ChangeForm(NewPerson, OnPerson):
    """更正: name, number, phone and mail."""

    title: ClassVar[Any] = _("更正登记")
    name = forms.CharField(
        label=_("姓名"), max_length=NAME_MOST, error_messages={"required": _("请填写姓名。")}
    )
    field_order = ("name", "number", "phone", "email")

    def build(self) -> None:
        kept = masked(self.person.identity) if self.person.identity else Contact()
        now_kept = {"name": self.person.name, "number": self.person.employee_number or ""}
        self.initial = {**now_kept, **self.initial}
        for field, now in (("phone", kept.phone), ("email", kept.email)):
            if now:
                said = gettext("现在登记的是 %(now)s，空着就不变。") % {"now": now}
                self.fields[field].help_text = said

    def sentence(self) -> str:
        return gettext("更正“%(name)s”的登记。") % self.told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        clean = self.cleaned_data
        domain.change_person(
            self.person,
            name=clean["name"],
            employee_number=clean["number"] or None,
            phone=clean["phone"],
            email=clean["email"],
            actor=actor,
            at=at,
        )


class GoneForm(OnPerson, DatedAct):
    """离任: every appointment ends, the sign-in closes, what was in hand goes back to the units."""

    title: ClassVar[Any] = _("登记离任")
    explains: Any = _(
        "离任就是离开全市的岗位：所有任职同时结束，账号停用；分派给他、还没办完的件退回各承办单位另派。"
        "只换岗位的，请到单位页面办免去任职或交接。"
    )

    def is_allowed(self) -> bool:
        return super().is_allowed() and may_close(self.powers, self.person.pk)

    def sentence(self) -> str:
        told = {**self.words, **self.told}
        return gettext("从%(day)s起，%(name)s离任，所有任职结束，账号停用，没办完的件退回各单位另派。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        domain.leave(self.person, **self._when(actor, at))
        hand_on(self.person, By(actor, at), to=None, units=None)


class OpenAccountForm(OnPerson):
    """开通账号: with a password that is shown once and changed at the first sign-in."""

    title: ClassVar[Any] = _("开通账号")
    explains: Any = _("起始密码由系统生成，只在办完后显示一次；本人第一次登录时必须改成自己的。")
    username = forms.CharField(
        label=_("账号"),
        max_length=60,
        help_text=_("登录时用，可以用工号或姓名拼音。"),
        error_messages={"required": _("请填写账号。")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def build(self) -> None:
        self.initial.setdefault("username", self.person.employee_number or "")

    def sentence(self) -> str:
        told = {**self.told, "account": self.cleaned_data["username"]}
        return gettext("给%(name)s开通账号“%(account)s”。能做什么，由他在任的岗位决定。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        username, password = self.cleaned_data["username"], domain.first_password()
        domain.open_account(
            self.person, username=username, password=password, actor=actor, at=at, must_change=True
        )
        self.shown = password
        self.shown_to = username


class OnAccount(OnPerson):
    """An act on a sign-in that is there, in the state the act is for."""

    wanted: ClassVar[bool | None] = ACTIVE

    def is_allowed(self) -> bool:
        if self.account is None or (self.wanted is not None and self.account.is_active is not self.wanted):
            return False
        return super().is_allowed()


class ResetForm(OnAccount):
    """重设密码: a new start; whoever knew the old password is out everywhere."""

    title: ClassVar[Any] = _("重设密码")
    explains: Any = _(
        "起始密码只在办完后显示一次；原来的密码和各处的登录立即失效，本人登录时必须改成自己的。"
    )

    def is_allowed(self) -> bool:
        return super().is_allowed() and may_close(self.powers, self.person.pk)

    def sentence(self) -> str:
        return gettext("重设%(name)s的账号“%(account)s”的密码，原来的密码和登录立即失效。") % self.told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        assert self.account is not None  # noqa: S101 - asked in is_allowed
        self.shown, self.shown_to = domain.first_password(), self.account.username
        give_password(self.account, password=self.shown, actor=actor, at=at)


class CloseForm(OnAccount):
    """停用账号: for a while or for good; the posts stay."""

    title: ClassVar[Any] = _("停用账号")
    explains: Any = _("停用后不能登录，已经登录的下一页就退出；岗位和任职不变，随时可以恢复。")

    def is_allowed(self) -> bool:
        return super().is_allowed() and may_close(self.powers, self.person.pk)

    def sentence(self) -> str:
        return gettext("停用%(name)s的账号“%(account)s”。") % self.told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        assert self.account is not None  # noqa: S101 - asked in is_allowed
        domain.close_account(self.account, actor=actor, at=at)


class ReopenForm(OnAccount):
    """恢复账号: with the password it had."""

    title: ClassVar[Any] = _("恢复账号")
    explains: Any = _("恢复后用原来的密码登录；忘了密码，再办重设密码。")
    wanted: ClassVar[bool | None] = CLOSED_NOW

    def sentence(self) -> str:
        return gettext("恢复%(name)s的账号“%(account)s”。") % self.told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        assert self.account is not None  # noqa: S101 - asked in is_allowed
        domain.reopen_account(self.account, actor=actor, at=at)


class RenameAccountForm(OnAccount):
    """更改账号名."""

    title: ClassVar[Any] = _("更改账号名")
    explains: Any = _("只改登录时用的名字，密码和权限不变。请告诉本人。")
    wanted: ClassVar[bool | None] = None
    username = forms.CharField(
        label=_("新的账号"),
        max_length=60,
        error_messages={"required": _("请填写新的账号。")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def build(self) -> None:
        self.initial.setdefault("username", self.account.username if self.account else "")

    def sentence(self) -> str:
        told = {**self.told, "new": self.cleaned_data["username"]}
        return gettext("%(name)s的账号由“%(account)s”改为“%(new)s”。") % told

    def do(self, *, actor: str, at: dt.datetime) -> None:
        assert self.account is not None  # noqa: S101 - asked in is_allowed
        domain.rename_account(self.account, username=self.cleaned_data["username"], actor=actor, at=at)


ACTS: Mapping[str, type[OnPerson]] = {
    "change": ChangeForm,
    "leave": GoneForm,
    "open": OpenAccountForm,
    "close": CloseForm,
    "reopen": ReopenForm,
    "reset": ResetForm,
    "rename": RenameAccountForm,
}
