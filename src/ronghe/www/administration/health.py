"""运行状况: is everything that works behind the pages at work, and who takes care of what is not."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe import __version__
from ronghe.bulletins.models import Printout
from ronghe.casework.queries.search import indexing_lag
from ronghe.definitions.queries import calendar
from ronghe.jobs import domain as jobs
from ronghe.jobs.models import Chore as ChoreRow
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import waiting_for_position
from ronghe.management.chores import CHORES, HEARTBEAT, Chore
from ronghe.messages.enums import Channel
from ronghe.messages.queries import counts
from ronghe.messages.transports import in_force
from ronghe.www.access import PUBLIC, account_of, rule
from ronghe.www.administration.sections import ADMINISTERS

WELL, LOOK, BAD = _("正常"), _("请留意"), _("有问题")
LATE = dt.timedelta(minutes=5)  # beyond a chore's own interval
LEAST_FREE, LITTLE_FREE = 0.05, 0.15  # of the disk the data lies on
DAYS_FOR_NEXT_YEAR = 31  # the State Council has announced next year's days off by December at the latest


@dataclass(frozen=True)
class Finding:
    """What was found of one part: how it is in a word, a sentence that says what to do where something is wrong, and the way there."""

    title: str
    state: Any
    says: str
    to: str = ""
    word: str = ""


@dataclass(frozen=True)
class ChoreLine:
    """One kind of background work with how it goes; `row` None: never done yet."""

    chore: Chore
    row: ChoreRow | None
    state: Any
    says: str

    @property
    def is_bad(self) -> bool:
        """Whether somebody must take care of it."""
        return self.state is BAD


@rule(PUBLIC)
@require_GET
@never_cache
def answer_health(_request: HttpRequest) -> HttpResponse:
    """For a balancer: 200 when pages can be made, 503 when the database does not answer. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no-database"}, status=503)
    return JsonResponse({"status": "ok"})


@rule(ADMINISTERS)
@require_GET
@never_cache
def show_health(request: HttpRequest) -> HttpResponse:
    """Every part with a word and a sentence; the background work line by line."""
    now = timezone.now()
    lines = list(chore_lines(now))
    context: dict[str, Any] = {
        "findings": [find(now) for find in FINDINGS],
        "lines": lines,
        "troubled": sum(line.is_bad for line in lines),
        "version": __version__,
        "well": WELL,
    }
    return render(request, "administration/health.html", context)


@rule(ADMINISTERS)
@require_POST
@never_cache
def take_chore(request: HttpRequest, code: str) -> HttpResponse:
    """Say that one takes care of it."""
    person = account_of(request).person
    assert person is not None  # noqa: S101 - whoever administers holds a post
    row = get_object_or_404(ChoreRow, code=code)
    jobs.take(row, person, actor=f"person:{person.pk}", at=timezone.now())
    messages.success(request, gettext("已记下由您处理。恢复正常后自动消去。"))
    return redirect("admin-health")


def chore_lines(now: dt.datetime) -> Iterator[ChoreLine]:
    """Every chore as it goes now."""
    rows = {row.code: row for row in ChoreRow.objects.select_related("owner")}
    for chore in CHORES:
        yield _line(chore, rows.get(chore.code), now)


def _line(chore: Chore, row: ChoreRow | None, now: dt.datetime) -> ChoreLine:
    if row is None:
        return ChoreLine(chore, None, LOOK, gettext("还没有做过。请确认后台工作进程已启动。"))
    if row.failures:
        said = gettext("连续出错 %(n)d 次：%(trouble)s。会自动重试，详情在后台工作进程的日志里。")
        return ChoreLine(chore, row, BAD, said % {"n": row.failures, "trouble": row.trouble})
    if now - row.tried_at > dt.timedelta(seconds=chore.every + HEARTBEAT) + LATE:
        return ChoreLine(chore, row, BAD, gettext("停了。请确认后台工作进程在运行。"))
    return ChoreLine(chore, row, WELL, gettext("正常"))


def _database(_now: dt.datetime) -> Finding:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        size = cursor.fetchone()[0]
    said = gettext("%(name)s，%(size).0f MB。") % {"name": name, "size": size / 1024**2}
    return Finding(gettext("数据库"), WELL, said)


