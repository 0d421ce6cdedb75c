"""The states of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from ronghe.core.procedure import steps_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from ronghe.definitions.queries import Loaded


class CaseState(models.TextChoices):
    """Where a case stands; what has been done inside `open` is told by its steps."""

    OPEN = "open", _("办理中")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")


class RunState(models.TextChoices):
    """How far what runs a step is: it goes on, it did it, it was not enough, it did not say how it ended."""

    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    SHORT = "short", _("还不够条件")
    UNDECIDED = "undecided", _("待确定结果")


# Which states may follow which; the fold in `domain.fold` is the only place that moves a case.
TRANSITIONS: dict[str, frozenset[str]] = {
    CaseState.OPEN: frozenset({CaseState.CLOSED, CaseState.WITHDRAWN}),
    CaseState.CLOSED: frozenset({CaseState.OPEN}),
    CaseState.WITHDRAWN: frozenset(),
}


# Outcome codes the kernel knows: 受理, 转办, 退回.
ACCEPT, TRANSFER, RETURN = "accept", "transfer", "return"

FOLLOW_UP = "promise-follow-up"
"""The procedure that keeps what a reply promised."""

OUTCOME_TITLES = {
    "accept": _("受理"),
    "transfer": _("转办"),
    "decline": _("不予受理"),
    "return": _("退回"),
    "ready": _("办理完毕，转答复"),
    "joint": _("征求协办意见"),
    "send": _("发出答复"),
    "revise": _("退回修改"),
    "done": _("完成"),
    "pass": _("通过"),
    "fail": _("不通过"),
    "withdraw": _("撤回"),
    "stop": _("终止"),
    "cancel": _("取消"),
    "postpone": _("延期"),
    "counted": _("登记表决结果"),
    "suspend": _("中止"),
    "object": _("提出异议"),
}

RESULT_TITLES = {
    "answered": _("已答复"),
    "declined": _("不予受理"),
    "withdrawn": _("已撤回"),
    "done": _("已办结"),
    "solved": _("已解决"),
    "imported": _("已办结"),
}


class Cause(models.TextChoices):
    """Why the system ended a case that nobody took back."""

    UNIT_ENDED = "unit-ended", _("单位已撤销")
    UNIT_MERGED = "unit-merged", _("单位已并入另一单位")


# How urgent a word to the unit is: the clock's own reminder, 催办, 督办.
URGINGS = {0: _("临期提醒"), 1: _("催办"), 2: _("督办")}


def urging_title(level: int) -> StrOrPromise:
    """How a level of urging is called."""
    return URGINGS[min(level, max(URGINGS))]


def outcome_title(code: str, procedure: Loaded | None = None, step: str = "") -> StrOrPromise:
    """How an outcome is called: as its definition says, else by the words everybody knows, else its code."""
    if procedure is not None:
        for placed in steps_of(procedure.body.flow):
            outcome = placed.step.outcomes.get(code)
            if placed.step.code == step and outcome is not None and outcome.title:
                return outcome.title
        whole = None if step else procedure.body.flow.outcomes.get(code)
        if whole is not None and whole.title:
            return str(whole.title)
    return OUTCOME_TITLES.get(code, code)


def result_title(code: str, procedure: Loaded | None = None) -> StrOrPromise:
    """How a result is called: as its definition says, else by the words everybody knows, else its code."""
    if procedure is not None and code in procedure.body.results:
        return str(procedure.body.results[code])
    return RESULT_TITLES.get(code, code)
