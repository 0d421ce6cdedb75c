"""消息设置: where somebody is reached beside the page, and by what they want to be told; for the staff and for visitors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.messages.domain import choosing, reaching
from ronghe.messages.domain.choosing import Choice
from ronghe.messages.enums import Channel
from ronghe.messages.exceptions import PreferenceError
from ronghe.messages.groups import Group, groups_of
from ronghe.messages.models import Reach
from ronghe.messages.queries import shows_test_messages
from ronghe.messages.queries.readers import Reader, reader
from ronghe.messages.rules import IDENTITY, PERSON, Address
from ronghe.messages.transports import in_force
from ronghe.www.access import STAFF, VISITOR, account_of, own_visitor, rule
from ronghe.www.inbox.forms import CodeForm, QuietForm, ReachForm

LABELS = {
    Channel.WECOM: _("企业微信账号"),
    Channel.SMS: _("手机号"),
    Channel.MAIL: _("电子邮箱"),
}


@dataclass(frozen=True)
class Side:
    """Whose settings: the names of their addresses, the layout, and by which channels they may be reached."""

    to_type: str
    page: str
    reach: str
    layout: str
    reached_by: tuple[str, ...]


DESK = Side(
    PERSON,
    "message-settings",
    "message-reach",
    "layout/desk.html",
    (Channel.WECOM, Channel.SMS, Channel.MAIL),
)
PORTAL = Side(IDENTITY, "my-message-settings", "my-message-reach", "layout/portal.html", (Channel.MAIL,))


@dataclass(frozen=True)
class Way:
    """One address somebody has or may enter; `form` or `code` is what was sent and refused."""

    channel: str
    title: object
    known: str
    asked: str
    form: ReachForm
    code: CodeForm
    is_open: bool


@dataclass(frozen=True)
class Line:
    """One group of the table: (channel, title, ticked) of each column, and whether it comes once a day."""

    group: Group
    ticks: Sequence[tuple[str, object, bool]]
    daily: bool
    refused: bool = False


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
def show_settings(request: HttpRequest) -> HttpResponse:
    """The settings of one of the staff."""
    return _answer(request, DESK, _person(request))


@rule(STAFF)
@require_POST
def set_reach(request: HttpRequest, channel: str) -> HttpResponse:
    """One of the staff enters, verifies or takes back an address."""
    return _reach(request, DESK, _person(request), channel)


@rule(VISITOR)
@never_cache
@require_http_methods(["GET", "POST"])
def show_my_settings(request: HttpRequest) -> HttpResponse:
    """The settings of a visitor."""
    return _answer(request, PORTAL, Address(IDENTITY, own_visitor(request).identity_id))


@rule(VISITOR)
@require_POST
def set_my_reach(request: HttpRequest, channel: str) -> HttpResponse:
    """A visitor enters, verifies or takes back an address."""
    return _reach(request, PORTAL, Address(IDENTITY, own_visitor(request).identity_id), channel)


def _person(request: HttpRequest) -> Address:
    account = account_of(request)
    if account.person_id is None:
        raise PermissionDenied
    return Address(PERSON, account.person_id)


def _answer(request: HttpRequest, side: Side, to: Address) -> HttpResponse:
    known = reader(to, timezone.localdate())
    kept = known.preference
    quiet = {"quiet_from": kept and kept.quiet_from, "quiet_until": kept and kept.quiet_until}
    if request.method != "POST":
        return _show(request, side, known, QuietForm(initial=quiet))
    if "usual" in request.POST:
        choosing.choose_usual(to, at=timezone.localtime())
        messages.success(request, gettext("已恢复为通常的发送方式。"))
        return redirect(side.page)
    form, ticked = QuietForm(request.POST), _ticked(request, side)
    if form.is_valid():
        try:
            choosing.choose(known, ticked, in_force=_columns(side), quiet=form.span, at=timezone.localtime())
        except PreferenceError as error:
            form.add_error(None, error.message)
            return _show(request, side, known, form, ticked, refused=str(error.data.get("group")))
        messages.success(request, gettext("已保存，从下一条消息起按这样发。"))
        return redirect(side.page)
    return _show(request, side, known, form, ticked)


def _columns(side: Side) -> list[str]:
    """The channels of the table: those in force that can reach such a reader."""
    can = {*side.reached_by, Channel.TEST, *((Channel.SMS,) if side.to_type == IDENTITY else ())}
    return [name for name in in_force() if name in can]


def _ticked(request: HttpRequest, side: Side) -> dict[str, Choice]:
    columns, daily = _columns(side), set(request.POST.getlist("daily"))
    return {
        group.code: Choice(
            tuple(name for name in columns if name in request.POST.getlist(f"way-{group.code}")),
            group.code in daily and not group.duty,
        )
        for group in groups_of(side.to_type)
    }


def _show(
    request: HttpRequest,
    side: Side,
    known: Reader,
    quiet: QuietForm,
    ticked: dict[str, Choice] | None = None,
    *,
    refused: str = "",
    sent: tuple[str, ReachForm | CodeForm] | None = None,
) -> HttpResponse:
    columns = _columns(side)
    lines = []
    for group in groups_of(side.to_type):
        choice = ticked.get(group.code) if ticked is not None else None
        on: Callable[[str], bool] = choice.channels.__contains__ if choice else _wanted(known, group)
        ticks = [(name, Channel(name).label, on(name)) for name in columns]
        daily = choice.daily if choice else known.is_daily(group)
        lines.append(Line(group, ticks, daily, group.code == refused))
    ways = _ways(side, known.to, columns, sent)
    context = {
        "side": side,
        "columns": [Channel(name).label for name in columns],
        "lines": lines,
        "quiet": quiet,
        "chose": known.preference is not None,
        "ways": ways,
        "has_code": any(way.asked for way in ways),
        "phone": reaching.masked_address(Channel.SMS, known.reached.get(Channel.SMS, "")),
        "is_test": Channel.TEST in columns,
        "shows_test": shows_test_messages(),
    }
    bad = quiet.errors or (sent is not None and sent[1].errors)
    return render(request, "inbox/settings.html", context, status=422 if bad else 200)


def _wanted(known: Reader, group: Group) -> Callable[[str], bool]:
    return lambda name: known.wants(group, name)


def _ways(
    side: Side, to: Address, columns: list[str], sent: tuple[str, ReachForm | CodeForm] | None
) -> list[Way]:
    rows = {row.channel: row for row in Reach.objects.filter(to_type=to.type, to_id=to.ref)}
    names = side.reached_by if Channel.TEST in columns else [one for one in side.reached_by if one in columns]
    return [_way(name, rows.get(name), sent[1] if sent and sent[0] == name else None) for name in names]


def _way(name: str, row: Reach | None, sent: ReachForm | CodeForm | None) -> Way:
    label = LABELS[Channel(name)]
    asked = row is not None and row.asked_at is not None
    fresh = asked and row is not None and timezone.now() < (row.asked_at or timezone.now()) + reaching.LASTS
    return Way(
        name,
        Channel(name).label,
        reaching.shown(row) if row else "",
        reaching.shown_asked(row) if row and fresh else "",
        sent if isinstance(sent, ReachForm) else ReachForm(label=label, channel=name),
        sent if isinstance(sent, CodeForm) else CodeForm(channel=name),
        isinstance(sent, ReachForm),
    )


def _reach(request: HttpRequest, side: Side, to: Address, channel: str) -> HttpResponse:
    if channel not in side.reached_by:
        raise Http404
    at, stage = timezone.localtime(), request.POST.get("stage")
    if stage == "forget":
        reaching.forget(to, channel)
        messages.success(request, gettext("以后不再发到那里。"))
        return redirect(side.page)
    form: ReachForm | CodeForm
    if stage == "confirm":
        form = CodeForm(request.POST, channel=channel)
    else:
        form = ReachForm(request.POST, label=LABELS[Channel(channel)], channel=channel)
    if form.is_valid():
        try:
            _do(form, to, channel, at)
        except RongheError as error:
            form.add_error(next(iter(form.fields)), error.message)
        else:
            said = (
                _("验证码已发出，请填在下面。")
                if stage != "confirm"
                else _("核对好了，以后的消息也发到这里。")
            )
            messages.success(request, str(said))
            return redirect(reverse(side.page) + "#where")
    known = reader(to, timezone.localdate())
    kept = known.preference
    quiet = {"quiet_from": kept and kept.quiet_from, "quiet_until": kept and kept.quiet_until}
    return _show(request, side, known, QuietForm(initial=quiet), sent=(channel, form))


def _do(form: ReachForm | CodeForm, to: Address, channel: str, at: dt.datetime) -> Any:
    if isinstance(form, CodeForm):
        return reaching.confirm(to, channel, form.cleaned_data["code"], at=at)
    return reaching.ask_code(to, channel, form.cleaned_data["address"], at=at)
