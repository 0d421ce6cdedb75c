"""What somebody may choose about: the kinds of messages, in groups that people know by name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ronghe.messages.rules import IDENTITY, PERSON


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are chosen together. `duty`: what must reach its reader, so that one way always stays."""

    code: str
    title: object
    about: object
    kinds: frozenset[str]
    duty: bool = False


def _group(code: str, title: object, about: object, kinds: str, *, duty: bool = False) -> Group:
    return Group(code, title, about, frozenset(kinds.split()), duty)


STAFF_GROUPS = (
    _group(
        "work",
        _("待办"),
        _("请您核实、审批，诉求人补充了材料，请您代办"),
        "claim-asked extension.asked supplement.answered delegation-began",
    ),
    _group(
        "duty",
        _("催办督办"),
        _("快到期、超期的提醒，催办和督办"),
        "case.reminded case.urged duty.reminded",
        duty=True,
    ),
    _group("result", _("结果"), _("延期审批、评价申诉的结果"), "extension.settled appeal-settled"),
    _group("check", _("抽查评价"), _("抽到您的抽查，退回重新办理"), "checks-drawn redo-rating redo-check"),
    _group(
        "news", _("通报和系统"), _("通报印发，您订阅的推送停了"), "bulletin-issued hook-paused hook-ended"
    ),
)
PUBLIC_GROUPS = (
    _group("ask", _("请您补充"), _("要您补充材料才能接着办"), "supplement.asked", duty=True),
    _group("answer", _("办结和评价"), _("办结了，请您看答复、作评价"), "rating-asked", duty=True),
    _group("progress", _("办理进展"), _("延长期限、合并办理等"), "case.extended case.merged case.split-off"),
    _group("claim", _("代表企业"), _("企业身份核实的结果"), "claim-settled"),
)
CODE = _group("code", _("验证码"), _("登录和核对联系方式的验证码"), "sign-in-code reach-code", duty=True)
_GROUPS = {PERSON: STAFF_GROUPS, IDENTITY: PUBLIC_GROUPS}
_OTHERS = {PERSON: STAFF_GROUPS[0], IDENTITY: PUBLIC_GROUPS[2]}


def groups_of(to_type: str) -> tuple[Group, ...]:
    """What readers of the type choose about."""
    return _GROUPS.get(to_type, ())


def group_of(to_type: str, kind: str) -> Group:
    """The group of a kind; one nobody listed counts as work, or as progress to the public."""
    if kind in CODE.kinds or to_type not in _GROUPS:
        return CODE
    return next((group for group in _GROUPS[to_type] if kind in group.kinds), _OTHERS[to_type])
