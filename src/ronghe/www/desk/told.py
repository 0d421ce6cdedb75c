"""What the desk says once an act is done: what happened, and what happens next."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.enums import CaseState
from ronghe.www.desk.acts import ActForm
from ronghe.www.desk.page import CasePage

NEXT: dict[str, str | Promise] = {
    "pause": _("恢复计时以前不计时，页面写着暂停的理由。"),
    "ask": _("已通知诉求人，计时暂停；对方补充以后自动接着算。"),
    "extend": _("新的期限已经算好，诉求人查进度能看到理由。"),
    "extension": _("批准以前期限不变，请照常办理；批不批都会记在办理经过里。"),
    "assign": _("这一步现在列在对方的待办里。"),
    "approve": _("新的期限已经算好，诉求人查进度能看到理由。"),
    "refuse": _("期限不变，承办人能看到理由。"),
    "resume": _("从现在起接着计时。"),
    "note": _("只有内部能看到。"),
    "explain": _("督办台能看到这份说明。"),
    "merge": _("主件答复时本件同时答复，本件期限不变。"),
    "split": _("本件重新单独办理。"),
    "split-off": _("另一件事已经单独立件，列在“由本件引出的”下面。"),
    "urge": _("承办单位要在本件里说明情况，督办台能看到。"),
    "divert": _("理由已经写进办理经过。"),
    "supervise": _("承办单位要在本件里说明情况，督办台能看到。"),
    "claim": _("等发榜单位选定；结果会写在办理经过里。"),
    "close-call": _("不再接受揭榜，接下来选定揭榜单位。"),
}
"""What follows an act that does not end a step."""


def told_after(form: ActForm, page: CasePage) -> SafeString:
    """`page`: the case as it is now."""
    case = page.case
    if form.name != "step":
        done = gettext("%(act)s：已经记下。") % {"act": form.title}
        return format_html("{}{}", done, NEXT.get(form.name, ""))
    number = format_html('<a href="{}">{}</a>', reverse("case", args=[case.number]), case.number)
    done = format_html(gettext("{number}：{act}，已经办好。"), number=number, act=form.title)
    return format_html("{}{}", done, _where(page))


def _where(page: CasePage) -> str:
    """Who has it now."""
    if page.case.state != CaseState.OPEN:
        return gettext("本件到此办结。")
    waits = [
        gettext("%(unit)s%(step)s") % {"unit": one.step.holder or gettext("分办台"), "step": one.title}
        for one in page.open_steps()
    ]
    return gettext("接下来：%(waits)s。") % {"waits": "、".join(waits)} if waits else ""
