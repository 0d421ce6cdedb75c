"""查进度: where it is, who has it, when they must answer; with number and code only, or signed in by phone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_GET, require_http_methods, require_safe

from ronghe.casework.queries.attachments import file_or_404, requesters_files
from ronghe.casework.queries.finding import follow
from ronghe.www.access import PUBLIC, rule
from ronghe.www.files import give
from ronghe.www.limits import count_wrong_follow, follow_refusal
from ronghe.www.portal.casepage import ending_of, head_of, show
from ronghe.www.portal.followed import ask_again, ask_code, followed, kept_words, remember, to_case
from ronghe.www.portal.forms import FollowForm


@rule(PUBLIC)
@require_http_methods(["GET", "POST"])
def ask_follow(request: HttpRequest) -> HttpResponse:
    """Number and code; right ones open the case for this browser until it is closed."""
    form = FollowForm(request.POST or None)
    if form.is_valid():
        number, now = form.cleaned_data["number"], timezone.now()
        refused = follow_refusal(number, now)
        if refused is not None:
            form.add_error(None, refused.says)
            return ask_code(request, form, status=429)
        case = follow(number, form.cleaned_data["code"])
        if case is not None:
            remember(request, case)
            return to_case(case)
        count_wrong_follow(number, now)
        form.add_error(
            None, gettext("编号和查询码对不上。请对照提交成功时的那一页再填一次；查询码里没有字母 O 和 I。")
        )
    return ask_code(request, form, status=422 if form.errors else 200)


@rule(PUBLIC)
@require_GET
def follow_link(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The link of the receipt: opens the case and leaves the code out of the address from here on."""
    number, now = number.strip().upper(), timezone.now()
    form = FollowForm({"number": number, "code": ""}, initial={"number": number})
    form.errors.clear()
    refused = follow_refusal(number, now)
    if refused is not None:
        form.add_error(None, refused.says)
        return ask_code(request, form, status=429)
    case = follow(number, code)
    if case is None:
        count_wrong_follow(number, now)
        form.add_error(None, gettext("这个网址里的查询码不对，可能没有复制完整。请填写编号和查询码。"))
        return ask_code(request, form, status=422)
    remember(request, case)
    return to_case(case)


@rule(PUBLIC)
@require_GET
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    """The case as its requester sees it."""
    case = followed(request, number)
    if case is None:
        return ask_again(request, number)
    return show(request, case, typed=kept_words(request, number))


@rule(PUBLIC)
@require_GET
@conditional_page
def show_now(request: HttpRequest, number: str) -> HttpResponse:
    """The parts of the page that go on; of its forms only the one that asks for a rating, once the case is closed.

    Unchanged it is 304. Nobody else learns even that there is one.
    """
    case = followed(request, number)
    if case is None:
        raise Http404
    seen = request.GET.get("seen", "")
    head = {**head_of(case, int(seen) if seen.isdecimal() else 0), **ending_of(request, case)}
    answer = render(request, "portal/case_now.html", head)
    answer["Cache-Control"] = "private, no-cache"
    return answer


@rule(PUBLIC)
@require_safe
@never_cache
def fetch_file(request: HttpRequest, number: str, no: int) -> HttpResponseBase:
    """A file the requester sent; without number and code given before, they are asked for."""
    case = followed(request, number)
    if case is None:
        return redirect("follow-case", number)
    return give(request, file_or_404(requesters_files(case), no), back=reverse("follow-case", args=[number]))