def _ledger(now: dt.datetime) -> Finding:
    waiting, oldest = waiting_for_position()
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    state = WELL if oldest is None or now - oldest < LATE else BAD
    said = gettext("最近一条记录编号 %(last)d，等待排序 %(n)d 条。") % {"last": last, "n": waiting}
    if state is BAD:
        said += gettext("排序停了，统计不会更新。请确认后台工作进程在运行。")
    return Finding(gettext("台账"), state, said)


def _messages(_now: dt.datetime) -> Finding:
    found = counts()
    said = gettext("待发送 %(waiting)d 条，没发成会再试 %(failed)d 条，没有送达 %(dead)d 条。") % found
    state = BAD if found["dead"] else LOOK if found["failed"] else WELL
    to = {"to": reverse("admin-letters"), "word": gettext("去处理")} if found["dead"] else {}
    return Finding(gettext("消息"), state, said + _channels_said(), **to)


def _printouts(_now: dt.datetime) -> Finding:
    failed = Printout.objects.filter(state=Printout.State.FAILED).count()
    if not failed:
        return Finding(gettext("文稿 PDF"), WELL, gettext("要制作的都做好了，或正在做。"))
    said = gettext("%(n)d 份试了几次没有做成。") % {"n": failed}
    return Finding(gettext("文稿 PDF"), BAD, said, to=reverse("admin-printouts"), word=gettext("去处理"))


def _channels_said() -> str:
    """By what messages leave this installation."""
    names = dict(Channel.choices)
    said = gettext("、").join([str(names[Channel.PAGE]), *(str(names[name]) for name in in_force())])
    return gettext("启用的通道：%(names)s。") % {"names": said}


def _search(now: dt.datetime) -> Finding:
    lag = indexing_lag()
    if lag.since is None or now - lag.since < LATE:
        return Finding(gettext("全文检索"), WELL, gettext("新内容几秒内就能搜到。"))
    said = gettext("落后 %(n)d 条记录，新内容搜不到；按编号和标题查找不受影响。请确认后台工作进程在运行。")
    return Finding(gettext("全文检索"), BAD, said % {"n": lag.entries})


def _live(_now: dt.datetime) -> Finding:
    """Asks the process of live events itself, on this machine."""
    if not settings.LIVE_PORT:
        said = gettext("没有启用，页面每隔一会儿自己更新。")
        return Finding(gettext("实时更新"), WELL, said)
    try:
        answer = requests.get(f"http://127.0.0.1:{settings.LIVE_PORT}/health", timeout=1)
        answer.raise_for_status()
    except requests.RequestException:
        said = gettext("实时进程没有应答，页面改为每隔一会儿自己更新。请看它的日志并重新启动。")
        return Finding(gettext("实时更新"), BAD, said)
    return Finding(gettext("实时更新"), WELL, gettext("正常"))


def _disk(_now: dt.datetime) -> Finding:
    there = next(path for path in (settings.DATA_DIR, *settings.DATA_DIR.parents) if path.exists())
    usage = shutil.disk_usage(there)
    share = usage.free / usage.total
    state = BAD if share < LEAST_FREE else LOOK if share < LITTLE_FREE else WELL
    said = gettext("还有 %(free).0f GB 可用（%(share).0f%%）。") % {
        "free": usage.free / 1024**3,
        "share": share * 100,
    }
    return Finding(gettext("磁盘"), state, said + ("" if state is WELL else gettext("请清理或扩容。")))


def _calendar(now: dt.datetime) -> Finding:
    today = timezone.localdate(now)
    days, following = calendar(), today.year + 1
    if not days.is_announced(today.year):
        said = gettext("今年的放假安排还没有录入，期限都是暂定的。请在日历里录入。")
        return Finding(gettext("放假安排"), BAD, said)
    if days.is_announced(following):
        said = gettext("已录入到 %(year)d 年。") % {"year": following}
        return Finding(gettext("放假安排"), WELL, said)
    is_near = (dt.date(following, 1, 1) - today).days <= DAYS_FOR_NEXT_YEAR
    said = gettext("%(year)d 年的还没有录入，跨年的期限是暂定的。通知公布后请录入。") % {"year": following}
    return Finding(gettext("放假安排"), LOOK if is_near else WELL, said)


FINDINGS: tuple[Callable[[dt.datetime], Finding], ...] = (
    _database,
    _ledger,
    _messages,
    _printouts,
    _search,
    _live,
    _disk,
    _calendar,
)
