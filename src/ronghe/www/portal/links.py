"""Links that were sent to a requester. Each opens the case where something is asked; once it was given, it says so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.asked import question_of, was_supplemented
from ronghe.casework.queries.links import Link, read_token
from ronghe.judgements.enums import RatingLink
from ronghe.judgements.queries import given_to
from ronghe.www.access import PUBLIC, rule
from ronghe.www.portal.casepage import rating_state
from ronghe.www.portal.followed import ask_code, followed, is_staffs_own, remember, to_case
from ronghe.www.portal.forms import FollowForm
from ronghe.www.portal.reading import scores


@rule(PUBLIC)
@never_cache
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opens the case at what is asked. A link that has nothing to ask any more opens nothing, it only says why."""
    link = read_token(token)
    case = (
        Case.objects.select_related("responsible", "edition").filter(pk=link.case_id).first()
        if link
        else None
    )
    if link is None or case is None:
        says = gettext("这个链接不完整或已经失效。请填写编号和查询码查看进展。")
        return ask_code(request, FollowForm(), says=says, status=404)
    if is_staffs_own(request, case):
        title = gettext("工作人员不能代评") if link.purpose == "rate" else gettext("请由诉求人自己打开")
        says = gettext("这件事由您或您的单位办理，这个链接是给诉求人的。请退出登录，由诉求人自己打开。")
        return _say(request, case, title, says, status=403)
    refused = {"rate": _rate, "supplement": _supplement, "follow": _follow}[link.purpose](request, case, link)
    if refused is not None:
        return refused
    remember(request, case)
    return to_case(case, link.purpose)


def _follow(_request: HttpRequest, _case: Case, _link: Link) -> None:
    """Nothing is asked; it always opens."""


def _rate(request: HttpRequest, case: Case, link: Link) -> HttpResponse | None:
    match rating_state(request, case, link.round):
        case RatingLink.OPEN:
            return None
        case RatingLink.SPENT:
            given = scores([one for one in given_to(("case", case.pk)) if one.round == link.round])
            says = gettext("这一次办理您已经评价过了，谢谢。评价只能给一次，链接也就用完了。")
            return _say(request, case, gettext("已经评价过了"), says, given=given)
        case RatingLink.EXPIRED:
            says = gettext(
                "请您评价的期限已经过了，没有评价不算好评，也不算差评。事情没有解决的，可以再提一次。"
            )
            return _say(request, case, gettext("评价期限已过"), says)
        case RatingLink.STAFF:
            says = gettext("评价只能由诉求人作出。请退出工作账号，由诉求人自己打开这个链接。")
            return _say(request, case, gettext("工作人员不能代评"), says, status=403)
        case _:
            says = gettext(
                "这一次办理的答复已经不作数，正在重新办理或者已经撤回。有新的答复后，会另外请您评价。"
            )
            return _say(request, case, gettext("现在不用评价"), says)


def _supplement(request: HttpRequest, case: Case, link: Link) -> HttpResponse | None:
    if case.round == link.round and question_of(case) is not None:
        return None
    if case.state != CaseState.OPEN or case.round != link.round:
        says = gettext("这一次办理已经结束，不用再补充了。")
        return _say(request, case, gettext("不用再补充了"), says)
    if was_supplemented(case):
        says = gettext("您的补充已经收到，办理单位正在接着办。这个链接用完了。")
        return _say(request, case, gettext("已经补充过了"), says)
    says = gettext("等您补充的时间已经过了，办理单位正在接着办。还有要补充的，可以凭编号和查询码打开后再写。")
    return _say(request, case, gettext("补充的期限已过"), says)


def _say(
    request: HttpRequest, case: Case, title: str, says: str, *, status: int = 200, given: object = ()
) -> HttpResponse:
    context = {
        "title": title,
        "says": says,
        "given": given,
        "number": case.number,
        "is_followed": status == 200 and followed(request, case.number) is not None,
        "form": FollowForm(initial={"number": case.number}) if status == 200 else None,
    }
    return render(request, "portal/follow_spent.html", context, status=status)
