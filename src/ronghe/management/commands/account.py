"""`ronghe account`: the first administrator of a city, and a new start for one who cannot sign in any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ronghe.management.base import Refused, RongheCommand
from ronghe.organisations import domain
from ronghe.organisations.domain.accounts import give_password
from ronghe.organisations.domain.founding import found_administrator
from ronghe.organisations.models import Account

ACTOR = "system:command"


class Command(RongheCommand):
    """`first` sets up the first administrator; `reset` gives a password to be changed at the next sign-in."""

    help = "为一座新城市开通第一位系统管理员；或者给登录不了的账号重设密码。其余都在页面上办"

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        first = acts.add_parser("first", help=_("第一位系统管理员：登记人员、单位、岗位，开通账号"))
        first.add_argument("--unit", required=True, help=_("所在单位的全称，没有就设立"))
        first.add_argument("--name", required=True, help=_("姓名"))
        first.add_argument("--username", required=True, help=_("登录用的账号"))
        reset = acts.add_parser("reset", help=_("给一个账号重设密码"))
        reset.add_argument("username", help=_("账号"))
        for one in (first, reset):
            self.add_format(one)

    def run(self, **options: Any) -> dict[str, Any]:
        password, now = domain.first_password(), timezone.now()
        if options["act"] == "first":
            given = {name: options[name] for name in ("unit", "name", "username")}
            account = found_administrator(**given, password=password, actor=ACTOR, at=now)
        else:
            account = _account(options["username"])
            with transaction.atomic():
                domain.reopen_account(account, actor=ACTOR, at=now)
                give_password(account, password=password, actor=ACTOR, at=now)
        return {"act": options["act"], "username": account.username, "password": password}

    def text(self, report: dict[str, Any]) -> str:
        said = (
            _("账号 %(username)s 的起始密码是 %(password)s，只显示这一次；第一次登录时必须改成自己的。")
            % report
        )
        if report["act"] == "first":
            return said + _("其余的单位、岗位和账号，登录后到“管理”里办。")
        return said


def _account(username: str) -> Account:
    account: Account | None = Account.objects.filter(username=username).first()
    if account is None:
        raise Refused(_("没有叫“%(username)s”的账号，什么也没有做。请核对账号。") % {"username": username})
    return account
