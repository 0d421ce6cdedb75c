"""What there is to administer, and who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.definitions.enums import Power
from ronghe.organisations.queries import powers_of
from ronghe.organisations.rules import may_manage_any
from ronghe.www.access import Rule


def ADMINISTERS(user: object) -> bool:  # noqa: N802 - a rule, like STAFF
    """Whoever holds a post that administers the city."""
    return powers_of(user, timezone.localdate()).has(Power.ADMINISTER)


def MANAGES(user: object) -> bool:  # noqa: N802
    """Whoever administers the city, or manages a unit of it."""
    return may_manage_any(powers_of(user, timezone.localdate()))


def WATCHES(user: object) -> bool:  # noqa: N802
    """Whoever administers, and whoever oversees the city: they read, and change nothing."""
    powers = powers_of(user, timezone.localdate())
    return powers.has(Power.ADMINISTER) or powers.has(Power.OVERSEE)


@dataclass(frozen=True)
class Section:
    """One part: the name of its address, its title, what it is for in one sentence, and who may open it."""

    address: str
    title: Any
    says: Any
    rule: Rule


SECTIONS: tuple[Section, ...] = (
    Section(
        "admin-units", _("单位"), _("您管理的单位，有没有人能登录、有没有空缺；新设、更名、并入。"), MANAGES
    ),
    Section(
        "admin-people", _("人员和账号"), _("谁在哪里任职、账号是否在用；开通、停用、重设密码。"), MANAGES
    ),
    Section("admin-posts", _("岗位"), _("有哪些岗位、谁在任、哪些空缺。"), MANAGES),
    Section("admin-relationships", _("关系"), _("挂点服务、派驻、结对等，谁和谁、从哪天起。"), ADMINISTERS),
    Section(
        "admin-definitions",
        _("程序、清单等规定"),
        _("本系统怎样办事的每一份规定：读、比较各版、用例子试算；新的一版由管理员上传、核对、签发。"),
        WATCHES,
    ),
    Section(
        "admin-calendars",
        _("放假安排"),
        _("国务院每年公布的放假和补班；公布一年的安排，受影响的期限随之重算。"),
        WATCHES,
    ),
    Section(
        "admin-readings",
        _("身份查看记录"),
        _("谁在什么时候、为什么看过受保护的身份信息。"),
        WATCHES,
    ),
    Section(
        "admin-retention",
        _("保存和清除"),
        _("各类信息保存多久；到期的、本人要求清除的，由您核对后清除。"),
        ADMINISTERS,
    ),
    Section(
        "admin-letters",
        _("没有送达的消息"),
        _("试过几次仍没人收的消息，由谁处理，再发还是不发。"),
        ADMINISTERS,
    ),
    Section(
        "admin-health",
        _("运行状况"),
        _("后台工作、消息通道、数据库是否正常，出了故障由谁处理。"),
        ADMINISTERS,
    ),
)


def open_to(user: object) -> list[Section]:
    """The parts that who asks may open."""
    return [section for section in SECTIONS if section.rule(user)]


def ANY_SECTION(user: object) -> bool:  # noqa: N802
    """Whoever may open at least one part."""
    return any(section.rule(user) for section in SECTIONS)
